package org.macemu.webrtc.media.capture;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentException;

/**
 * Reads the audio ring and delivers a block every 10 ms, on time, whatever the emulator does. Owns the segment and the
 * thread {@code audio}, the only one that reads the mapping.
 *
 * <p>The emulator's clock drifts against ours (up to 5 % has been seen) and it writes in bursts: {@link BlockReader}
 * evens that out. An empty ring gives silence until it holds a burst again; after a pause reading goes on at now.
 */
public final class AudioCapture implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(AudioCapture.class);
    private static final long BLOCK_NANOS = 10_000_000;

    /** Blocks delivered at once after a late wake-up at most; behind that the clock is set anew. */
    private static final int CATCH_UP_BLOCKS = 10;

    private static final long CHECK_NANOS = 1_000_000_000;

    private final SegmentSource<AudioSegment> source;
    private final AudioSink sink;
    private final CaptureMetrics metrics;
    private final Thread thread;
    private final short[] block = new short[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];

    private volatile boolean closed;
    private volatile boolean watched;
    private volatile int sampleRate;
    private volatile int channels;

    private AudioSegment segment;
    private BlockReader reader;
    private long sampleIndex;
    private long nextCheck = System.nanoTime();
    private String problem = "";

    /**
     * Opens the segment; {@link #start} begins to read.
     *
     * @throws SegmentException when the segment cannot be used
     */
    public AudioCapture(SegmentSource<AudioSegment> source, AudioSink sink, CaptureMetrics metrics)
            throws SegmentException {
        this.source = source;
        this.sink = sink;
        this.metrics = metrics;
        attach(source.open());
        this.thread = Thread.ofPlatform().name("audio").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Starts or stops delivery. */
    public void watched(boolean watched) {
        this.watched = watched;
        LockSupport.unpark(thread);
    }

    /** Samples per second the emulator writes, 0 when it announced no format that is known. */
    public int sampleRate() {
        return sampleRate;
    }

    /** Channels the emulator writes, 0 when it announced no format that is known. */
    public int channels() {
        return channels;
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    deliverOnTime();
                } catch (InternalError e) {
                    // The JVM's word for a fault in mapped memory, perhaps some instructions after it.
                    detach("the file shrank while it was in use: expected its size to stay");
                } catch (RuntimeException e) {
                    LOG.error("Sound failed; going on with the next block", e);
                    LockSupport.parkNanos(CHECK_NANOS);
                }
            }
        } finally {
            detach("");
        }
    }

    private void deliverOnTime() {
        long next = System.nanoTime();
        boolean resting = true;
        while (!closed) {
            if (!watched) {
                resting = true;
                LockSupport.park(this);
                continue;
            }
            long now = System.nanoTime();
            long late = now - next;
            if (resting || late > CATCH_UP_BLOCKS * BLOCK_NANOS) {
                sampleIndex += resting ? 0 : late / BLOCK_NANOS * AudioSink.BLOCK_FRAMES;
                next = now;
                resting = false;
                if (reader != null) {
                    reader.restart();
                }
            }
            if (now < next) {
                LockSupport.parkNanos(next - now);
                continue;
            }
            next += BLOCK_NANOS;
            deliver(now);
        }
    }

    private void deliver(long now) {
        if (now - nextCheck >= 0) {
            check(now);
        }
        boolean silent = reader == null || !reader.read(block);
        if (silent) {
            Arrays.fill(block, (short) 0);
        }
        sampleRate = reader == null ? 0 : reader.rate();
        channels = reader == null ? 0 : reader.channels();
        long index = sampleIndex;
        sampleIndex += AudioSink.BLOCK_FRAMES;
        sink.audio(block, index, silent);
    }

    private void check(long now) {
        nextCheck = now + CHECK_NANOS;
        if (segment != null) {
            if (!segment.file().isReplaced() && !segment.file().isResized()) {
                return;
            }
            detach("its file was replaced or cut");
        }
        try {
            attach(source.open());
        } catch (SegmentException e) {
            report(e.getMessage());
        }
    }

    private void attach(AudioSegment opened) {
        segment = opened;
        reader = new BlockReader(opened, metrics);
        problem = "";
        LOG.infof("Audio segment %s", opened.file().path());
    }

    private void detach(String why) {
        if (segment != null) {
            segment.close();
            segment = null;
            reader = null;
        }
        report(why);
    }

    private void report(String now) {
        if (!now.equals(problem)) {
            problem = now;
            if (!now.isEmpty() && !closed) {
                LOG.warnf("Audio segment: %s", now);
            }
        }
    }

    /** Ends the thread, then unmaps. */
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            detach("");
            return;
        }
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
