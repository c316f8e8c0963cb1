"""Runs the processes of bench/edges and measures them; see there. Called by it, with everything built."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")
GRPC, RTC, SIGNALING = 8010, 8189, 8090
JVM = ["--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx384m"]


class Node:
    """An address, and the namespace behind it when there is one."""

    def __init__(self, network, name, number):
        self.network, self.name, self.number = network, name, number
        self.namespace = f"{network.prefix}{name}" if network.namespaces else None
        self.address = f"10.77.0.{number}" if network.namespaces else f"127.0.77.{number}"

    def command(self, words):
        return ["ip", "netns", "exec", self.namespace, *words] if self.namespace else list(words)

    def start(self, words, log, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MACEMU_", "QUARKUS_"))}
        clean.update(environment, MALLOC_ARENA_MAX="2")
        process = subprocess.Popen(
            self.command(words), env=clean, stdin=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE if log is None else open(log, "w"),
            stderr=sys.stderr if log is None else subprocess.STDOUT)
        self.network.processes.append(process)
        return process

    def fetch(self, port, path):
        done = subprocess.run(
            self.command(["curl", "-sf", "-m", "2", f"http://{self.address}:{port}{path}"]),
            capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else None

    def sent_bytes(self):
        """Of the interface, headers included; None on loopback."""
        if not self.namespace:
            return None
        read = subprocess.run(
            self.command(["cat", "/proc/net/dev"]), capture_output=True, text=True, check=True).stdout
        for line in read.splitlines():
            if line.strip().startswith("eth0:"):
                return int(line.split(":")[1].split()[8])
        raise RuntimeError("no eth0 in " + self.namespace)


class Network:
    """Nodes on one bridge inside namespaces of their own: the machine's own network is left alone."""

    def __init__(self):
        self.prefix = f"mb{os.getpid()}-"
        self.nodes, self.processes, self.made, self.files = [], [], [], []
        self.namespaces = self.try_namespaces()

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

    def try_namespaces(self):
        if os.geteuid() != 0 or not shutil.which("ip"):
            return False
        try:
            hub = self.namespace("hub")
            self.ip("-n", hub, "link", "add", "br0", "type", "bridge")
            self.ip("-n", hub, "link", "set", "br0", "up")
            return True
        except (subprocess.CalledProcessError, OSError):
            self.close()
            return False

    def namespace(self, name):
        full = self.prefix + name
        self.ip("netns", "add", full)
        self.made.append(full)
        self.ip("-n", full, "link", "set", "lo", "up")
        return full

    def node(self, name):
        node = Node(self, name, len(self.nodes) + 1)
        self.nodes.append(node)
        if self.namespaces:
            space, hub, port = self.namespace(name), self.prefix + "hub", f"p{node.number}"
            self.ip("-n", space, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", hub)
            self.ip("-n", hub, "link", "set", port, "master", "br0")
            self.ip("-n", hub, "link", "set", port, "up")
            self.ip("-n", space, "addr", "add", node.address + "/24", "dev", "eth0")
            self.ip("-n", space, "link", "set", "eth0", "up")
        return node

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            process.wait()
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        self.made = []
        for path in self.files:
            if os.path.exists(path):
                os.remove(path)


class Audience:
    """Viewers of one process of Pion."""

    def __init__(self, node, program, url, viewers, rate):
        words = [program, "-url", url, "-viewers", str(viewers), "-rate", str(rate), "-all-interfaces"]
        if not node.namespace:
            words.remove("-all-interfaces")
        self.viewers = viewers
        self.process = node.start(words, None)

    def ready(self):
        report = self.read()
        if not report["ready"]:
            fail(f"Only {report['watching']} of {self.viewers} viewers have a picture: {report}")

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            fail("The audience has ended.")
        return json.loads(line)

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.read()


def fail(words):
    raise SystemExit(words)


def step(words):
    print("  " + words, flush=True)


def until(seconds, what, condition):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    fail(f"{what} was not so within {seconds} s.")


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def figure(text, name):
    total, found = 0.0, False
    for line in (text or "").splitlines():
        if line.startswith(name + " ") or line.startswith(name + "{"):
            total, found = total + float(line.rsplit(" ", 1)[1]), True
    return total if found else None


class Bench:
    def __init__(self, options):
        self.o = options
        self.network = Network()

    def java(self, *words):
        return [self.o.java, *JVM, *words]

    def jar(self, module):
        return self.java("-jar", os.path.join(self.o.root, module, "target/quarkus-app/quarkus-run.jar"))

    def media(self, node, name, **environment):
        return node.start(
            self.jar("media-service"), os.path.join(self.o.out, f"edges-{name}.log"),
            QUARKUS_HTTP_HOST=node.address, MACEMU_MEDIA_PORT=str(GRPC), MACEMU_RTC_BIND=node.address,
            MACEMU_RTC_PORT=str(RTC), MACEMU_VIEWERS_MAX="500", **environment)

    def start(self):
        net, tag = self.network, f"macemu-edges-{os.getpid()}"
        socket = os.path.join("/tmp", tag + ".sock")
        net.files = [f"/dev/shm/{tag}-v", f"/dev/shm/{tag}-a", socket]
        step("network namespaces" if net.namespaces else "no network namespaces here: addresses of loopback")
        self.origin = net.node("origin")
        self.edges = [net.node(f"edge{i + 1}") for i in range(self.o.edges)]
        signaling, self.people = net.node("signaling"), net.node("people")
        self.origin_process = self.media(
            self.origin, "origin", MACEMU_VIDEO_SHM=f"/{tag}-v", MACEMU_AUDIO_SHM=f"/{tag}-a", MACEMU_CONTROL_SOCK=socket)
        self.edge_processes = [
            self.media(edge, edge.name, MACEMU_EDGE_ORIGIN=f"{self.origin.address}:{GRPC}", MACEMU_EDGE_NAME=edge.name)
            for edge in self.edges]
        signaling.start(
            self.jar("signaling-service"), os.path.join(self.o.out, "edges-signaling.log"),
            QUARKUS_HTTP_HOST=signaling.address, QUARKUS_HTTP_PORT=str(SIGNALING), MACEMU_INSECURE_BIND="true",
            MACEMU_MEDIA_HOST=self.origin.address, MACEMU_MEDIA_PORT=str(GRPC), MACEMU_PLACEMENT_ORIGIN_VIEWERS="0",
            MACEMU_PLACEMENT_EDGES=",".join(f"{e.address}:{GRPC}" for e in self.edges),
            MACEMU_SIGNALING_JOIN_BURST="10000", MACEMU_SIGNALING_MAX_BROWSERS="5000")
        self.url = f"ws://{signaling.address}:{SIGNALING}/signaling"
        for node, port in [(self.origin, GRPC), *((e, GRPC) for e in self.edges), (signaling, SIGNALING)]:
            until(90, f"{node.name} ready", lambda: node.fetch(port, "/q/health/ready"))
        api = os.path.join(self.o.root, "api/target")
        with open(os.path.join(self.o.root, "media-service/target/bench-classpath.txt")) as file:
            libraries = file.read().strip()
        self.emulator = self.origin.start(
            self.java("-cp", f"{api}/test-classes:{api}/classes:{libraries}",
                      "org.macemu.webrtc.synthetic.SyntheticEmulatorMain", "--video-shm", f"/{tag}-v", "--audio-shm",
                      f"/{tag}-a", "--control-sock", socket, "--scene", self.o.scene, "--fps", str(self.o.fps)),
            os.path.join(self.o.out, "edges-emulator.log"))
        until(30, "the emulator connected",
              lambda: figure(self.origin.fetch(GRPC, "/q/metrics"), "macemu_emulator_connected") == 1)

    def totals(self):
        text = self.origin.fetch(GRPC, "/q/metrics")
        sent = self.origin.sent_bytes()
        if sent is None:
            sent = figure(text, "macemu_edge_bytes_total") + (figure(text, "macemu_rtp_bytes_total") or 0)
        return (time.monotonic(), cpu_seconds(self.origin_process), sent,
                sum(cpu_seconds(p) for p in self.edge_processes), figure(text, "macemu_edge_frames_total"))

    def measure(self, audiences):
        for audience in audiences:
            audience.ask("mark")
        begin = self.totals()
        time.sleep(self.o.seconds)
        end = self.totals()
        reports = [audience.ask("report") for audience in audiences]
        seconds = end[0] - begin[0]
        addresses = {}
        for report in reports:
            for address, count in report["addresses"].items():
                addresses[address] = addresses.get(address, 0) + count
        return {
            "viewers": sum(r["viewers"] for r in reports), "watching": sum(r["watching"] for r in reports),
            "origin_cores": (end[1] - begin[1]) / seconds, "origin_mbit": (end[2] - begin[2]) * 8 / 1e6 / seconds,
            "edge_cores": (end[3] - begin[3]) / seconds, "frames": (end[4] - begin[4]) / seconds,
            "mbit": sum(r["bytes"] for r in reports) * 8 / 1e6 / seconds, "lost": sum(r["lost_packets"] for r in reports),
            "gap": max(r["longest_gap_ms"] for r in reports), "addresses": addresses,
            "wire": max(self.wire(edge) for edge in self.edges)}

    @staticmethod
    def wire(edge):
        text = edge.fetch(GRPC, "/q/metrics") or ""
        for line in text.splitlines():
            if line.startswith('macemu_frame_to_wire_seconds{quantile="0.95"'):
                return float(line.rsplit(" ", 1)[1]) * 1000
        return 0.0

    def end_edge(self, process, how, audiences, patience):
        """@return reports of the time from the signal until everybody should be back"""
        for audience in audiences:
            audience.ask("mark")
        process.send_signal(how)
        begin = time.monotonic()
        process.wait(patience)
        took = time.monotonic() - begin
        time.sleep(4)
        reports = [audience.ask("report") for audience in audiences]
        return {
            "took": took, "gap": max(r["longest_gap_ms"] for r in reports),
            "watching": sum(r["watching"] for r in reports), "moves": sum(r["moves"] for r in reports),
            "reconnects": sum(r["reconnects"] for r in reports), "late": sum(r["without_picture_1s"] for r in reports),
            "later": sum(r["without_picture_3s"] for r in reports)}

    def run(self):
        o = self.o
        self.start()
        few = max(4 * o.edges, o.viewers // 10)
        program = os.path.join(o.out, "audience")
        step(f"{few} viewers, {o.seconds} s")
        audiences = [Audience(self.people, program, self.url, few, 10)]
        audiences[0].ready()
        time.sleep(5)
        first = self.measure(audiences)
        step(f"{o.viewers} viewers, {o.seconds} s")
        audiences.append(Audience(self.people, program, self.url, o.viewers - few, 12))
        audiences[1].ready()
        time.sleep(5)
        all_of_them = self.measure(audiences)
        step("an edge is drained")
        drained = self.end_edge(self.edge_processes[0], signal.SIGTERM, audiences, 130)
        killed = {"took": 0, "gap": 0, "watching": 0, "moves": 0, "reconnects": 0, "late": 0, "later": 0}
        if o.edges > 2:
            step("another is killed")
            killed = self.end_edge(self.edge_processes[1], signal.SIGKILL, audiences, 10)
        self.report(first, all_of_them, drained, killed)

    def report(self, first, last, drained, killed):
        print(f"{'viewers':>8} {'origin cores':>12} {'origin Mbit/s':>13} {'edges cores':>11} {'viewers Mbit/s':>14} "
              f"{'longest gap ms':>14} {'lost':>5}  by place")
        for row in (first, last):
            print(f"{row['watching']:8} {row['origin_cores']:12.3f} {row['origin_mbit']:13.2f} {row['edge_cores']:11.3f} "
                  f"{row['mbit']:14.1f} {row['gap']:14} {row['lost']:5}  {sorted(row['addresses'].values())}")
        print(f"drained: {drained['moves']} viewers moved within {drained['took']:.1f} s, longest time between pictures "
              f"{drained['gap']} ms, {drained['late']} above 1 s, {drained['watching']} watch")
        print(f"killed: longest time between pictures {killed['gap']} ms, {killed['later']} above 3 s, "
              f"{killed['watching']} watch")
        print(f"RESULT edges viewers={last['viewers']} edges={self.o.edges} origin_cores_few={first['origin_cores']:.3f} "
              f"origin_cores_all={last['origin_cores']:.3f} origin_mbit_few={first['origin_mbit']:.2f} "
              f"origin_mbit_all={last['origin_mbit']:.2f} cores_per_100_viewers="
              f"{last['edge_cores'] * 100 / last['viewers']:.3f} frame_to_wire_p95_ms={last['wire']:.1f} "
              f"drain_longest_gap_ms={drained['gap']} kill_longest_gap_ms={killed['gap']} back={killed['watching']}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("root", "java", "out", "scene"):
        parser.add_argument("--" + name, required=True)
    for name in ("viewers", "edges", "seconds"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--fps", type=float, required=True)
    bench = Bench(parser.parse_args())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        bench.run()
    finally:
        bench.network.close()


main()
