package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Events;
import org.macemu.webrtc.media.lane.shared.ffm.Vp8Decoder;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer.Packet;

/** The lane as a receiver sees it: real sockets, handshakes, encryption and codecs. */
class SharedLaneIT {

    /** Puts VP8 frames together as they come, in order. */
    private static final class Picture {
        private final byte[] frame = new byte[1 << 20];
        private int length;
        private int next = -1;
        private boolean broken = true;

        /** @return length of a whole frame in {@link #frame}, or 0 */
        int add(Packet packet) {
            boolean start = (packet.bytes()[packet.payload()] & 0x10) != 0;
            if (next >= 0 && packet.sequence() != next) {
                broken = true;
            }
            next = packet.sequence() + 1 & 0xffff;
            if (start) {
                length = 0;
                broken = false;
            }
            int from = packet.payload() + 4;
            System.arraycopy(packet.bytes(), from, frame, length, packet.bytes().length - from);
            length += packet.bytes().length - from;
            return packet.marker() && !broken ? length : 0;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pictureAndSoundArriveOverUdpAndTcp(boolean tcp) throws Throwable {
        try (LaneFixture fixture = new LaneFixture();
                Vp8Decoder decoder = new Vp8Decoder()) {
            Connection c = fixture.connect(tcp);
            Picture picture = new Picture();
            int frames = 0;
            int sounds = 0;
            int lastSequence = -1;
            int lastTime = 0;
            long end = System.nanoTime() + 10_000_000_000L;
            while ((frames < 40 || sounds < 60) && System.nanoTime() < end) {
                Packet packet = c.peer().packet(2_000);
                assertNotNull(packet, "packets stopped after " + frames + " frames and " + sounds + " of sound");
                if (packet.ssrc() == c.peer().videoSsrc()) {
                    assertEquals(96, packet.payloadType());
                    assertEquals(0x52, packet.bytes()[16], "playout delay under the offered id");
                    if (frames == 0 && picture.next < 0) {
                        assertTrue(packet.startsKeyFrame(), "the first packet begins a key frame");
                    }
                    int length = picture.add(packet);
                    if (length > 0) {
                        assertNotNull(decoder.decode(picture.frame, length), "frame " + frames);
                        assertEquals(320, decoder.width());
                        frames++;
                    }
                } else {
                    assertEquals(c.peer().audioSsrc(), packet.ssrc());
                    assertEquals(111, packet.payloadType());
                    if (lastSequence >= 0) {
                        assertEquals(lastSequence + 1 & 0xffff, packet.sequence());
                        assertEquals(960, packet.timestamp() - lastTime);
                    }
                    lastSequence = packet.sequence();
                    lastTime = packet.timestamp();
                    sounds++;
                }
            }
            assertTrue(frames >= 40 && sounds >= 60, frames + " frames, " + sounds + " sounds");
            c.peer().close();
            assertTrue(c.events().closed.await(20, TimeUnit.SECONDS), "close_notify ends the viewer");
            assertNull(c.events().error());
        }
    }

    @Test
    void senderReportsComeForBothTracks() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection c = fixture.connect(false);
            Set<Integer> reported = new HashSet<>();
            for (int i = 0; i < 8 && reported.size() < 2; i++) {
                byte[] report = c.peer().control(10_000);
                assertNotNull(report);
                ByteBuffer b = ByteBuffer.wrap(report);
                assertEquals((byte) 200, report[1]);
                reported.add(b.getInt(4));
                long ntp = b.getLong(8);
                double seconds = (ntp >>> 32) - 2_208_988_800L + (ntp & 0xffffffffL) / 4294967296.0;
                assertEquals(System.currentTimeMillis() / 1000.0, seconds, 2);
                Packet latest = null;
                for (Packet p = c.peer().packet(0); p != null; p = c.peer().packet(0)) {
                    latest = p.ssrc() == b.getInt(4) ? p : latest;
                }
                if (latest != null) {
                    int rate = b.getInt(4) == c.peer().videoSsrc() ? 90_000 : 48_000;
                    assertTrue(Math.abs(b.getInt(16) - latest.timestamp()) < rate, "RTP time within a second");
                }
            }
            assertEquals(Set.of(c.peer().videoSsrc(), c.peer().audioSsrc()), reported);
        }
    }

