package org.macemu.webrtc.media.lane.shared.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A viewer that follows a history of two temporal layers, with and without the upper one. */
class NumberingTest {

    private static final int FIRST = 65_400;

    private record Sent(long index, int sequence, int pictureId, boolean upper) {}

    private final PacketHistory history = new PacketHistory(1024, FIRST);
    private final Vp8Packetizer packetizer = new Vp8Packetizer(history, 0x7ff0, true);
    private final Numbering numbering = new Numbering(history);
    private final List<Sent> sent = new ArrayList<>();
    private long cursor = -1;
    private int frames;

    private void frame(int packets, int layer) {
        packetizer.add(new byte[packets * 1_100], packets * 1_100, frames == 0, layer, frames++);
    }

    private void start(long index) {
        numbering.startAt(index);
        cursor = index;
    }

    private void send(int limit) {
        for (int i = 0; i < limit && cursor < history.head(); cursor++) {
            if (numbering.skips(cursor)) {
                numbering.skipped(cursor);
                continue;
            }
            byte[] packet = history.packet(cursor);
            Vp8Packetizer.rewritePictureId(packet, 0, numbering.framesLeftOut(cursor));
            int pictureId = RtpHeader.getShort(packet, 22) & 0x7fff;
            sent.add(new Sent(cursor, numbering.sequence(cursor), pictureId, history.isUpperLayer(cursor)));
            numbering.sent();
            i++;
        }
    }

    private void assertNoGaps() {
        for (int i = 1; i < sent.size(); i++) {
            Sent before = sent.get(i - 1);
            Sent now = sent.get(i);
            assertEquals(before.sequence() + 1 & 0xffff, now.sequence(), "sequence of " + now);
            int step = history.contains(now.index()) && history.isFrameStart(now.index()) ? 1 : 0;
            if (history.contains(now.index())) {
                assertEquals(before.pictureId() + step & 0x7fff, now.pictureId(), "picture id of " + now);
            }
        }
    }

    @Test
    void withoutTheUpperLayerNothingIsMissing() {
        frame(3, 0);
        start(FIRST);
        for (int i = 0; i < 40; i++) {
            frame(2, 1);
            frame(1, 0);
        }
        send(4);
        assertTrue(sent.get(3).upper());
        numbering.baseOnly(true, cursor);
        send(20);
        assertTrue(sent.get(4).upper(), "a frame that was begun is ended");
        assertTrue(sent.subList(5, sent.size()).stream().noneMatch(Sent::upper));
        numbering.baseOnly(false, cursor);
        send(1_000);
        assertTrue(sent.subList(24, sent.size()).stream().anyMatch(Sent::upper));
        assertNoGaps();
        for (Sent s : sent.subList(5, sent.size())) {
            assertEquals(s.index(), numbering.lookUp(s.sequence(), cursor), s.toString());
        }
        assertEquals(-1, numbering.lookUp(sent.getLast().sequence() + 1, cursor), "not sent yet");
    }

    @Test
    void aSkipToAKeyFrameLeavesNoGapAndForgetsWhatWasBefore() {
        frame(2, 0);
        frame(2, 1);
        frame(2, 0);
        start(FIRST);
        send(5);
        int last = sent.getLast().sequence();
        numbering.baseOnly(true, -1);
        long key = history.head();
        frame(3, 0);
        frame(1, 1);
        frame(1, 0);
        start(key);
        send(100);
        assertEquals(last + 1 & 0xffff, numbering.sequence(key));
        assertEquals(9, sent.size());
        assertFalse(sent.getLast().upper());
        assertEquals(key, numbering.lookUp(last + 1, cursor));
        assertEquals(-1, numbering.lookUp(last, cursor));
    }

    @Test
    void nothingCanBeAskedForBeforeTheFirstPacket() {
        assertEquals(-1, numbering.lookUp(7, -1));
        frame(1, 0);
        start(FIRST);
        assertEquals(-1, numbering.lookUp(FIRST, cursor));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverTheOrder(long seed) {
        Random random = new Random(seed);
        frame(5, 0);
        start(FIRST);
        for (int i = 0; i < 3_000; i++) {
            frame(1 + random.nextInt(4), i % 2 == 0 || random.nextInt(5) == 0 ? 1 : 0);
            send(random.nextInt(8));
            if (random.nextInt(30) == 0) {
                numbering.baseOnly(random.nextBoolean(), cursor);
            }
            if (history.head() - cursor > 200) {
                send(1_000);
            }
            if (!sent.isEmpty()) {
                Sent s = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(300)));
                long index = numbering.lookUp(s.sequence(), cursor);
                boolean kept = s.index() >= numbering.oldest() && history.contains(s.index());
                assertEquals(kept ? s.index() : -1, index, "step " + i + ", " + s);
            }
        }
        assertNoGaps();
    }
}
