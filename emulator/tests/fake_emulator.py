#!/usr/bin/env python3
"""
Stands for an emulator in tests of the agent: reads its mode from a line "fake MODE" of the preferences, and answers on
the inherited socket as the driver does. What it receives is appended to the file "received" beside the preferences.
"""

import json
import os
import signal
import socket
import sys
import time

preferences = sys.argv[sys.argv.index("--config") + 1]
folder = os.path.dirname(preferences)
mode = "run"
for line in open(preferences):
    if line.startswith("fake "):
        mode = line.split(None, 1)[1].strip()

print("Basilisk II V9.9 by nobody at all", flush=True)
with open(os.path.join(folder, "starts"), "a") as file:
    file.write(f"{os.getpid()} {os.environ.get('HOME')} {os.environ.get('SDL_VIDEODRIVER')}\n")
if mode == "error":
    print("ERROR: Cannot open ROM file.")
    sys.exit(0)
if mode == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
if mode == "off":
    sys.exit(0)
if mode == "flood":
    os.write(1, b"x" * 200000 + b"\n\xff\x00\n")

driver = socket.socket(fileno=int(os.environ["MACEMU_CONTROL_FD"]))
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
for line in driver.makefile("rb"):
    with open(os.path.join(folder, "received"), "ab") as file:
        file.write(line)
    message = json.loads(line)
    if message["type"] == "status" and mode != "silent":
        driver.sendall(b'{"type":"status","running":true,"fps":42}\n')
    elif message["type"] == "restart":
        driver.sendall(b'{"type":"ack"}\n')
        os._exit(75)
    elif message["type"] == "shutdown":
        driver.sendall(b'{"type":"ack"}\n')
        os._exit(0)
    elif message["type"] == "key" and message["code"] == 7:
        driver.sendall(b'{"type":"error","message":"key: no key has the keyCode 7"}\n')
