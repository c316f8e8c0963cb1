package org.macemu.webrtc.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolsTest {

    private static final int SECOND = Symbols.SAMPLE_RATE;

    private static float[] recording(long from, int samples) {
        float[] recording = new float[samples];
        for (int i = 0; i < samples; i++) {
            recording[i] = 0.25f * Symbols.sample(from + i, SECOND);
        }
        return recording;
    }

    @ParameterizedTest(name = "begun at sample {0}")
    @ValueSource(longs = {0, 1_234, 2_000_003, 123_456_789_012L})
    void whatIsWholeIsUnderstoodWhereverItBegins(long from) {
        assertEquals(1, Symbols.understood(recording(from, 8 * SECOND)));
    }

    /** As a receiver's buffer does that grows by 150 ms and shrinks again: 10 ms after 10 ms, heard twice or left out. */
    @Test
    void aSoundThatIsStretchedAndShortenedIsUnderstood() {
        float[] whole = recording(77, 14 * SECOND);
        float[] shifted = new float[12 * SECOND];
        int piece = SECOND / 10;
        int from = 0;
        for (int i = 0; i < shifted.length / piece; i++) {
            System.arraycopy(whole, from, shifted, i * piece, piece);
            from += i < 20 || i >= 80 ? piece : i < 35 ? piece - 480 : i < 65 ? piece : piece + 480;
        }
        double understood = Symbols.understood(shifted);
        assertTrue(understood > 0.9, "understood " + understood);
    }

    @Test
    void whatIsSilentOrOverwhelmedIsNotUnderstood() {
        float[] damaged = recording(5_000, 10 * SECOND);
        // Two seconds of silence, and one of noise.
        Arrays.fill(damaged, 2 * SECOND, 4 * SECOND, 0);
        Random random = new Random(1);
        for (int i = 6 * SECOND; i < 7 * SECOND; i++) {
            damaged[i] = (float) random.nextGaussian();
        }
        assertEquals(0.7, Symbols.understood(damaged), 0.05);
    }

    @Test
    void silenceAndNoiseAreNot() {
        assertEquals(0, Symbols.understood(new float[8 * SECOND]));
        Random random = new Random(2);
        float[] noise = new float[8 * SECOND];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian() / 4;
        }
        double understood = Symbols.understood(noise);
        assertTrue(understood < 0.3, "understood " + understood);
    }

    @Test
    void aShortRecordingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Symbols.understood(new float[SECOND]));
    }
}