    @Test
    void pictureLossIsAnsweredByOneKeyFrameForAll() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(fixture.connect(false));
            }
            Thread.sleep(1_200);
            long before = fixture.figures.keyFrames();
            long begin = System.nanoTime();
            for (int round = 0; round < 20; round++) {
                for (Connection c : all) {
                    ByteBuffer pli = ByteBuffer.allocate(12).putInt(0x81ce0002).putInt(1);
                    c.peer().sendControl(pli.putInt(c.peer().videoSsrc()).array());
                }
                Thread.sleep(50);
            }
            Thread.sleep(600);
            long made = fixture.figures.keyFrames() - before;
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertTrue(made >= 2, made + " key frames");
            assertTrue(made <= seconds / 0.5 + 1, made + " key frames in " + seconds + " s");
            assertEquals(made, fixture.figures.keyFrames.get(KeyFrameCause.LOSS).sum());
        }
    }

    @Test
    void lostPacketsAreSentAgainWithinABudget() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection c = fixture.connect(false);
            Packet wanted = c.peer().packet(c.peer().videoSsrc(), 10_000);
            Thread.sleep(300);
            while (c.peer().packet(0) != null) {
                // Only what comes after the request counts.
            }
            c.peer().sendControl(nack(c.peer().videoSsrc(), wanted.sequence(), 0));
            Packet again;
            do {
                again = c.peer().packet(c.peer().videoSsrc(), 10_000);
                assertNotNull(again, "not sent again");
            } while (again.sequence() != wanted.sequence());
            assertEquals(ByteBuffer.wrap(wanted.bytes()), ByteBuffer.wrap(again.bytes()));

            // A receiver that asks for everything all the time.
            long end = System.nanoTime() + 1_500_000_000L;
            while (System.nanoTime() < end) {
                for (int i = 0; i < 40; i++) {
                    c.peer().sendControl(nack(c.peer().videoSsrc(), wanted.sequence() + i * 17, 0xffff));
                }
                Thread.sleep(5);
            }
            LaneFixture.await("requests", () -> fixture.figures.nacked.sum() > 5_000);
            long resent = fixture.figures.resent.sum();
            // 96 KiB at once and 125 kB/s: about 250 packets of 1,200 bytes; small ones may be more.
            assertTrue(resent < 3_000, resent + " packets sent again");
            assertTrue(fixture.figures.refused.sum() > 1_000);
            assertNull(c.events().error());
        }
    }

    /** In its other form it would have the same nonce (RFC 7714 section 8.1). */
    @Test
    void soundThatIsSentTwiceIsNotSentAgain() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            TestPeer peer = new TestPeer(false);
            String offer = peer.offer()
                    .replace("SAVPF 111\r\n", "SAVPF 111 63\r\n")
                    .replace(
                            "a=rtpmap:111 opus/48000/2\r\n",
                            "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n");
            fixture.connect(peer, offer);
            Set<Integer> types = new HashSet<>();
            Set<Integer> numbers = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                Packet sound = peer.packet(peer.audioSsrc(), 10_000);
                types.add(sound.bytes()[1] & 0x7f);
                assertTrue(numbers.add(sound.sequence()), "number " + sound.sequence() + " came again");
                peer.sendControl(nack(peer.audioSsrc(), sound.sequence() - 1, 0));
            }
            assertTrue(types.contains(63), "redundant from the beginning: " + types);
            LaneFixture.await("requests", () -> fixture.figures.nacked.sum() > 50);
            assertEquals(0, fixture.figures.resent.sum());
        }
    }

    private static byte[] nack(int ssrc, int sequence, int following) {
        return ByteBuffer.allocate(16)
                .putInt(0x81cd0003)
                .putInt(1)
                .putInt(ssrc)
                .putShort((short) sequence)
                .putShort((short) following)
                .array();
    }

    @Test
    void reportsOfTheReceiverShowInItsFigures() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection c = fixture.connect(false);
            byte[] report = c.peer().control(10_000);
            int middle = ByteBuffer.wrap(report).getInt(10);
            Thread.sleep(50);
            ByteBuffer feedback = ByteBuffer.allocate(32 + 24);
            feedback.putInt(0x81c90007).putInt(1).putInt(c.peer().videoSsrc()).putInt(0x10000005).putInt(7).putInt(1);
            feedback.putInt(middle).putInt(0);
            feedback.putInt(0x8fce0005).putInt(1).putInt(0).putInt(0x52454d42).putInt(0x010ebf20);
            feedback.putInt(c.peer().videoSsrc());
            c.peer().sendControl(feedback.array());
            LaneFixture.await("loss", () -> c.viewer().stats().packetsLost() == 5);
            assertEquals(0x2bf20L << 3, c.viewer().stats().estimatedBitsPerSecond());
            double roundTrip = c.viewer().stats().roundTripMillis();
            assertTrue(roundTrip >= 40 && roundTrip < 1_500, roundTrip + " ms");
            assertTrue(c.viewer().stats().connected());
        }
    }

    @Test
    void iceRestartKeepsTheViewer() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection c = fixture.connect(false);
            assertNotNull(c.peer().packet(c.peer().videoSsrc(), 10_000));
            int ssrc = c.peer().videoSsrc();
            c.peer().restart();
            c.viewer().offer(c.peer().offer());
            c.peer().answer(c.events().answer());
            assertEquals(ssrc, c.peer().videoSsrc());
            c.peer().check(true);
            Thread.sleep(200);
            assertNotNull(c.peer().packet(ssrc, 10_000));
            c.viewer().offer(c.peer().offer("AA" + ":BB".repeat(31)));
            LaneFixture.await("refusal", () -> c.events().error() != null);
            assertTrue(c.events().error().startsWith("sdp_invalid"), c.events().error());
            assertNotNull(c.peer().packet(ssrc, 10_000), "a refused offer changes nothing");
            assertEquals(0, c.events().closings.get());
        }
    }

    @Test
    void aWrongCertificateIsRefused() throws Exception {
        try (LaneFixture fixture = new LaneFixture();
                TestPeer peer = new TestPeer(false)) {
            Events events = new Events();
            fixture.lane.open("mallory", peer.offer("AA" + ":BB".repeat(31)), events);
            peer.answer(events.answer());
            try {
                peer.connect();
            } catch (java.io.IOException e) {
                // The alert, on our side.
            }
            assertTrue(events.closed.await(20, TimeUnit.SECONDS));
            assertTrue(events.error().startsWith("dtls_failed: the peer's certificate"), events.error());
            assertEquals(0, events.connections.get());
        }
    }

    @Test
    void aResizeStartsOverWithAKeyFrame() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection c = fixture.connect(false);
            assertNotNull(c.peer().packet(c.peer().videoSsrc(), 10_000));
            fixture.source.size(200, 150);
            long end = System.nanoTime() + 20_000_000_000L;
            boolean seen = false;
            while (!seen && System.nanoTime() < end) {
                Packet packet = c.peer().packet(c.peer().videoSsrc(), 10_000);
                if (packet.startsKeyFrame()) {
                    int at = packet.payload() + 4 + 6;
                    seen = ((packet.bytes()[at] & 0xff) | (packet.bytes()[at + 1] & 0x3f) << 8) == 200;
                }
            }
            assertTrue(seen, "no key frame of the new width");
            assertEquals(1, fixture.figures.keyFrames.get(KeyFrameCause.SIZE).sum());
        }
    }

    @Test
    void aStillScreenAndSilenceCostNextToNothing() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            Connection c = fixture.connect(false);
            Thread.sleep(500);
            fixture.source.moving(false);
            fixture.source.silent(true);
            Thread.sleep(3_500);
            while (c.peer().packet(0) != null) {
                // What was on its way.
            }
            // After a repetition there is time to look.
            assertNotNull(c.peer().packet(c.peer().videoSsrc(), 10_000));
            long encoded = fixture.figures.encoded.sum();
            for (int i = 0; i < 2; i++) {
                Packet repetition = c.peer().packet(c.peer().videoSsrc(), 10_000);
                assertTrue(repetition.bytes().length < 200, repetition.bytes().length + " bytes");
                assertFalse(repetition.startsKeyFrame());
                assertNull(c.peer().packet(1_000), "nothing else is sent");
            }
            assertEquals(encoded + 2, fixture.figures.encoded.sum(), "nothing else is encoded");
            Connection joiner = fixture.connect(false);
            assertTrue(joiner.peer().packet(joiner.peer().videoSsrc(), 10_000).startsKeyFrame());
            fixture.source.silent(false);
            Packet sound = c.peer().packet(c.peer().audioSsrc(), 10_000);
            assertTrue(sound.marker(), "the first packet after silence is marked");
        }
    }

    @Test
    void aViewerThatDoesNotReadIsShedAndDelaysNobody() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            fixture.source.size(800, 600);
            Connection slow = fixture.connect(new TestPeer(true));
            Connection fast = fixture.connect(false);
            slow.peer().stopReading();
            LaneFixture.await("shedding", () -> fixture.figures.shed.sum() > 0);
            long before = fast.viewer().stats().packetsSent();
            LaneFixture.await("the other viewer goes on", () -> fast.viewer().stats().packetsSent() > before + 50);
            assertTrue(fixture.figures.keyFrames.get(KeyFrameCause.SLOW_VIEWER).sum() <= 2, "at no cost for it");
            slow.peer().resumeReading();
            long shed = slow.viewer().stats().packetsSent();
            LaneFixture.await("recovery", () -> slow.viewer().stats().packetsSent() > shed + 100);
        }
    }

    @Test
    void closingTheLaneSaysGoodbye() throws Exception {
        LaneFixture fixture = new LaneFixture();
        Connection c = fixture.connect(false);
        fixture.close();
        assertTrue(c.events().closed.await(20, TimeUnit.SECONDS));
        assertTrue(fixture.lane.refusal().isPresent());
        Events late = new Events();
        Viewer refused = fixture.lane.open("late", c.peer().offer(), late);
        assertTrue(late.closed.await(20, TimeUnit.SECONDS));
        assertTrue(late.error().startsWith("lane_unavailable"));
        assertFalse(refused.stats().connected());
        refused.close();
        c.viewer().close();
        assertEquals(1, c.events().closings.get());
    }

    @Test
    void anOccupiedPortIsNamed() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            java.io.IOException e = org.junit.jupiter.api.Assertions.assertThrows(
                    java.io.IOException.class,
                    () -> new SharedLane(
                            SharedLaneSettings.defaults().at(fixture.lane.port(), List.of("127.0.0.1"), List.of()),
                            fixture.source,
                            LaneMetrics.NONE));
            assertTrue(e.getMessage().contains(String.valueOf(fixture.lane.port())), e.getMessage());
        }
    }
}
