package org.macemu.webrtc.media.lane.shared.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;

class AudioEncoderTest {

    private static final int BLOCK = 480;

    private static short[] tone(long index) {
        short[] pcm = new short[2 * BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            pcm[2 * i] = pcm[2 * i + 1] = (short) (9000 * Math.sin((index + i) * 2 * Math.PI * 440 / 48_000));
        }
        return pcm;
    }

    @Test
    void twoBlocksMakeAPacketAndSilenceIsLeftOutWhileTimeGoesOn() throws Exception {
        List<Long> sent = new ArrayList<>();
        List<Long> first = new ArrayList<>();
        try (AudioEncoder encoder = new AudioEncoder(OpusEncoder.Library.load(), 96_000)) {
            EncodedSound packet = new EncodedSound();
            for (int block = 0; block < 300; block++) {
                long index = (long) block * BLOCK;
                boolean silent = block >= 100 && block < 200;
                if (encoder.encode(silent ? new short[2 * BLOCK] : tone(index), index, silent, 0, packet)) {
                    sent.add(packet.sampleIndex());
                    assertTrue(packet.length() > 2 && packet.length() <= OpusEncoder.MAX_PACKET);
                    if (packet.first()) {
                        first.add(packet.sampleIndex());
                    }
                }
            }
        }
        // 50 packets of tone, 5 of silence, none for 45 packet times, 50 of tone.
        assertEquals(105, sent.size());
        assertEquals(54 * 960L, sent.get(54));
        assertEquals(100 * 960L, sent.get(55));
        assertEquals(List.of(0L, 100 * 960L), first);
    }

    @Test
    void aGapStartsANewPacket() throws Exception {
        try (AudioEncoder encoder = new AudioEncoder(OpusEncoder.Library.load(), 96_000)) {
            EncodedSound packet = new EncodedSound();
            assertFalse(encoder.encode(tone(0), 0, false, 0, packet));
            assertFalse(encoder.encode(tone(4800), 4800, false, 0, packet));
            assertTrue(encoder.encode(tone(5280), 5280, false, 0, packet));
            assertEquals(4800, packet.sampleIndex());
            // One that comes alone because the first of two was missed is left out.
            assertFalse(encoder.encode(tone(6240), 6240, false, 0, packet));
            assertFalse(encoder.encode(tone(6720), 6720, false, 0, packet));
            assertTrue(encoder.encode(tone(7200), 7200, false, 0, packet));
            assertEquals(6720, packet.sampleIndex());
            assertThrows(
                    IllegalArgumentException.class, () -> encoder.encode(new short[7], 5760, false, 0, packet));
        }
    }

    @Test
    void aClosedEncoderThrows() throws Exception {
        OpusEncoder opus = new OpusEncoder(OpusEncoder.Library.load(), 64_000, 5);
        opus.close();
        opus.close();
        assertThrows(IllegalStateException.class, () -> opus.encode(new short[1920], new byte[1275], 0));
        OpusEncoder.Library library = OpusEncoder.Library.load();
        assertThrows(IllegalArgumentException.class, () -> new OpusEncoder(library, 5, 5));
    }
}
