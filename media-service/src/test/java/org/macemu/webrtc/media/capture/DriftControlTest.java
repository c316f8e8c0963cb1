package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.AudioSegment;

/** Three minutes of a drifting emulator each, in simulated time. */
class DriftControlTest {

    @TempDir
    Path folder;

    private AudioSegment segment() throws Exception {
        return AudioSegment.openOrCreate(folder.resolve("audio"), PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest(name = "{0} Hz, bursts of {1} frames, {2} drift, {3} s jitter")
    @CsvSource({
        "44100,  512,  0.05, 0.002",
        "44100,  512, -0.05, 0.002",
        "44100,  441,  0.00, 0.002",
        "44100, 1024,  0.05, 0.004",
        "44100, 1024, -0.05, 0.004",
        "44100, 2048, -0.05, 0.004",
        "44100, 4096,  0.05, 0.004",
        "44100, 4096, -0.05, 0.004",
        "44100, 4096,  0.00, 0.004",
        "48000, 1024,  0.01, 0.005",
        "22050,  512, -0.03, 0.005",
        "11025,  512,  0.03, 0.005",
    })
    void neitherRunsDryNorGrows(int rate, int burst, double drift, double jitter) throws Exception {
        try (AudioSegment segment = segment()) {
            DriftSimulation s = new DriftSimulation(segment, rate, 1, AudioSegment.FORMAT_S16LE, burst, drift, 440);
            double[] most = {0, 0, 0};
            double[] ratios = {9, 0};
            s.run(30, jitter, (t, pcm, delay) -> most[0] = Math.max(most[0], delay));
            long skipped = s.metrics.audioSkipped.get();
            s.run(150, jitter, (t, pcm, delay) -> {
                most[t < 60 ? 1 : 2] = Math.max(most[t < 60 ? 1 : 2], delay);
                ratios[0] = Math.min(ratios[0], s.reader.ratio());
                ratios[1] = Math.max(ratios[1], s.reader.ratio());
            });
            System.out.printf(
                    "%5d Hz, bursts of %4d, drift %5.2f: %d underruns, delay at most %.0f ms while learning, then"
                            + " %.0f ms; reads %.4f to %.4f of nominal%n",
                    rate, burst, drift, s.metrics.underruns.get(), most[0] * 1e3, most[2] * 1e3, ratios[0], ratios[1]);
            assertEquals(0, s.metrics.underruns.get(), "underruns");
            assertEquals(skipped, s.metrics.audioSkipped.get(), "frames skipped once settled");
            double burstSeconds = (double) burst / rate;
            assertTrue(
                    most[2] < burstSeconds * 1.2 + 0.02, "delay " + most[2] + " s at bursts of " + burstSeconds + " s");
            assertTrue(ratios[1] - ratios[0] < 0.01, "pitch wavers between " + ratios[0] + " and " + ratios[1]);
        }
    }
}
