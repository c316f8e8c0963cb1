package org.macemu.webrtc.media.capture;

import java.util.Arrays;
import org.macemu.webrtc.api.shm.SegmentException;

/**
 * Reads the audio ring and delivers two blocks of 10 ms every 20 ms, on time, whatever the emulator does. Runs in the
 * thread {@code audio}, which owns the segment.
 *
 * <p>The emulator's clock drifts against ours (up to 5 % has been seen) and it writes in bursts: {@link BlockReader}
 * evens that out. An empty ring gives silence until it holds a burst again; after a pause reading goes on at now.
 */
public final class AudioCapture implements AutoCloseable {

    private static final long BLOCK_NANOS = 10_000_000;

    /** What an Opus packet holds: one alone would wake a core and then wait for the other. */
    private static final int ROUND_BLOCKS = 2;

    private static final long ROUND_NANOS = ROUND_BLOCKS * BLOCK_NANOS;
    private static final int ROUND_FRAMES = ROUND_BLOCKS * AudioSink.BLOCK_FRAMES;

    /** Blocks delivered at once after a late wake-up at most; behind that the clock is set anew. */
    private static final int CATCH_UP_BLOCKS = 10;

    private final AudioSink sink;
    private final CaptureMetrics metrics;
    private final SegmentThread<AudioInput> thread;
    private final short[] block = new short[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];

    private volatile boolean watched;
    private volatile int sampleRate;
    private volatile int channels;

    private BlockReader reader;
    private long sampleIndex;
    /** When the next block is due. */
    private long next;

    private boolean resting = true;

    /**
     * Opens the segment; {@link #start} begins to read.
     *
     * @throws SegmentException when what is there cannot be used
     */
    public AudioCapture(SegmentSource<AudioInput> source, AudioSink sink, CaptureMetrics metrics)
            throws SegmentException {
        this.sink = sink;
        this.metrics = metrics;
        this.thread = new SegmentThread<>("audio", "Audio segment", source, new Rounds());
        thread.open();
    }

    public void start() {
        thread.start();
    }

    /** Starts or stops delivery. */
    public void watched(boolean watched) {
        this.watched = watched;
        thread.wake();
    }

    /** Has the segment looked at now: an emulator has come, and may have made another. */
    public void check() {
        thread.check();
    }

    /** Samples per second the emulator writes, 0 when it announced no format that is known. */
    public int sampleRate() {
        return sampleRate;
    }

    /** Channels the emulator writes, 0 when it announced no format that is known. */
    public int channels() {
        return channels;
    }

    /** What the thread does. */
    private final class Rounds implements SegmentThread.Work<AudioInput> {

        @Override
        public void attached(AudioInput input) {
            reader = new BlockReader(input.samples(), metrics);
        }

        @Override
        public void detached() {
            reader = null;
        }

        @Override
        public void turn(AudioInput input, long now) {
            if (!watched) {
                resting = true;
                SegmentThread.pause(Long.MAX_VALUE);
                return;
            }
            long late = now - next;
            if (resting || late > CATCH_UP_BLOCKS * BLOCK_NANOS) {
                sampleIndex += resting ? 0 : late / ROUND_NANOS * ROUND_FRAMES;
                next = now;
                resting = false;
                if (reader != null) {
                    reader.restart();
                }
            }
            if (now < next) {
                SegmentThread.pause(next - now);
                return;
            }
            next += ROUND_NANOS;
            long first = sampleIndex;
            sampleIndex += ROUND_FRAMES;
            for (int i = 0; i < ROUND_BLOCKS; i++) {
                deliver(first + i * AudioSink.BLOCK_FRAMES);
            }
        }
    }

    private void deliver(long index) {
        boolean silent = reader == null || !reader.read(block);
        if (silent) {
            Arrays.fill(block, (short) 0);
        }
        sampleRate = reader == null ? 0 : reader.rate();
        channels = reader == null ? 0 : reader.channels();
        sink.audio(block, index, silent);
    }

    /** Ends the thread, then unmaps. */
    @Override
    public void close() {
        thread.close();
    }
}
