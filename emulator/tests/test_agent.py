"""The agent over its real socket, with a program that stands for the emulator where it has to misbehave."""

import os
import random
import signal
import subprocess
import time
import unittest

from peer import BUILD, EMULATOR, Place, Server, is_alive, run_tests, until

AGENT = os.path.join(BUILD, os.environ.get("MACEMU_TEST_AGENT", "macemu-agent"))
FAKE = os.path.join(EMULATOR, "tests", "fake_emulator.py")


class AgentTest(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.server = Server(self.place.socket)
        self.addCleanup(lambda: self.server.close())
        self.prefs = os.path.join(self.place.path, "prefs")
        self.agent = None

    def start(self, lines="", *options):
        with open(self.prefs, "w") as file:
            file.write(lines)
        self.log = open(os.path.join(self.place.path, "log"), "w+b")
        self.addCleanup(self.log.close)
        self.agent = subprocess.Popen(
            [AGENT, "--emulator", FAKE, "--prefs", self.prefs, "--grace", "1", *options],
            env=self.place.environment(), stderr=self.log, stdout=self.log)
        self.addCleanup(self.end)
        self.server.accept()

    def end(self):
        if self.agent.poll() is None:
            self.agent.kill()
        self.agent.wait()

    def read(self, name):
        try:
            with open(os.path.join(self.place.path, name)) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def make(self, folder, name, content=b"x"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)

    def config(self):
        return self.server.ask("get_config", "config")["data"]

    def change(self, **preferences):
        self.server.send("set_config", config=preferences)
        while True:
            answer = self.server.receive()
            if answer["type"] != "status":
                return answer

    # ---- the messages ----

    def test_every_message_is_answered(self):
        self.make(self.place.roms, "Quadra.ROM")
        self.make(self.place.images, "System7.img")
        self.start()
        status = self.server.ask("status", "status")
        while status["fps"] == 0:  # the one sent unasked on connecting
            status = self.server.expect("status")
        self.assertEqual((status["running"], status["fps"], status["state"]), (True, 42, "running"))
        self.assertEqual((status["emulator"], status["version"]), ("Basilisk II", "9.9"))
        self.assertGreaterEqual(status["uptime"], 0)
        self.assertEqual(self.server.ask("storage", "storage"),
                         {"type": "storage", "roms": ["Quadra.ROM"], "disks": ["System7.img"]})
        self.assertEqual(self.config()["screen"], "win/640/480")
        self.assertEqual(self.change(rom="Quadra.ROM", ramsize=16), {"type": "ack"})
        self.assertEqual((self.config()["rom"], self.config()["ramsize"]), ("Quadra.ROM", 16 * 1048576))
        self.assertEqual(self.server.ask("restart", "ack"), {"type": "ack"})
        self.server.expect("status", state="running", starts=2)
        self.assertEqual(self.server.ask("shutdown", "ack"), {"type": "ack"})
        self.server.expect("status", running=False, state="stopped")
        self.server.send("restart")
        self.server.expect("ack")
        self.server.expect("status", state="running", starts=3)

    def test_answers_are_compact_json(self):
        self.start()
        self.server.raw(b' { "type" : "storage" } \r\n\n')
        line = b""
        while b"storage" not in line:
            data = self.server.connection.recv(65536)
            line = [part for part in data.split(b"\n") if part][-1]
        self.assertEqual(line, b'{"type":"storage","roms":[],"disks":[]}')

    def test_input_reaches_the_driver_unchanged(self):
        self.start()
        lines = [b'{"type":"mouse_move","x":100,"y":200}\n',
                 b'{"type":"mouse_button","x":100,"y":200,"button":0,"pressed":true}\n',
                 b'{ "type":"key", "code":65,"pressed":true}\n', b'{"type":"mouse_wheel","dx":0,"dy":-3}\n']
        for line in lines:
            for byte in line:
                self.server.raw(bytes([byte]))
        until(lambda: self.read("received").encode() == b"".join(lines), "all input at the driver")
        self.server.send("key", code=7, pressed=True)
        self.assertIn("keyCode 7", self.server.expect("error")["message"])

    def test_a_lost_server_releases_what_it_held(self):
        self.start()
        self.server.close()
        until(lambda: '{"type":"release_all"}' in self.read("received"), "release of all keys")
        self.server = Server(self.place.socket)
        self.server.accept()
        self.assertTrue(self.server.expect("status")["running"])

    def test_hostile_lines(self):
        self.start()
        self.server.expect("status")
        for line, words in ((b"nonsense", "not valid JSON"), (b"\x00\xff\xfe\x01", "not valid JSON"),
                            (b"[1]", "JSON object"), (b'{"type":7}', "JSON object"),
                            (b'{"type":"teleport"}', 'unknown type "teleport"'), (b"[" * 5000, "not valid JSON"),
                            (b'{"type":"set_config"}', "config"), (b'{"type":"set_config","config":[]}', "config"),
                            (b"x" * 65536, "at most 65536 bytes"), (b"x" * 1048576, "at most 65536 bytes")):
            with self.subTest(line=line[:40]):
                self.server.raw(line + b"\n")
                self.assertIn(words, self.server.expect("error")["message"])
        self.assertEqual(self.server.ask("storage", "storage")["roms"], [])

    def test_noise(self):
        """Lines changed at random never do more than make an error; the sanitized agent runs this, too."""
        self.start()
        self.make(self.place.roms, "Quadra.ROM")
        seeds = [b'{"type":"get_config"}', b'{"type":"storage"}', b'{"type":"status"}',
                 b'{"type":"set_config","config":{"rom":"Quadra.ROM","ramsize":16,"screen":"win/640/480"}}',
                 b'{"type":"set_config","config":{"disk":["a.img","b.img"],"fpu":true,"modelid":14}}',
                 b'{"type":"mouse_move","x":100,"y":200}', b'{"type":"key","code":65,"pressed":true,"meta":false}',
                 b'{"type":"error","message":"no"}']
        pieces = [b"..", b"/", b"\\u0000", b"\\ud800", b"\xff", b"1e999", b"-1", b"null", b"[[[[[[[[[[", b'"', b"{",
                  b"}", b'"extfs"', b'"rom"', b"\x00", b"\r"]
        source = random.Random(int(os.environ.get("MACEMU_TEST_SEED", "11")))
        rounds = int(os.environ.get("MACEMU_TEST_ROUNDS", "60"))
        for _ in range(rounds):
            for _ in range(50):
                line = bytearray(source.choice(seeds))
                for _ in range(source.randint(1, 4)):
                    at = source.randrange(len(line) + 1)
                    change = source.randrange(4)
                    if change == 0 and at < len(line):
                        line[at] = source.randrange(256)
                    elif change == 1:
                        del line[at:at + source.randint(1, 12)]
                    elif change == 2:
                        line[at:at] = source.choice(pieces)
                    else:
                        line[at:at] = source.choice(seeds)[:source.randint(1, 30)]
                self.server.raw(bytes(line).replace(b"\n", b" ") + b"\n")
            # Whatever was answered before, the answer to this comes after it.
            self.server.raw(b'{"type":"the end of the round"}\n')
            while "the end of the round" not in str(self.server.receive()):
                pass
        self.assertIsNone(self.agent.poll())
        self.assertEqual(self.change(rom="Quadra.ROM"), {"type": "ack"})
        self.assertEqual(self.config()["rom"], "Quadra.ROM")
        for line in self.read("prefs").splitlines():
            self.assertNotIn("..", line.split(" ", 1)[1] if line.startswith(("rom ", "disk ", "extfs ")) else "")

    def test_an_error_from_the_server_is_not_answered(self):
        self.start()
        self.server.expect("status")
        self.server.send("error", message="a second emulator is refused")
        self.server.send("storage")
        self.assertEqual(self.server.receive()["type"], "storage")

    def test_status_without_an_answer_of_the_driver(self):
        self.start("fake silent\n")
        self.server.expect("status")
        status = self.server.ask("status", "status")
        self.assertEqual((status["running"], status["fps"]), (True, 0))

    # ---- preferences ----

    def test_unknown_lines_and_order_are_kept(self):
        self.make(self.place.images, "A.img")
        self.make(self.place.images, "B.img")
        before = "# mine\nzappa 12\ndisk /elsewhere/old.img\nfake run\nramsize 8388608\ndisk /elsewhere/two.img\n"
        self.start(before)
        self.assertEqual(self.config()["disk"], ["/elsewhere/old.img", "/elsewhere/two.img"])
        self.assertEqual(self.change(disk=["A.img", "*B.img"], ramsize=33554432), {"type": "ack"})
        lines = self.read("prefs").splitlines()
        images = os.path.realpath(self.place.images)
        self.assertEqual(lines[:6], ["# mine", "zappa 12", f"disk {images}/A.img", f"disk *{images}/B.img", "fake run",
                                     "ramsize 33554432"])
        self.assertEqual(self.config()["disk"], ["A.img", "*B.img"])
        self.assertEqual(self.change(disk=[]), {"type": "ack"})
        self.assertNotIn("disk", self.read("prefs"))
        self.assertEqual([name for name in os.listdir(self.place.path) if name.startswith("prefs")], ["prefs"])

    def test_what_the_owner_configured_may_stay(self):
        self.start("disk /elsewhere/old.img\n")
        self.make(self.place.images, "A.img")
        self.assertEqual(self.change(disk=["/elsewhere/old.img", "A.img"]), {"type": "ack"})
        self.assertEqual(self.change(disk=["/elsewhere/other.img"])["type"], "error")

    def test_changes_are_all_or_nothing(self):
        self.start("fake run\n")
        before = self.read("prefs")
        for change, words in (({"ramsize": 16777216, "cpu": 9}, "cpu: expected a whole number from 2 to 4, found 9"),
                              ({"cpu": 3, "zap": 1}, '"zap" is no preference of Basilisk II'),
                              ({"nogui": False}, "nogui"), ({"fpu": "yes"}, "fpu: expected true or false"),
                              ({"screen": "win/99/99"}, "512x342"), ({"screen": "dga/800/600"}, "win/800/600"),
                              ({"screen": "win/2000/2000"}, "16000000 bytes"), ({"screen": 5}, "win/800/600"),
                              ({"ramsize": 0}, "1 MiB"), ({"ramsize": 1 << 40}, "1 MiB"), ({"ramsize": -1}, "1 MiB"),
                              ({"ramsize": 16.5}, "1 MiB"), ({"disk": [7]}, "name of a file"),
                              ({"disk": {"a": 1}}, "name of a file"), ({"jit68k": True}, "jit68k")):
            with self.subTest(change=change):
                answer = self.change(**change)
                self.assertEqual(answer["type"], "error")
                self.assertIn(words, answer["message"])
                self.assertEqual(self.read("prefs"), before)

    def test_paths_stay_in_the_storage(self):
        secret = os.path.join(self.place.path, "secret")
        self.make(self.place.path, "secret")
        self.make(self.place.roms, "Good.ROM")
        os.symlink(secret, os.path.join(self.place.roms, "Out.ROM"))
        os.symlink("Good.ROM", os.path.join(self.place.roms, "In.ROM"))
        os.mkdir(os.path.join(self.place.roms, "folder"))
        os.symlink(self.place.path, os.path.join(self.place.roms, "up"))
        os.mkdir(self.place.roms + "-next")
        self.make(self.place.roms + "-next", "Next.ROM")
        self.start()
        for name in ("../secret", "folder/../../secret", "/etc/passwd", secret, "Out.ROM", "folder", "up/secret", "..",
                     ".", "/", "good.rom", "Good.ROM\n", "Good.ROM\ndisk /etc/passwd", "Good.ROM\0", "\0", "a" * 5000,
                     "Go\u03bfd.ROM", "Good.ROM/", "../roms-next/Next.ROM", self.place.roms + "-next/Next.ROM",
                     "missing"):
            with self.subTest(name=name[:60]):
                answer = self.change(rom=name)
                self.assertEqual(answer["type"], "error")
                self.assertTrue(answer["message"].startswith("rom: "), answer)
        for name in ("Good.ROM", "In.ROM", os.path.join(self.place.roms, "Good.ROM"), "./Good.ROM"):
            with self.subTest(name=name):
                self.assertEqual(self.change(rom=name), {"type": "ack"})
                self.assertEqual(self.config()["rom"], "Good.ROM")
        self.assertEqual(self.change(rom=""), {"type": "ack"})
        self.assertEqual(self.config()["rom"], "")
        self.assertEqual(self.server.ask("storage", "storage")["roms"], ["Good.ROM", "In.ROM"])

    def test_names_that_json_cannot_carry_are_left_out(self):
        self.make(self.place.images.encode(), b"caf\xe9.img")
        self.make(self.place.images, "line\nend.img")
        self.make(self.place.images, ".hidden")
        self.make(self.place.images, 'caf\u00e9 "1".img')
        self.start()
        self.assertEqual(self.server.ask("storage", "storage")["disks"], ['caf\u00e9 "1".img'])
        self.assertEqual(self.change(disk='caf\u00e9 "1".img'), {"type": "ack"})

    def test_too_many_names_are_an_error(self):
        for i in range(300):
            self.make(self.place.images, f"{i:0100}.img")
        self.start()
        self.server.send("storage")
        self.assertIn("more names", self.server.expect("error")["message"])

    def test_preferences_that_cannot_be_written(self):
        kept = os.path.join(self.place.path, "kept")
        os.mkdir(kept)
        self.prefs = os.path.join(kept, "prefs")
        self.start()
        os.rename(kept, kept + "-gone")
        answer = self.change(ramsize=16777216)
        self.assertEqual(answer["type"], "error")
        self.assertIn("cannot be written", answer["message"])

    def test_sheepshaver_has_other_preferences(self):
        self.start("", "--kind", "sheepshaver")
        config = self.config()
        self.assertIn("jit68k", config)
        self.assertNotIn("modelid", config)
        self.assertEqual(self.change(jit68k=True, ignoreillegal=True), {"type": "ack"})
        self.assertIn("SheepShaver", self.change(cpu=4)["message"])

    # ---- the emulator's life ----

    def test_error_with_status_0_is_a_failure_in_its_words(self):
        self.start("fake error\n")
        status = self.server.expect("status", state="failed")
        self.assertEqual((status["running"], status["error"]),
                         (False, "Cannot open ROM file. No ROM is chosen in the settings."))
        with open(self.prefs, "w") as file:
            file.write("fake run\n")
        self.server.ask("restart", "ack")
        self.server.expect("status", state="running")

    def test_a_program_that_is_not_there(self):
        self.agent = subprocess.Popen(
            [AGENT, "--emulator", "/nowhere/BasiliskII", "--prefs", self.prefs],
            env=self.place.environment(), stderr=subprocess.DEVNULL)
        self.addCleanup(self.end)
        self.server.accept()
        self.assertIn("cannot be started: No such file", self.server.expect("status", state="failed")["error"])

    def test_a_crash_is_followed_by_a_restart(self):
        self.start("fake crash\n")
        self.assertIn("signal 11", self.server.expect("status", state="restarting")["reason"])
        with open(self.prefs, "w") as file:
            file.write("fake run\n")
        self.server.expect("status", state="running")
        until(lambda: len(self.read("starts").splitlines()) >= 2, "a second start")

    def test_switched_off_stays_off(self):
        self.start("fake off\n")
        self.assertEqual(self.server.expect("status", state="stopped")["reason"], "the Mac was switched off")
        status = self.server.ask("status", "status")
        self.assertFalse(status["running"])

    def test_a_deaf_emulator_is_ended_by_force(self):
        self.start("fake deaf\n")
        pid = self.server.expect("status", state="running")["pid"]
        self.server.ask("shutdown", "ack")
        self.server.expect("status", state="stopped")
        self.assertFalse(is_alive(pid))
        self.server.ask("restart", "ack")
        second = self.server.expect("status", state="running")["pid"]
        self.server.ask("restart", "ack")
        self.server.expect("status", state="running", starts=3)
        self.assertFalse(is_alive(second))

    def test_term_ends_both(self):
        self.start()
        pid = self.server.expect("status", state="running")["pid"]
        self.agent.send_signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(15), 0, "exit status; the sanitizer's when it found a leak")
        self.assertFalse(is_alive(pid))

    def test_the_emulator_does_not_outlive_the_agent(self):
        self.start()
        pid = self.server.expect("status", state="running")["pid"]
        self.agent.kill()
        until(lambda: not is_alive(pid), "the end of the emulator")

    def test_the_log_tells_the_emulators_words(self):
        self.start()
        self.server.expect("status", state="running")
        until(lambda: any(line["source"] == "emulator" and line["text"] == "Basilisk II V9.9 by nobody at all"
                          for line in self.server.ask("log", "log")["lines"]), "the emulator's banner")
        self.assertIn(("agent", "running"),
                      {(line["source"], line["text"]) for line in self.server.ask("log", "log")["lines"]})
        for start in range(2, 55):
            self.server.ask("restart", "ack")
            self.server.expect("status", state="running", starts=start)
        lines = self.server.ask("log", "log")["lines"]
        self.assertEqual(len(lines), 150)
        self.assertEqual(lines, sorted(lines, key=lambda line: line["time"]))

    def test_reset_is_without_grace(self):
        self.start("fake deaf\n")
        pid = self.server.expect("status", state="running")["pid"]
        begun = time.monotonic()
        self.server.ask("restart", "ack", force=True)
        self.server.expect("status", state="running", starts=2)
        self.assertLess(time.monotonic() - begun, 1.8, "a deaf emulator has 2 s of grace at a restart")
        self.assertFalse(is_alive(pid))

    def test_output_of_any_kind(self):
        self.start("fake flood\n")
        self.server.expect("status", state="running")
        self.assertEqual(self.server.ask("storage", "storage")["roms"], [])

    def test_a_hundred_restarts_leak_nothing(self):
        self.start()
        self.server.expect("status", state="running")

        def descriptors():
            return len(os.listdir(f"/proc/{self.agent.pid}/fd"))

        def memory():
            with open(f"/proc/{self.agent.pid}/statm") as file:
                return int(file.read().split()[1])

        self.server.ask("restart", "ack")
        self.server.expect("status", state="running", starts=2)
        before, pages = descriptors(), memory()
        for count in range(3, 103):
            self.server.ask("restart", "ack")
            self.server.expect("status", state="running", starts=count)
        self.assertEqual(descriptors(), before)
        if "sanitized" not in AGENT:  # the sanitizer keeps freed memory for a while; it finds leaks itself
            self.assertLess(memory() - pages, 64)

    def test_environment_of_the_emulator(self):
        self.start("", "--home", self.place.images)
        until(lambda: self.read("starts"), "the start")
        self.assertIn(f" {self.place.images} dummy", self.read("starts"))


if __name__ == "__main__":
    run_tests("agent")
