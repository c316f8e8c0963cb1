package org.macemu.webrtc.media.capture;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentException;

/**
 * Reads the audio ring and delivers a block every 10 ms, on time, whatever the emulator does. Owns the segment and the
 * thread {@code audio}.
 *
 * <p>The emulator's clock drifts against ours (up to 5 % has been seen) and it writes in bursts. What has to stay
 * constant is the smallest fill of the ring, just before a burst arrives: {@link DriftControl} steers it by changing the
 * resampling ratio. An empty ring gives silence until it holds a burst again; a full one, after a pause, is cut back to
 * now.
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
    private final Resampler resampler = new Resampler();
    private final DriftControl drift = new DriftControl();

    private volatile boolean closed;
    private volatile boolean watched;
    private volatile int sampleRate;
    private volatile int channels;

    private AudioSegment segment;
    private RingReader ring;
    private boolean flowing;
    private boolean resting = true;
    private long next;
    private long sampleIndex;
    private long nextCheck;

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
        next = System.nanoTime();
        try {
            while (!closed) {
                // The loop is within the try, because the JVM may report a fault some time after the access.
                try {
                    deliverWhileOpen();
                } catch (InternalError e) {
                    // The JVM's word for a fault in mapped memory.
                    LOG.warn("The audio segment shrank while it was in use: expected its size to stay");
                    detach();
                }
            }
        } finally {
            detach();
        }
    }

    private void deliverWhileOpen() {
        while (!closed) {
            if (!watched) {
                resting = true;
                LockSupport.park(this);
                continue;
            }
            long now = System.nanoTime();
            if (resting || now - next > CATCH_UP_BLOCKS * BLOCK_NANOS) {
                sampleIndex += resting ? 0 : (now - next) / BLOCK_NANOS * AudioSink.BLOCK_FRAMES;
                next = now;
                flowing = false;
                resting = false;
            }
            if (now < next) {
                LockSupport.parkNanos(next - now);
                continue;
            }
            deliver(now);
            next += BLOCK_NANOS;
        }
    }

    private void deliver(long now) {
        boolean silent = !read(now);
        if (silent) {
            Arrays.fill(block, (short) 0);
        }
        sink.audio(block, sampleIndex, silent);
        sampleIndex += AudioSink.BLOCK_FRAMES;
    }

    /** Fills the block; false when it is silence. */
    private boolean read(long now) {
        if (now >= nextCheck) {
            check(now);
        }
        if (segment == null || !ring.refresh()) {
            flowing = false;
            publishFormat();
            return false;
        }
        publishFormat();
        int rate = ring.rate();
        drift.observe(ring.available(), rate);
        if (!flowing) {
            if (!drift.mayStart(ring.available(), rate)) {
                return false;
            }
            metrics.audioSkipped(ring.skipTo(drift.startFill(rate)));
            resampler.reset();
            drift.restart();
            flowing = true;
        } else if (ring.available() > drift.mostFill(rate)) {
            metrics.audioSkipped(ring.skipTo(drift.startFill(rate)));
            drift.restart();
        }
        double step = (double) rate / AudioSink.SAMPLE_RATE * drift.ratio();
        int got = resampler.fill(block, AudioSink.BLOCK_FRAMES, step, ring);
        if (got < AudioSink.BLOCK_FRAMES) {
            Arrays.fill(block, got * AudioSink.CHANNELS, block.length, (short) 0);
            metrics.audioUnderrun();
            flowing = false;
        }
        return !isZero(block);
    }

    private static boolean isZero(short[] samples) {
        for (short s : samples) {
            if (s != 0) {
                return false;
            }
        }
        return true;
    }

    private void publishFormat() {
        sampleRate = ring == null ? 0 : ring.rate();
        channels = ring == null ? 0 : ring.channels();
    }

    private void check(long now) {
        nextCheck = now + CHECK_NANOS;
        if (segment != null && !segment.file().isReplaced() && !segment.file().isResized()) {
            return;
        }
        detach();
        try {
            attach(source.open());
        } catch (SegmentException e) {
            LOG.warn(e.getMessage());
        }
    }

    private void attach(AudioSegment opened) {
        segment = opened;
        ring = new RingReader(opened);
        LOG.infof("Audio segment %s", opened.file().path());
    }

    private void detach() {
        if (segment != null) {
            segment.close();
            segment = null;
            ring = null;
        }
        flowing = false;
    }

    /** Ends the thread, then unmaps. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
