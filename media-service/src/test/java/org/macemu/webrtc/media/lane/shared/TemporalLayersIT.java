package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;
import org.macemu.webrtc.media.lane.shared.ffm.Vp8Decoder;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer.Packet;

/** Two temporal layers: a congested viewer gets every other picture, without a gap, and decodes all of them. */
class TemporalLayersIT {

    private static final long REPORT_NANOS = 200_000_000L;

    /** A receiver that decodes what it gets and reports losses it is told to report. */
    private static final class Receiver {
        private final Connection connection;
        private final Vp8Decoder decoder;
        private final byte[] frame = new byte[1 << 20];
        private int length;
        private int sequence = -1;
        private int pictureId = -1;
        private int baseIndex = -1;
        private int base;
        private int upper;
        private Packet latest;
        private Packet wanted;
        private boolean mended;
        private long nextReport = System.nanoTime();
        private int lost;
        private int reported;

        Receiver(Connection connection, Vp8Decoder decoder) {
            this.connection = connection;
            this.decoder = decoder;
        }

        /** @param loss share of packets it claims to have lost */
        void follow(double seconds, double loss) throws Throwable {
            base = 0;
            upper = 0;
            long end = System.nanoTime() + (long) (seconds * 1e9);
            while (System.nanoTime() < end) {
                Packet packet = connection.peer().packet(connection.peer().videoSsrc(), 50);
                if (packet != null) {
                    take(packet);
                }
                if (sequence >= 0 && System.nanoTime() >= nextReport) {
                    nextReport += REPORT_NANOS;
                    report(loss);
                }
            }
        }

        private void take(Packet packet) throws Throwable {
            if (wanted != null && packet.sequence() == wanted.sequence()) {
                assertEquals(ByteBuffer.wrap(wanted.bytes()), ByteBuffer.wrap(packet.bytes()));
                mended = true;
                return;
            }
            if (sequence >= 0) {
                assertEquals(sequence + 1 & 0xffff, packet.sequence(), "sequence number");
            }
            sequence = packet.sequence();
            latest = packet;
            byte[] b = packet.bytes();
            int at = packet.payload();
            boolean start = (b[at] & 0x10) != 0;
            int id = (b[at + 2] & 0x7f) << 8 | b[at + 3] & 0xff;
            int layer = b[at + 5] >> 6 & 3;
            int tl0 = b[at + 4] & 0xff;
            if (start) {
                // A viewer whose network does not carry the base layer either waits for a key frame.
                if (pictureId >= 0 && (b[at + 6] & 1) != 0) {
                    assertEquals(pictureId + 1 & 0x7fff, id, "picture id");
                    assertEquals(layer == 0 ? baseIndex + 1 & 0xff : baseIndex, tl0, "index of the base layer");
                }
                length = 0;
                base += layer == 0 ? 1 : 0;
                upper += layer == 1 ? 1 : 0;
            }
            pictureId = id;
            baseIndex = tl0;
            System.arraycopy(b, at + 6, frame, length, b.length - at - 6);
            length += b.length - at - 6;
            if (packet.marker()) {
                assertNotNull(decoder.decode(frame, length), "picture " + id);
            }
        }

        private void report(double loss) throws Exception {
            lost += reported == 0 ? 0 : (int) Math.round(loss * (sequence - reported));
            reported = sequence;
            ByteBuffer b = ByteBuffer.allocate(32).putInt(0x81c90007).putInt(1);
            b.putInt(connection.peer().videoSsrc()).putInt(lost).putInt(sequence).putInt(1).putInt(0).putInt(0);
            connection.peer().sendControl(b.array());
        }

        void askAgainForLatest() throws Exception {
            wanted = latest;
            ByteBuffer b = ByteBuffer.allocate(16).putInt(0x81cd0003).putInt(1).putInt(connection.peer().videoSsrc());
            connection.peer().sendControl(b.putShort((short) wanted.sequence()).putShort((short) 0).array());
        }
    }

    private static SharedLaneSettings twoLayers() {
        SharedLaneSettings d = SharedLaneSettings.defaults();
        return new SharedLaneSettings(
                0, List.of("127.0.0.1"), List.of(), d.minKilobits(), d.startKilobits(), d.maxKilobits(),
                d.audioBitsPerSecond(), d.videoHistory(), d.audioHistory(), d.catchUpPackets(), d.maxViewers(),
                d.concurrentHandshakes(), 2, false);
    }

    @Test
    void aCongestedViewerGetsEveryOtherPictureForAWhile() throws Throwable {
        try (LaneFixture fixture = new LaneFixture(twoLayers());
                Vp8Decoder decoder = new Vp8Decoder();
                Vp8Decoder otherDecoder = new Vp8Decoder()) {
            Receiver receiver = new Receiver(fixture.connect(false), decoder);
            Receiver other = new Receiver(fixture.connect(false), otherDecoder);
            receiver.follow(2, 0);
            assertTrue(receiver.base > 10 && receiver.upper > 10, receiver.base + " and " + receiver.upper);
            long keyFrames = fixture.figures.keyFrames();

            for (int i = 0; i < 15 && !receiver.connection.viewer().isStrained(); i++) {
                receiver.follow(0.2, 0.3);
            }
            assertTrue(receiver.connection.viewer().isStrained(), "congested");
            receiver.follow(0.5, 0);
            receiver.follow(1.5, 0);
            assertEquals(0, receiver.upper, "pictures of the upper layer");
            assertTrue(receiver.base > 8, receiver.base + " pictures");
            receiver.askAgainForLatest();
            receiver.follow(0.5, 0);
            assertTrue(receiver.mended, "what was lost is sent again under the viewer's own number");

            receiver.follow(4, 0);
            receiver.follow(1, 0);
            assertTrue(receiver.upper > 5, "the upper layer is back: " + receiver.upper);
            long skips = fixture.figures.shed.sum();
            assertTrue(skips <= 2, skips + " skips to a key frame");
            assertTrue(fixture.figures.keyFrames() - keyFrames <= skips, "key frames");

            other.follow(2, 0);
            assertTrue(other.upper > 100, "the other viewer gets everything: " + other.upper);
        }
    }
}
