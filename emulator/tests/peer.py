"""The server's side of protocol v1, for tests: a listening control socket and a reader of the segments."""

import json
import math
import mmap
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

EMULATOR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(EMULATOR, "build")
TIMEOUT = 15


def until(condition, what, timeout=TIMEOUT):
    """Waits until condition() is true and returns its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.01)


class Place:
    """A scratch folder, names of segments and a socket of a test's own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="macemu-test-")
        self.path = self.folder.name
        name = "/" + os.path.basename(self.path)
        self.video_name, self.audio_name = name + "-video", name + "-audio"
        self.socket = os.path.join(self.path, "control.sock")
        self.roms, self.images = os.path.join(self.path, "roms"), os.path.join(self.path, "images")
        os.mkdir(self.roms)
        os.mkdir(self.images)

    def environment(self):
        return dict(os.environ, MACEMU_VIDEO_SHM=self.video_name, MACEMU_AUDIO_SHM=self.audio_name,
                    MACEMU_CONTROL_SOCK=self.socket, BASILISK_ROMS=self.roms, BASILISK_IMAGES=self.images,
                    HOME=self.path)

    def close(self):
        for name in (self.video_name, self.audio_name):
            try:
                os.unlink("/dev/shm" + name)
            except FileNotFoundError:
                pass
        self.folder.cleanup()


class Server:
    """Listens on the control socket; one emulator at a time."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(4)
        self.listener.settimeout(TIMEOUT)
        self.path = path
        self.connection = None
        self.received = b""

    def accept(self):
        if self.connection:
            self.connection.close()
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(TIMEOUT)
        self.received = b""

    def close(self):
        if self.connection:
            self.connection.close()
        self.listener.close()
        os.unlink(self.path)

    def raw(self, data):
        self.connection.sendall(data)

    def send(self, type, **fields):
        self.raw(json.dumps({"type": type, **fields}, separators=(",", ":")).encode() + b"\n")

    def receive(self, timeout=TIMEOUT):
        """The next message; None when the other side has closed."""
        self.connection.settimeout(timeout)
        while b"\n" not in self.received:
            data = self.connection.recv(65536)
            if not data:
                return None
            self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return json.loads(line)

    def expect(self, type, **fields):
        """The next message of that type with these fields; others, sent unasked, are passed over."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            message = self.receive()
            if message is None:
                raise AssertionError(f"the connection ended while waiting for {type} {fields}")
            if message["type"] == type and all(message.get(k) == v for k, v in fields.items()):
                return message
            if message["type"] == "error" and type != "error":
                raise AssertionError(f"waiting for {type} {fields}: {message}")
        raise AssertionError(f"no {type} {fields}")

    def ask(self, type, answer, **fields):
        self.send(type, **fields)
        return self.expect(answer)

    def key(self, code, pressed=None, location=0, **modifiers):
        flags = {name: modifiers.get(name, False) for name in ("ctrl", "alt", "shift", "meta")}
        for state in (True, False) if pressed is None else (pressed,):
            self.send("key", code=code, pressed=state, location=location, **flags)

    def move(self, x, y):
        self.send("mouse_move", x=x, y=y)

    def button(self, x, y, pressed):
        self.send("mouse_button", x=x, y=y, button=0, pressed=pressed)


class Segment:
    def __init__(self, name):
        with open("/dev/shm" + name, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)

    def word(self, offset):
        return struct.unpack_from("<I", self.map, offset)[0]

    def close(self):
        self.map.close()


class Video(Segment):
    def header(self):
        names = ("magic", "version", "width", "height", "stride", "write_index", "read_index", "padding")
        return dict(zip(names, struct.unpack_from("<8I", self.map, 0)))

    def frame_count(self):
        return struct.unpack_from("<Q", self.map, 32)[0]

    def timestamp_us(self):
        return struct.unpack_from("<Q", self.map, 40)[0]

    def frame(self):
        """(width, height, bytes) of the newest frame."""
        header = self.header()
        capacity = (len(self.map) - 48) // 3
        start = 48 + header["write_index"] * capacity
        return header["width"], header["height"], self.map[start:start + header["stride"] * header["height"]]

    def pixel(self, x, y):
        width, _, data = self.frame()
        return tuple(data[(y * width + x) * 4:(y * width + x) * 4 + 4])

    def area(self, x, y, width, height):
        stride, _, data = self.frame()
        return b"".join(data[(row * stride + x) * 4:(row * stride + x + width) * 4] for row in range(y, y + height))

    def rate(self, seconds=2.0):
        count, start = self.frame_count(), time.monotonic()
        time.sleep(seconds)
        return (self.frame_count() - count) / (time.monotonic() - start)


class Audio(Segment):
    def listen(self, seconds=0.7):
        """Rate of sample frames per second, RMS and frequency by zero crossings of the left channel."""
        sample_rate, position = self.word(8), self.word(24)
        data, start = bytearray(), time.monotonic()
        while time.monotonic() - start < seconds:
            end = self.word(24)
            while position != end:
                offset = position % 65536
                piece = min((end - position) & 0xFFFFFFFF, 65536 - offset)
                data += self.map[32 + offset:32 + offset + piece]
                position = (position + piece) & 0xFFFFFFFF
            time.sleep(0.005)
        taken = time.monotonic() - start
        left = struct.unpack(f"<{len(data) // 2}h", bytes(data))[::2]
        if not left:
            return 0, 0, 0
        rising = [i for i in range(1, len(left)) if left[i - 1] < 0 <= left[i]]
        frequency = (len(rising) - 1) * sample_rate / (rising[-1] - rising[0]) if len(rising) > 2 else 0
        return len(left) / taken, math.sqrt(sum(s * s for s in left) / len(left)), frequency


def preload():
    return ":".join(os.path.join(BUILD, name) for name in ("libmacemu-sdl.so", "libmacemu-nogtk.so"))


def basilisk2():
    """Path of Debian's Basilisk II, or the reason why there is none."""
    result = subprocess.run([os.path.join(EMULATOR, "fetch-basilisk2.sh")], capture_output=True, text=True)
    return (result.stdout.strip(), None) if result.returncode == 0 else (None, result.stderr.strip())


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def run_tests(name):
    """Runs the tests of the calling file; ends with one line that run-tests adds up: passed, failed, skipped."""
    program = unittest.main(exit=False)
    result = program.result
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    print(f"{name} tests: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
