package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.AudioSegment;

/** What a listener hears: a sine that stays one, and no clicks where sound begins and ends. */
class BlockReaderTest {

    @TempDir
    Path folder;

    private AudioSegment segment;

    @BeforeEach
    void open() throws Exception {
        segment = AudioSegment.openOrCreate(folder.resolve("audio"), PosixFilePermissions.fromString("rw-------"));
    }

    @AfterEach
    void close() {
        segment.close();
    }

    /** Left samples of so many simulated seconds. */
    private static double[] listen(DriftSimulation s, double seconds) {
        double[] heard = new double[(int) Math.round(seconds * AudioSink.SAMPLE_RATE) + AudioSink.BLOCK_FRAMES];
        int[] n = {0};
        s.run(seconds, 0.002, (t, pcm, delay) -> {
            for (int i = 0; i < pcm.length && n[0] < heard.length; i += 2) {
                heard[n[0]++] = pcm[i] / 32_768.0;
            }
        });
        return Arrays.copyOf(heard, n[0]);
    }

    @ParameterizedTest(name = "{0} Hz, {1} channels, format {2}, bursts of {3}, drift {4}: {5} Hz within {6} dB")
    @CsvSource({
        "48000, 2, 0, 480, 0.00, 1000, -70",
        "44100, 2, 0, 512, 0.00, 1000, -60",
        "44100, 2, 0, 1024, 0.05, 1000, -55",
        "44100, 2, 0, 1024, -0.05, 1000, -55",
        "44100, 2, 1, 4096, 0.03, 440, -55",
        "22050, 1, 0, 512, 0.00, 440, -60",
        "8000, 1, 0, 256, 0.01, 200, -55",
        "96000, 2, 1, 1024, -0.01, 1000, -60",
        "192000, 2, 1, 1024, 0.00, 1000, -60",
    })
    void aSineStaysASine(int rate, int channels, int format, int burst, double drift, double hertz, double decibels) {
        DriftSimulation s = new DriftSimulation(segment, rate, channels, format, burst, drift, hertz);
        listen(s, 20);
        double[] heard = listen(s, 2);
        // The emulator's clock is fast: its 1,000 Hz are more.
        double noise = SineAnalysis.noiseDecibels(heard, hertz * (1 + drift));
        System.out.printf(
                "sine %.0f Hz at %d Hz, drift %.2f, bursts of %d: THD+N %.1f dB%n", hertz, rate, drift, burst, noise);
        assertEquals(0, s.metrics.underruns.get());
        assertTrue(noise < decibels, "THD+N " + noise + " dB");
        double level = Math.sqrt(Arrays.stream(heard).map(v -> v * v).average().orElse(0));
        assertEquals(0.5 / Math.sqrt(2), level, 0.01);
        // A click is a bend that the sine does not have.
        double bend = SineAnalysis.sharpestBend(heard);
        assertTrue(bend < SineAnalysis.bendOfSine(0.5, hertz * (1 + drift)) * 1.2 + 4.0 / 32_768, "bend " + bend);
    }

    /** The emulator pauses in mid-wave, again and again: sound ends and begins without a step. */
    @Test
    void pausesDoNotClick() {
        DriftSimulation s = new DriftSimulation(segment, 44_100, 2, 0, 512, 0, 440);
        double largest = 0;
        double[] last = {0};
        for (int i = 0; i < 20; i++) {
            double[] heard = listen(s, 0.5 + i * 0.003);
            s.silence(0.3, (t, pcm, delay) -> {});
            for (double v : heard) {
                largest = Math.max(largest, Math.abs(v - last[0]));
                last[0] = v;
            }
            last[0] = 0;
        }
        assertTrue(s.metrics.underruns.get() >= 19, "the pauses were not heard");
        // 440 Hz at half scale moves 0.029 a sample; a click would be up to 0.5.
        assertTrue(largest < 0.06, "a step of " + largest);
    }

    @Test
    void comesBackAtNow() {
        DriftSimulation s = new DriftSimulation(segment, 44_100, 2, 0, 441, 0, 440);
        double[] delay = {0, 0};
        s.run(2, 0, (t, pcm, d) -> delay[0] = d);
        // Nobody reads for a minute; the emulator writes on, round and round.
        RingWriter unread = new RingWriter(segment, 44_100, 2, 0, false, RingWriter.sine(440, 44_100, 0.5));
        for (int i = 0; i < 6_000; i++) {
            unread.write(441);
        }
        s.reader.restart();
        assertEquals(0, s.reader.available());
        s.run(1, 0, (t, pcm, d) -> delay[1] = Math.max(delay[1], d));
        assertTrue(delay[1] < 0.08, "came back " + delay[1] * 1e3 + " ms late");
    }

    @Test
    void silenceIsToldAsSilence() {
        BlockReader reader = new BlockReader(new RingReader(segment), new CountingMetrics());
        short[] block = new short[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];
        Arrays.fill(block, (short) 9);
        assertFalse(reader.read(block), "no format was announced");
        assertTrue(IntStream.range(0, block.length).allMatch(i -> block[i] == 0));
        RingWriter writer = new RingWriter(segment, 44_100, 2, 0, false, n -> 0);
        for (int i = 0; i < 50; i++) {
            writer.write(441);
            assertFalse(reader.read(block), "digital silence");
        }
    }

    /** A reader that was held up while the emulator wrote on: what is too old is left out. */
    @Test
    void aRingThatFilledUpIsCutBackToNow() {
        CountingMetrics metrics = new CountingMetrics();
        BlockReader reader = new BlockReader(new RingReader(segment), metrics);
        RingWriter writer = new RingWriter(segment, 44_100, 2, 0, false, RingWriter.sine(440, 44_100, 0.5));
        short[] block = new short[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];
        reader.read(block);
        for (int i = 0; i < 300; i++) {
            writer.write(441);
            reader.read(block);
        }
        for (int i = 0; i < 32; i++) {
            writer.write(441);
        }
        // It looks like one large burst at first.
        for (int i = 0; i < 200; i++) {
            writer.write(441);
            reader.read(block);
        }
        assertTrue(reader.available() < 44_100 / 10, reader.available() + " frames wait");
    }
}
