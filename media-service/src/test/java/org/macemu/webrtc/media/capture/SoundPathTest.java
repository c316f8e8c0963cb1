package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.media.lane.shared.encode.AudioEncoder;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;
import org.macemu.webrtc.media.lane.shared.ffm.OpusDecoder;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;

/**
 * What a viewer hears of an emulator whose clock is wrong: its ring, drift control, resampler, Opus and a decoder, in
 * simulated time.
 */
class SoundPathTest {

    private static final double HERTZ = 440;
    private static final double PEAK = 0.5;

    /** Longer than the drift control learns. */
    private static final double SETTLING_SECONDS = 20;

    private static final double SECONDS = 10;

    /** Opus at 96 kbit/s alone leaves -37 dB of this sine. */
    private static final double MOST_NOISE = -33;

    @TempDir
    Path folder;

    /** Encodes and decodes block by block; belongs to one test. */
    private static final class Viewer implements DriftSimulation.Block, AutoCloseable {

        private final AudioEncoder encoder;
        private final OpusDecoder decoder = new OpusDecoder();
        private final EncodedSound packet = new EncodedSound();
        private final double[] heard = new double[(int) Math.max(SETTLING_SECONDS, SECONDS) * AudioSink.SAMPLE_RATE];
        private int length;
        private long blocks;
        private int packets;
        private double longestDelay;

        Viewer() throws Throwable {
            encoder = new AudioEncoder(OpusEncoder.Library.load(), 96_000);
        }

        @Override
        public void read(double second, short[] pcm, double delay) {
            long index = blocks++ * AudioSink.BLOCK_FRAMES;
            boolean silent = true;
            for (short s : pcm) {
                silent &= s == 0;
            }
            if (encoder.encode(pcm, index, silent, 0, packet)) {
                hear(index);
            }
            longestDelay = Math.max(longestDelay, delay);
        }

        private void hear(long lastBlock) {
            assertEquals(lastBlock + AudioSink.BLOCK_FRAMES - OpusEncoder.FRAMES, packet.sampleIndex());
            short[] decoded;
            try {
                decoded = decoder.decode(packet.data(), packet.length());
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
            assertEquals(OpusEncoder.FRAMES * AudioSink.CHANNELS, decoded.length);
            packets++;
            for (int i = 0; i < decoded.length; i += AudioSink.CHANNELS) {
                heard[length++] = decoded[i] / 32_768.0;
            }
        }

        /** Forgets what was heard so far. */
        void begin() {
            length = 0;
            packets = 0;
            longestDelay = 0;
        }

        double[] heard() {
            return Arrays.copyOf(heard, length);
        }

        @Override
        public void close() {
            encoder.close();
            decoder.close();
        }
    }

    @ParameterizedTest(name = "a clock {2} fast, bursts of {1} frames at {0} Hz")
    @CsvSource({
        "44100, 1024,  0.05",
        "44100, 1024, -0.05",
        "44100, 4096,  0.05",
        "44100, 4096, -0.05",
    })
    void aClockThatIsWrongIsHeardAsPitchAndNothingElse(int rate, int burst, double drift) throws Throwable {
        try (AudioSegment segment = AudioSegment.openOrCreate(
                        folder.resolve("audio"), PosixFilePermissions.fromString("rw-------"));
                Viewer viewer = new Viewer()) {
            DriftSimulation emulator =
                    new DriftSimulation(segment, rate, 2, AudioSegment.FORMAT_S16LE, burst, drift, HERTZ);
            emulator.run(SETTLING_SECONDS, 0.004, viewer);
            viewer.begin();
            long skipped = emulator.metrics.audioSkipped.get();
            emulator.run(SECONDS, 0.004, viewer);
            double[] heard = viewer.heard();
            double hertz = HERTZ * (1 + drift);
            double noise = SineAnalysis.noiseDecibels(heard, hertz);
            double bend = SineAnalysis.sharpestBend(heard) / SineAnalysis.bendOfSine(PEAK, hertz);
            System.out.printf(
                    "%d Hz, bursts of %d, clock %+.2f: through Opus THD+N %.1f dB, sharpest bend %.2f of the sine's,"
                            + " delay at most %.0f ms%n",
                    rate, burst, drift, noise, bend, viewer.longestDelay * 1e3);
            assertEquals(0, emulator.metrics.underruns.get(), "underruns");
            assertEquals(skipped, emulator.metrics.audioSkipped.get(), "frames skipped once settled");
            assertEquals(SECONDS * 50, viewer.packets, 1, "packets: sound without gaps needs 50 a second");
            assertTrue(viewer.longestDelay < 1.2 * burst / rate + 0.02, "delay " + viewer.longestDelay + " s");
            assertTrue(noise < MOST_NOISE, "THD+N " + noise + " dB");
            assertTrue(bend < 1.5, "a bend " + bend + " times the sine's");
        }
    }
}
