"""The table and the last lines of bench/fanout: fanout-report.py FOLDER PEER VIEWERS SENDER RECORDING.

Fails when a server did not deliver the recording's packets to every viewer: a figure per viewer would then compare
different work."""
import json
import struct
import sys

MAX_PAYLOAD = 1160


def packets_per_second(recording):
    """RTP packets of one round of the recording, picture and sound, by its length in seconds."""
    data = open(recording, "rb").read()
    at = packets = millis = 0
    while at < len(data):
        kind, millis, length = struct.unpack_from(">BII", data, at)
        packets += 1 if kind == 0 else -(-length // MAX_PAYLOAD)
        at += 9 + length
    return packets / ((millis + 20) / 1000)


def main():
    folder, peer, viewers, sender, recording = sys.argv[1:]
    viewers = int(viewers)
    expected = packets_per_second(recording)
    rows = []
    for name in ["ours"] + [peer] * (peer != "none"):
        rows.append((name, json.loads(open(f"{folder}/{name}.json").read().splitlines()[-1])))
    print(f"{'server':10} {'viewers':>7} {'cores':>7} {'mcores/viewer':>13} {'us/packet':>9} "
          f"{'packets/s each (least, most)':>30} {'kbit/s each':>11} {'gaps':>5} {'MB':>5} {'MB/viewer':>9}")
    problems = []
    for name, f in rows:
        each = f["packets"] / f["seconds"] / viewers
        least, most = f["least_packets"] / f["seconds"], f["most_packets"] / f["seconds"]
        f["us_per_packet"] = 1e6 * f["server_cores"] * f["seconds"] / f["packets"]
        f["mb_per_viewer"] = (f["memory_after"] - f["memory_before"]) / 1024 / viewers
        print(f"{name:10} {f['connected']:7} {f['server_cores']:7.3f} {1000 * f['server_cores'] / viewers:13.3f} "
              f"{f['us_per_packet']:9.2f} {f'{each:.1f} ({least:.1f}, {most:.1f})':>30} "
              f"{f['bytes'] * 8 / 1000 / f['seconds'] / viewers:11.0f} {f['gaps']:5} "
              f"{f['memory_after'] // 1024:5} {f['mb_per_viewer']:9.2f}")
        if name == "adaptive":
            # Its packets are its own encoders'. On a machine without time for them libwebrtc leaves pictures out.
            if f["picture_rate"] < 28 or f["sound_rate"] < 45:
                problems.append(f"adaptive gave its viewers {f['picture_rate']:.1f} of 30 pictures and "
                                f"{f['sound_rate']:.1f} of 50 packets of sound a second: this machine does not carry "
                                f"{viewers} viewers of it")
            continue
        # A window that is no multiple of the recording's length sees a key frame more or less.
        if min(least, each) < 0.97 * expected or most > 1.03 * expected:
            problems.append(f"{name} delivered {least:.1f} to {most:.1f} packets/s to a viewer; the recording has "
                            f"{expected:.1f}")
        if name == "ours" and f["gaps"] > 0:
            problems.append(f"{f['gaps']} packets were missing when later ones of ours arrived")
    ours = rows[0][1]
    per_core = viewers / ours["server_cores"]
    print(f"RESULT fanout-send-path viewers={viewers} sender={sender} us_per_packet={ours['us_per_packet']:.2f} "
          f"viewers_per_core={per_core:.0f} MB_per_viewer={ours['mb_per_viewer']:.2f}")
    if len(rows) == 2:
        mine, theirs = (f["server_cores"] / viewers for _, f in rows)
        print(f"RESULT fanout viewers={viewers} ours_cores_per_viewer={mine:.6f} peer={peer} "
              f"peer_cores_per_viewer={theirs:.6f} ratio={mine / max(theirs, 1e-9):.2f} gaps={ours['gaps']}")
    for problem in problems:
        print("bench/fanout: " + problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
