"""A slow and lossy network for this network namespace, every protocol alike: link.py ADDRESS FAR_ADDRESS [SEED].

Makes the interface link0 with ADDRESS. A packet to FAR_ADDRESS is lost or delayed, and comes back with source and
destination exchanged: to whoever listens on ADDRESS it comes from FAR_ADDRESS, and the answer takes the same way back.
So a program on this machine reaches another one through the link, by the kernel's own TCP and UDP:

    client ADDRESS:p --> FAR_ADDRESS:q  [loss][delay]  FAR_ADDRESS:p --> ADDRESS:q server

The checksums stay right, because sums do not depend on the order of the addresses. Each line on the standard input, a
share of packets and milliseconds, is how many are lost and how long the others take in each direction from then on; the
end of the input is the end. Says "ready". Needs CAP_NET_ADMIN in its network namespace, /dev/net/tun and the package
iproute2.
"""
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

# linux/if_tun.h
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
# Offsets in an IPv4 header (RFC 791 section 3.1).
SOURCE = slice(12, 16)
DESTINATION = slice(16, 20)


def open_interface(address):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"link0", IFF_TUN | IFF_NO_PI))
    # The route is for browsers, which look for the address that leads to the rest of the world.
    for words in ("link set lo up", f"addr add {address}/24 dev link0", "link set link0 up",
                  "route add default dev link0"):
        subprocess.run(["ip", *words.split()], check=True)
    return tun


def main():
    address, far = sys.argv[1:3]
    far_bytes = bytes(map(int, far.split(".")))
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    tun = open_interface(address)
    loss, delay = 0.0, 0.0
    flights = []
    count = lost = 0
    print("ready", flush=True)
    while True:
        wait = max(0, flights[0][0] - time.monotonic()) if flights else None
        readable, _, _ = select.select([tun, sys.stdin], [], [], wait)
        if sys.stdin in readable:
            line = sys.stdin.readline()
            if not line:
                break
            loss, delay = float(line.split()[0]), float(line.split()[1]) / 1000
            print(f"{count} packets so far, {lost} of them lost", file=sys.stderr, flush=True)
        now = time.monotonic()
        while tun in readable:
            try:
                packet = bytearray(os.read(tun, 2048))
            except BlockingIOError:
                break
            if packet[0] >> 4 != 4 or packet[DESTINATION] != far_bytes:
                continue
            count += 1
            if chance.random() < loss:
                lost += 1
                continue
            packet[SOURCE], packet[DESTINATION] = packet[DESTINATION], packet[SOURCE]
            heapq.heappush(flights, (now + delay, count, packet))
        now = time.monotonic()
        while flights and flights[0][0] <= now:
            os.write(tun, heapq.heappop(flights)[2])


main()
