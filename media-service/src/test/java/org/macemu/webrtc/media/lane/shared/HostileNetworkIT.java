package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Events;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer;
import org.macemu.webrtc.media.lane.shared.transport.TransportMetrics.Drop;

/** Strangers and hostile viewers against the port, with an ordinary viewer who must not notice. */
class HostileNetworkIT {

    private final Random random = new Random(9);

    private static void assertStillWatching(Connection viewer) throws Exception {
        while (viewer.peer().packet(0) != null) {
            // What came during the attack.
        }
        assertNotNull(viewer.peer().packet(viewer.peer().videoSsrc(), 10_000), "the ordinary viewer lost its picture");
        assertNull(viewer.events().error());
    }

    @Test
    void tenThousandPacketsFromStrangersAreCountedAndForgotten() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection viewer = fixture.connect(false);
            List<Integer> before = fixture.lane.heldForPeers();
            byte[][] kinds = new byte[6][];
            kinds[0] = new byte[0];
            kinds[1] = new byte[1400];
            random.nextBytes(kinds[1]);
            kinds[1][0] = (byte) 0x80;
            kinds[2] = new byte[] {22, (byte) 254, (byte) 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
            kinds[3] = new byte[] {0, 1, 0, 0, 0x21, 0x12, (byte) 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
            kinds[4] = new byte[] {0, 1, 0};
            kinds[5] = new byte[] {(byte) 255, 1};
            int sent = 0;
            long cpu = cpuNanos();
            for (int socket = 0; socket < 20; socket++) {
                try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                    for (int i = 0; i < 500; i++) {
                        byte[] b = kinds[sent++ % kinds.length];
                        stranger.send(new DatagramPacket(
                                b, b.length, InetAddress.getByName("127.0.0.1"), fixture.lane.port()));
                        if (i % 50 == 49) {
                            Thread.sleep(1);
                        }
                    }
                }
            }
            LaneFixture.await(
                    "counting",
                    () -> fixture.figures.drops.values().stream().mapToLong(d -> d.sum()).sum() >= 9_900);
            assertTrue(fixture.figures.drops.get(Drop.UNKNOWN_PEER).sum() > 3_000);
            assertTrue(fixture.figures.drops.get(Drop.MALFORMED).sum() > 3_000);
            assertEquals(before, fixture.lane.heldForPeers(), "nothing is kept of strangers");
            assertTrue(cpuNanos() - cpu < 5_000_000_000L, "10,000 packets took " + (cpuNanos() - cpu) / 1e9 + " s");
            assertStillWatching(viewer);
        }
    }

    @Test
    void forgedChecksAreNotAnswered() throws Exception {
        try (LaneFixture fixture = new LaneFixture();
                TestPeer peer = new TestPeer(false);
                DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Connection viewer = fixture.connect(false);
            Events events = new Events();
            fixture.lane.open("target", peer.offer(), events);
            String answer = events.answer();
            peer.answer(answer);
            String ufrag = answer.replaceAll("(?s).*a=ice-ufrag:(\\S+).*", "$1");
            for (int i = 0; i < 200; i++) {
                byte[] forged = TestPeer.forgedCheck(ufrag + ":x", "0000000000000000000000");
                stranger.send(new DatagramPacket(
                        forged, forged.length, InetAddress.getByName("127.0.0.1"), fixture.lane.port()));
            }
            LaneFixture.await("counting", () -> fixture.figures.drops.get(Drop.UNAUTHENTIC_CHECK).sum() == 200);
            stranger.setSoTimeout(100);
            try {
                stranger.receive(new DatagramPacket(new byte[100], 100));
                throw new AssertionError("a forged check was answered");
            } catch (java.net.SocketTimeoutException e) {
                // As it should be.
            }
            peer.connect();
            assertStillWatching(viewer);
        }
    }

    @Test
    void aViewerThatSendsGarbageHurtsOnlyItself() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection viewer = fixture.connect(false);
            Connection hostile = fixture.connect(false);
            for (int i = 0; i < 3_000; i++) {
                byte[] b = new byte[1 + random.nextInt(1400)];
                random.nextBytes(b);
                switch (i % 3) {
                    case 0 -> {
                        b[0] = (byte) 0x81;
                        if (b.length > 1) {
                            b[1] = (byte) (200 + random.nextInt(7));
                        }
                    }
                    case 1 -> b[0] = (byte) (20 + random.nextInt(44));
                    default -> b[0] = (byte) random.nextInt(256);
                }
                hostile.peer().sendRaw(b);
                if (i % 50 == 0) {
                    Thread.sleep(1);
                }
            }
            // Authentic, but nonsense.
            for (int i = 0; i < 300; i++) {
                byte[] plain = new byte[8 + 4 * random.nextInt(100)];
                random.nextBytes(plain);
                ByteBuffer.wrap(plain).putInt(0x80000000 | random.nextInt(32) << 24 | (200 + i % 8) << 16
                                | random.nextInt(plain.length / 4 + 2))
                        .putInt(1);
                hostile.peer().sendControl(plain);
            }
            LaneFixture.await("counting", () -> fixture.figures.drops.get(Drop.UNAUTHENTIC_PACKET).sum() > 300);
            assertStillWatching(viewer);
            assertStillWatching(hostile);
        }
    }

    @Test
    void aFloodOfHandshakesDelaysNobody() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection viewer = fixture.connect(false);
            List<TestPeer> flood = new ArrayList<>();
            byte[] hello = new byte[1200];
            random.nextBytes(hello);
            hello[0] = 22;
            hello[1] = (byte) 254;
            hello[2] = (byte) 253;
            for (int i = 0; i < 20; i++) {
                TestPeer peer = new TestPeer(false);
                Events events = new Events();
                fixture.lane.open("flood" + i, peer.offer(), events);
                peer.answer(events.answer());
                peer.checkOnly();
                for (int k = 0; k < 100; k++) {
                    peer.sendRaw(hello);
                }
                flood.add(peer);
            }
            Connection joiner = fixture.connect(false);
            assertTrue(joiner.peer().packet(joiner.peer().videoSsrc(), 10_000).startsKeyFrame());
            assertStillWatching(viewer);
            for (TestPeer peer : flood) {
                peer.vanish();
            }
        }
    }

    @Test
    void strangersOnTcpAreLimited() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection viewer = fixture.connect(true);
            List<Socket> strangers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                strangers.add(new Socket("127.0.0.1", fixture.lane.port()));
            }
            LaneFixture.await("limit", () -> fixture.figures.drops.get(Drop.TCP_CONNECTION).sum() >= 130);
            Socket rude = new Socket("127.0.0.1", fixture.lane.port());
            rude.getOutputStream().write(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
            assertEquals(-1, rude.getInputStream().read(), "a packet of 65,535 bytes closes the connection");
            Socket http = new Socket("127.0.0.1", fixture.lane.port());
            http.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
            assertEquals(-1, http.getInputStream().read());
            LaneFixture.await("time-out", () -> fixture.lane.heldForPeers().get(2) == 1);
            assertStillWatching(viewer);
            for (Socket socket : strangers) {
                socket.close();
            }
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
