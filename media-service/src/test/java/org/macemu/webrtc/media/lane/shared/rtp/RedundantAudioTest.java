package org.macemu.webrtc.media.lane.shared.rtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedundantAudioTest {

    private final PacketHistory history = new PacketHistory(16, 100);
    private final OpusPacketizer packetizer = new OpusPacketizer(history);
    private final byte[] target = new byte[2 * PacketHistory.SLOT_BYTES];

    private int write(int lengthBefore, int length, int step) {
        byte[] before = new byte[lengthBefore];
        byte[] now = new byte[length];
        Arrays.fill(before, (byte) 1);
        Arrays.fill(now, (byte) 2);
        packetizer.add(before, lengthBefore, false, 48_000);
        packetizer.add(now, length, false, 48_000 + step);
        return RedundantAudio.write(
                target, 111, history.bytes(), history.offset(101), history.length(101), history.offset(100),
                history.length(100));
    }

    /** The layout of RFC 2198 section 3, read by hand. */
    @Test
    void carriesThePacketBefore() {
        int length = write(200, 240, 960);
        assertEquals(12 + 5 + 200 + 240, length);
        ByteBuffer b = ByteBuffer.wrap(target);
        assertEquals(101, b.getShort(2));
        assertEquals(48_960, b.getInt(4));
        int block = b.getInt(12);
        assertEquals(1, block >>> 31, "F");
        assertEquals(111, block >>> 24 & 0x7f, "block PT");
        assertEquals(960, block >>> 10 & 0x3fff, "timestamp offset");
        assertEquals(200, block & 0x3ff, "block length");
        assertEquals(111, target[16], "last block: F is 0");
        byte[] expected = new byte[440];
        Arrays.fill(expected, 0, 200, (byte) 1);
        Arrays.fill(expected, 200, 440, (byte) 2);
        assertArrayEquals(expected, Arrays.copyOfRange(target, 17, length));
    }

    @ParameterizedTest(name = "{0} and {1} bytes, {2} samples apart")
    @CsvSource({"200, 240, 16384", "200, 240, 0", "200, 240, -960", "1024, 100, 960", "700, 700, 960"})
    void whatDoesNotFitGoesAlone(int before, int length, int step) {
        assertEquals(0, write(before, length, step));
    }
}
