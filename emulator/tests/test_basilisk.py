"""The real Basilisk II with the driver, the agent and the demo ROM; README.md of demo-rom says where things are."""

import os
import shutil
import signal
import subprocess
import time
import unittest

from peer import BUILD, EMULATOR, Audio, Place, Server, Video, basilisk2, is_alive, run_tests, until

ROM = os.path.join(EMULATOR, "demo-rom", "demo.rom")
PROGRAM, MISSING = basilisk2()
RED, WHITE, BLACK = (255, 0, 0, 255), (255, 255, 255, 255), (0, 0, 0, 255)
# 60 on a machine of its own; tests share theirs with other work.
LEAST_FRAMES_PER_SECOND = float(os.environ.get("MACEMU_TEST_FPS", "25"))

BUTTON, KEY = (20, 52), (20, 84)


def key_color(adb):
    return (adb >> 5 & 3) * 85, (adb >> 2 & 7) * 255 // 7, (adb & 3) * 85, 255


def open_segment(kind, name):
    """A mapping as soon as the file is there and has its size."""
    def attempt():
        try:
            return kind(name)
        except (FileNotFoundError, ValueError):
            return None
    return until(attempt, f"segment {name}")


@unittest.skipIf(MISSING, f"no Basilisk II: {MISSING}")
class BasiliskTest(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.server = Server(self.place.socket)
        self.addCleanup(lambda: self.server.close())
        self.video = self.audio = None

    def start(self, *options):
        environment = dict(self.place.environment(), MACEMU_EMULATOR=PROGRAM)
        log = open(os.path.join(self.place.path, "log"), "wb")
        self.addCleanup(log.close)
        self.demo = subprocess.Popen([os.path.join(EMULATOR, "run-demo.sh"), *options], env=environment, stdout=log,
                                     stderr=log)
        self.addCleanup(self.end)
        self.server.accept()
        self.watch()

    def end(self):
        if self.demo.poll() is None:
            self.demo.send_signal(signal.SIGTERM)
        self.demo.wait(20)

    def watch(self):
        self.video = open_segment(Video, self.place.video_name)
        self.audio = open_segment(Audio, self.place.audio_name)
        until(lambda: self.video.frame_count() > 10, "frames")

    def until_pixel(self, point, color, what):
        until(lambda: self.video.pixel(*point) == color, what)

    def test_picture_sound_keys_and_mouse(self):
        self.start()
        header = self.video.header()
        self.assertEqual((header["magic"], header["version"]), (0x4D454D55, 1))
        self.assertEqual((header["width"], header["height"], header["stride"]), (640, 480, 2560))
        self.assertEqual(os.stat("/dev/shm" + self.place.video_name).st_mode & 0o777, 0o600)
        self.assertGreater(self.video.rate(), LEAST_FRAMES_PER_SECOND)
        self.assertLess(abs(self.video.timestamp_us() - time.monotonic_ns() / 1000), 1e6)

        self.until_pixel(BUTTON, WHITE, "the palette")
        self.assertEqual(self.video.pixel(*KEY), (128, 128, 128, 255))
        rates = []

        def at_the_pace_of_the_clock():  # other work on the machine may make a gap
            rates.append(self.audio.listen(2)[0])
            return abs(rates[-1] - 44100) < 44100 * 0.05

        until(at_the_pace_of_the_clock, f"44100 sample frames per second: {rates}")
        _, level, frequency = self.audio.listen(1)
        self.assertLess(abs(level - 1448), 100)
        self.assertLess(abs(frequency - 440), 2)

        text = self.video.area(57, 141, 322, 14)
        self.server.key(90)  # Z, ADB 6
        self.until_pixel(KEY, key_color(6), "the colour of Z")
        until(lambda: self.video.area(57, 141, 322, 14) != text, "a Z in the note pad")
        _, level, frequency = self.audio.listen(0.3)
        self.assertGreater(level, 2000)
        self.assertLess(abs(frequency - 220 * 2 ** (6 / 12)), 2)

        self.server.move(300, 200)
        self.until_pixel((300, 200), BLACK, "the tip of the arrow")
        self.assertEqual(self.video.pixel(299, 200), WHITE)
        self.server.button(200, 350, True)
        self.until_pixel(BUTTON, RED, "the button's mark")
        self.server.move(240, 350)
        self.until_pixel((220, 350), (224, 40, 40, 255), "a red line in the picture")
        self.server.button(240, 350, False)
        self.until_pixel(BUTTON, WHITE, "the button's mark gone")

    def test_every_key_of_the_main_block_reaches_the_mac(self):
        self.start()
        keys = {65: 0x00, 83: 0x01, 68: 0x02, 70: 0x03, 72: 0x04, 71: 0x05, 90: 0x06, 88: 0x07, 67: 0x08, 86: 0x09,
                66: 0x0B, 81: 0x0C, 87: 0x0D, 69: 0x0E, 82: 0x0F, 89: 0x10, 84: 0x11, 49: 0x12, 50: 0x13, 51: 0x14,
                52: 0x15, 54: 0x16, 53: 0x17, 187: 0x18, 57: 0x19, 55: 0x1A, 189: 0x1B, 56: 0x1C, 48: 0x1D, 221: 0x1E,
                79: 0x1F, 85: 0x20, 219: 0x21, 73: 0x22, 80: 0x23, 13: 0x24, 76: 0x25, 74: 0x26, 222: 0x27, 75: 0x28,
                186: 0x29, 220: 0x2A, 188: 0x2B, 191: 0x2C, 78: 0x2D, 77: 0x2E, 190: 0x2F, 9: 0x30, 32: 0x31,
                192: 0x32, 8: 0x33, 27: 0x35, 16: 0x38, 20: 0x39, 37: 0x3B, 39: 0x3C, 40: 0x3D, 38: 0x3E, 112: 0x7A,
                123: 0x6F, 46: 0x75, 36: 0x73, 35: 0x77, 33: 0x74, 34: 0x79, 45: 0x72, 96: 0x52, 105: 0x5C, 107: 0x45,
                109: 0x4E, 106: 0x43, 111: 0x4B, 110: 0x41}
        for code, adb in keys.items():
            with self.subTest(code=code):
                self.server.key(code)
                self.until_pixel(KEY, key_color(adb), f"ADB {adb:#x} for keyCode {code}")
        self.server.key(13, location=3)
        self.until_pixel(KEY, key_color(0x4C), "Enter of the numeric pad")

    def test_a_click_shorter_than_a_tick_is_seen(self):
        self.start()
        before = self.video.pixel(250, 300)
        self.server.raw(b'{"type":"mouse_button","x":250,"y":300,"button":0,"pressed":true}\n'
                        b'{"type":"mouse_button","x":250,"y":300,"button":0,"pressed":false}\n'
                        b'{"type":"mouse_move","x":20,"y":300}\n')
        self.until_pixel((250, 300), (224, 40, 40, 255), f"a dot instead of {before}")

    def test_screens(self):
        for width, height in ((800, 600), (1024, 768), (1280, 1024)):
            with self.subTest(width=width):
                self.start("--screen", f"{width}x{height}")
                until(lambda: self.video.header()["width"] == width, "the size")
                self.assertEqual(self.video.header()["height"], height)
                self.assertGreater(self.video.rate(1), LEAST_FRAMES_PER_SECOND / 2)
                self.server.move(width - 5, height - 5)
                self.until_pixel((width - 5, height - 5), BLACK, "the pointer in the corner")
                self.end()

    def test_configuration_and_restart(self):
        shutil.copy(ROM, os.path.join(self.place.roms, "Demo.ROM"))
        with open(os.path.join(self.place.roms, "Wrong.ROM"), "wb") as file:
            file.write(b"\0" * 524288)
        self.start("--storage", self.place.path)
        self.server.ask("set_config", "ack", config={"screen": "win/800/600", "ramsize": 33554432, "rom": "Demo.ROM"})
        self.server.ask("restart", "ack")
        self.server.expect("status", state="running", starts=2)
        until(lambda: self.video.header()["width"] == 800, "the new size")
        self.server.ask("set_config", "ack", config={"rom": "Wrong.ROM"})
        self.server.ask("restart", "ack")
        status = self.server.expect("status", state="failed")
        self.assertRegex(status["error"], 'ROM type.* The ROM is "Wrong.ROM"; choose another one')
        self.server.ask("set_config", "ack", config={"rom": "Demo.ROM"})
        self.server.ask("restart", "ack")
        self.server.expect("status", state="running")
        count = self.video.frame_count()
        until(lambda: self.video.frame_count() > count + 10, "frames again")
        self.server.ask("shutdown", "ack")
        self.server.expect("status", state="stopped")
        self.assertFalse(self.server.ask("status", "status")["running"])

    def test_server_and_segments_that_come_back(self):
        self.start()
        self.server.key(16, pressed=True, shift=True)
        self.until_pixel(KEY, key_color(0x38), "Shift")
        self.server.close()
        self.place_segments_anew()
        self.server = Server(self.place.socket)
        self.server.accept()
        self.watch()
        self.assertLess(abs(self.audio.listen(1)[2] - 220 * 2 ** (0x38 % 36 / 12)), 5)  # the sound goes on
        line = self.video.area(57, 141, 40, 14)
        self.server.key(65)
        self.until_pixel(KEY, key_color(0), "A after the return")
        until(lambda: self.video.area(57, 141, 40, 14) != line, "an a, not an A with Shift held for ever")

    def place_segments_anew(self):
        for segment, name in ((self.video, self.place.video_name), (self.audio, self.place.audio_name)):
            segment.close()
            os.unlink("/dev/shm" + name)

    def test_a_killed_emulator_comes_back(self):
        self.start()
        pid = self.server.ask("status", "status")["pid"]
        os.kill(pid, signal.SIGKILL)
        self.server.expect("status", running=False, state="restarting")
        self.server.expect("status", running=True)
        count = self.video.frame_count()
        until(lambda: self.video.frame_count() > count + 10, "frames again")
        self.assertFalse(is_alive(pid))

    def test_driver_without_agent(self):
        prefs = os.path.join(self.place.path, "prefs")
        with open(prefs, "w") as file:
            file.write(f"rom {ROM}\nscreen win/640/480\nramsize 16777216\nframeskip 1\nmodelid 14\ncpu 4\n"
                       "nogui true\nnocdrom true\n")
        libraries = ":".join(os.path.join(BUILD, name) for name in ("libmacemu-sdl.so", "libmacemu-nogtk.so"))

        def run():
            program = subprocess.Popen([PROGRAM, "--config", prefs], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL,
                                       env=dict(self.place.environment(), LD_PRELOAD=libraries))
            self.addCleanup(lambda: (program.poll() is None and program.kill(), program.wait()))
            self.server.accept()
            return program

        program = run()
        self.watch()
        self.assertGreater(self.server.ask("status", "status")["fps"], 0)
        self.server.send("get_config")
        self.assertIn("without its agent", self.server.expect("error")["message"])
        self.server.ask("restart", "ack")
        self.assertIsNone(self.server.receive())
        self.assertEqual(program.wait(10), 75)
        program = run()
        until(lambda: self.server.ask("status", "status")["fps"] > 0, "frames")
        self.server.ask("shutdown", "ack")
        self.assertEqual(program.wait(10), 0)


DOOM, WAD = "/usr/games/chocolate-doom", "/usr/share/games/doom/freedoom1.wad"


@unittest.skipUnless(os.path.exists(DOOM) and os.path.exists(WAD), "chocolate-doom and freedoom are not installed")
class OtherProgramTest(unittest.TestCase):
    def test_chocolate_doom(self):
        place = Place()
        self.addCleanup(place.close)
        server = Server(place.socket)
        self.addCleanup(server.close)
        environment = dict(place.environment(), LD_PRELOAD=os.path.join(BUILD, "libmacemu-sdl.so"),
                           MACEMU_SHUTDOWN_GRACE="1")
        doom = subprocess.Popen([DOOM, "-iwad", WAD, "-window", "-geometry", "640x480", "-nogui"], env=environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (doom.poll() is None and doom.kill(), doom.wait()))
        server.accept()
        video, audio = open_segment(Video, place.video_name), open_segment(Audio, place.audio_name)
        until(lambda: video.frame_count() > 40, "frames")
        self.assertEqual(video.frame()[:2], (640, 480))
        self.assertGreater(len(set(video.area(0, 0, 640, 480))), 50)
        picture = video.area(200, 200, 200, 100)
        server.key(27)
        until(lambda: video.area(200, 200, 200, 100) != picture, "the menu")

        def sound_of_the_menu():
            server.key(40)
            return audio.listen(0.5)[1] > 50

        until(sound_of_the_menu, "a sound")
        server.ask("shutdown", "ack")
        self.assertEqual(doom.wait(10), 0)


if __name__ == "__main__":
    run_tests("Basilisk")
