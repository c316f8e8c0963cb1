package org.macemu.webrtc.media.capture;

import java.util.Random;
import org.macemu.webrtc.api.shm.AudioSegment;

/**
 * An emulator with a clock of its own against the reader's two blocks every 20 ms, without any real time: bursts that come
 * too fast or too slow, read by the product's own ring reader, drift control and resampler.
 */
final class DriftSimulation {

    private final AudioSegment segment;
    private final int rate;
    private final int burst;
    private final double drift;
    private final RingWriter writer;
    final CountingMetrics metrics = new CountingMetrics();
    final BlockReader reader;
    private final Random random = new Random(1);

    /** Simulated seconds since the start. */
    private double now;

    private double nextBurst;

    DriftSimulation(AudioSegment segment, int rate, int channels, int format, int burst, double drift, double hertz) {
        this.segment = segment;
        this.rate = rate;
        this.burst = burst;
        this.drift = drift;
        this.writer = new RingWriter(segment, rate, channels, format, false, RingWriter.sine(hertz, rate, 0.5));
        this.reader = new BlockReader(new RingReader(segment), metrics);
    }

    /** What a block found. */
    interface Block {
        /** @param delay seconds of sound that wait in the ring after both blocks */
        void read(double second, short[] pcm, double delay);
    }

    /** @param jitter how late a burst may come at most, seconds */
    void run(double seconds, double jitter, Block each) {
        short[][] blocks = new short[2][AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];
        double end = now + seconds;
        double late = 0;
        while (now < end) {
            while (nextBurst + late <= now) {
                writer.write(burst);
                nextBurst += burst / (rate * (1 + drift));
                late = random.nextDouble() * jitter;
            }
            for (short[] block : blocks) {
                reader.read(block);
            }
            double delay = (double) reader.available() / rate;
            for (short[] block : blocks) {
                each.read(now, block, delay);
            }
            now += 0.02;
        }
    }

    /** The writer stops for a while. */
    void silence(double seconds, Block each) {
        nextBurst = now + seconds;
        run(seconds, 0, each);
    }

    AudioSegment segment() {
        return segment;
    }
}
