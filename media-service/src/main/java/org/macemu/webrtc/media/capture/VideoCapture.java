package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Reads the video segment and hands pictures to the sink. Owns the segment and the thread {@code capture}, the only one
 * that reads the mapping, so that nothing can use it after it is unmapped.
 *
 * <p>While nobody watches, the thread looks once a second whether the file is still the one that is mapped and how fast
 * the emulator draws. While somebody does, it waits on {@code write_index}: a driver that wakes the word is followed at
 * once; for others the wait ends after {@link #POLL_NANOS} while pictures flow, and after {@link #REST_NANOS} while
 * none do. Pictures are read every {@link #SHORTEST_INTERVAL_NANOS} at most. After a change the picture is repeated
 * {@link #REFINEMENTS} times, so that the encoders can sharpen it, and then not delivered again.
 */
public final class VideoCapture implements CaptureControl, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(VideoCapture.class);

    /** Latency added for drivers that do not wake us, while they draw. */
    private static final long POLL_NANOS = 1_000_000;

    /** Longest wait: bounds how late a joining viewer's request is seen, and the first picture after a rest. */
    private static final long REST_NANOS = 10_000_000;

    /** After so long without a picture the emulator counts as resting. */
    private static final long RESTING_AFTER_NANOS = 250_000_000;

    private static final long REFINEMENT_INTERVAL_NANOS = 33_000_000;

    /** VP8 reaches its best quality on a still desktop within 8 to 15 repetitions. */
    private static final int REFINEMENTS = 12;

    private static final long CHECK_NANOS = 1_000_000_000;

    /**
     * Twice the rate of a 60 Hz screen. An emulator that publishes faster is read at this rate, its newest picture each
     * time; it cannot keep a core busy.
     */
    private static final long SHORTEST_INTERVAL_NANOS = 8_000_000;

    /** A rate above this is no rate, but a frame_count that jumps. */
    private static final long MOST_FPS = 1_000;

    /** Pictures overtaken between two reads, were they of one pixel; more is a frame_count that jumps. */
    private static final long MOST_SKIPPED = 1_000_000;

    /** An emulator whose every other picture is impossible shall not fill the log. */
    private static final long WARNING_INTERVAL_NANOS = 1_000_000_000;

    /** A stamp further away than this is of another clock. */
    private static final long FOREIGN_CLOCK_NANOS = 5_000_000_000L;

    private final SegmentSource<VideoSegment> source;
    private final VideoSink sink;
    private final CaptureMetrics metrics;
    private final Thread thread;
    private final FutexWait futex = new FutexWait();
    private final VideoFrame frame = new VideoFrame();

    private volatile boolean closed;
    private volatile boolean watched;
    private volatile boolean frameRequested;
    private volatile VideoStatus status = VideoStatus.NONE;
    private volatile long heartbeat = System.nanoTime();

    private final AtomicReference<CompletableFuture<Snapshot>> snapshotAsked = new AtomicReference<>();

    private VideoSegment segment;
    private FrameReader reader;
    private boolean driverWakes;
    private long sequence;
    private long captured;
    private long lastChange;
    private long lastDelivery;
    private int refinementsLeft;
    private long lastRead = System.nanoTime() - SHORTEST_INTERVAL_NANOS;
    private long nextCheck;
    private long countAtCheck;
    private long timeAtCheck;
    private long countAtRead;
    private String problem = "";
    private long lastWarning = System.nanoTime() - 2 * WARNING_INTERVAL_NANOS;

    /**
     * Opens the segment; {@link #start} begins to read.
     *
     * @throws SegmentException when the segment cannot be used
     */
    public VideoCapture(SegmentSource<VideoSegment> source, VideoSink sink, CaptureMetrics metrics)
            throws SegmentException {
        this.source = source;
        this.sink = sink;
        this.metrics = metrics;
        attach(source.open());
        this.thread = Thread.ofPlatform().name("capture").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Starts or stops delivery; the first delivery after a start is the current picture, if there is one. */
    public void watched(boolean watched) {
        this.watched = watched;
        if (watched) {
            frameRequested = true;
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void requestFrame() {
        frameRequested = true;
        LockSupport.unpark(thread);
    }

    /**
     * The picture as it is now, whether or not anybody watches. Requests that come together share one copy.
     *
     * @return empty before the first picture
     */
    public CompletableFuture<Optional<Snapshot>> snapshot() {
        CompletableFuture<Snapshot> asked = new CompletableFuture<>();
        CompletableFuture<Snapshot> earlier = snapshotAsked.compareAndExchange(null, asked);
        if (closed) {
            answerSnapshot(null);
        }
        LockSupport.unpark(thread);
        return (earlier == null ? asked : earlier).thenApply(Optional::ofNullable);
    }

    /** The latest known state; a second old at most. */
    public VideoStatus status() {
        return status;
    }

    /** When the thread last went round, on the clock of {@link System#nanoTime}. */
    public long heartbeat() {
        return heartbeat;
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    while (!closed) {
                        heartbeat = System.nanoTime();
                        turn(heartbeat);
                    }
                } catch (InternalError e) {
                    // The JVM's word for a fault in mapped memory: the file shrank while it was read. It may come late,
                    // at any instruction after the one that faulted.
                    detach("the file shrank while it was in use: expected its size to stay");
                } catch (RuntimeException | OutOfMemoryError e) {
                    LOG.error("Capture failed; going on with the next picture", e);
                    pause(CHECK_NANOS);
                }
            }
        } finally {
            answerSnapshot(null);
            detach("");
        }
    }

    private void turn(long now) {
        if (now >= nextCheck) {
            check(now);
        }
        if (segment == null) {
            pause(CHECK_NANOS / 4);
            nextCheck = 0;
        } else if (!watched) {
            countAtRead = 0;
            pause(Math.max(1, nextCheck - now));
        } else {
            capture(now);
        }
        if (snapshotAsked.get() != null) {
            takeSnapshot();
        }
    }

    private void takeSnapshot() {
        if (segment != null && !watched) {
            reader.read();
        }
        answerSnapshot(
                segment != null && reader.hasPicture()
                        ? Snapshot.of(reader.pixels(), reader.width(), reader.height())
                        : null);
    }

    private void answerSnapshot(Snapshot taken) {
        CompletableFuture<Snapshot> asked = snapshotAsked.getAndSet(null);
        if (asked != null) {
            asked.complete(taken);
        }
    }

    private void capture(long now) {
        boolean flowing = now - lastChange < RESTING_AFTER_NANOS;
        long longest = flowing && !driverWakes ? POLL_NANOS : REST_NANOS;
        if (!reader.isNew() && !frameRequested) {
            // Expecting what was read last, not what is there now: a picture published meanwhile ends the wait at once.
            driverWakes = futex.await(segment.writeIndexWord(), reader.writeIndex(), longest)
                    || driverWakes && !reader.isNew();
        }
        long early = lastRead + SHORTEST_INTERVAL_NANOS - System.nanoTime();
        if (early > 0 && reader.isNew()) {
            pause(early);
        }
        FrameReader.Result result = reader.read();
        now = System.nanoTime();
        if (result != FrameReader.Result.NOTHING_NEW) {
            lastRead = now;
        }
        switch (result) {
            case CHANGED -> {
                count(true);
                lastChange = now;
                refinementsLeft = REFINEMENTS;
                deliver(true, pictureTime(now), now);
            }
            case UNCHANGED -> {
                count(false);
                lastChange = now;
                repeat(now);
            }
            case INVALID -> {
                metrics.invalid();
                report(reader.problem());
            }
            case TORN -> metrics.skipped(1);
            case NOTHING_NEW -> repeat(now);
        }
    }

    private void count(boolean changed) {
        report("");
        captured++;
        metrics.captured(changed);
        long total = reader.frameCount();
        long step = total - countAtRead;
        if (countAtRead != 0 && step > 1 && step <= MOST_SKIPPED) {
            metrics.skipped(step - 1);
        }
        countAtRead = total;
        if (reader.width() != status.width() || reader.height() != status.height()) {
            publishStatus(status.fps());
        }
    }

    /** Delivers the picture again when a lane asked for it, or while there is something left to sharpen. */
    private void repeat(long now) {
        if (!reader.hasPicture()) {
            frameRequested = false;
            return;
        }
        if (frameRequested) {
            deliver(false, now, now);
        } else if (refinementsLeft > 0 && now - lastDelivery >= REFINEMENT_INTERVAL_NANOS) {
            refinementsLeft--;
            deliver(false, now, now);
        }
    }

    private void deliver(boolean changed, long pictureTime, long now) {
        frameRequested = false;
        lastDelivery = now;
        frame.set(reader.pixels(), reader.width(), reader.height(), changed, pictureTime, ++sequence);
        sink.video(frame);
    }

    /** The emulator's stamp where it is of our clock, else the time of capture. */
    private long pictureTime(long now) {
        long stamp = reader.timestampMicros() * 1_000;
        long age = now - stamp;
        return age >= 0 && age < FOREIGN_CLOCK_NANOS ? stamp : now;
    }

    /** Once a second: the frame rate, and whether the file is still the one that is mapped. */
    private void check(long now) {
        nextCheck = now + CHECK_NANOS;
        if (segment == null || segment.file().isReplaced() || segment.file().isResized()) {
            if (segment != null) {
                detach("its file was replaced or has another size now");
            }
            try {
                attach(source.open());
            } catch (SegmentException e) {
                report(e.getMessage());
                return;
            }
        }
        long count = segment.frameCount();
        double fps = timeAtCheck == 0 ? 0 : Math.max(0, count - countAtCheck) * 1e9 / (now - timeAtCheck);
        fps = fps <= MOST_FPS ? fps : 0;
        countAtCheck = count;
        timeAtCheck = now;
        publishStatus(fps);
    }

    private void attach(VideoSegment opened) {
        segment = opened;
        reader = new FrameReader(opened);
        countAtRead = 0;
        refinementsLeft = 0;
        timeAtCheck = 0;
        problem = "";
        publishStatus(0);
        LOG.infof("Video segment %s: 3 buffers of %d bytes", opened.file().path(), opened.frameCapacity());
    }

    private void detach(String why) {
        if (segment != null) {
            reader.close();
            segment.close();
            segment = null;
            reader = null;
        }
        report(why);
        publishStatus(0);
    }

    private void report(String now) {
        if (!now.equals(problem)) {
            problem = now;
            if (!now.isEmpty() && !closed && heartbeat - lastWarning > WARNING_INTERVAL_NANOS) {
                lastWarning = heartbeat;
                LOG.warnf("Video segment: %s", now);
            }
            publishStatus(status.fps());
        }
    }

    private void publishStatus(double fps) {
        MemorySegment pixels = reader == null ? MemorySegment.NULL : reader.pixels();
        // While nobody watches nothing is read, and the Mac may have gone to another size since the last picture.
        boolean known = watched && pixels.byteSize() > 0;
        status = new VideoStatus(
                known ? reader.width() : segment == null ? 0 : plausible(segment.width()),
                known ? reader.height() : segment == null ? 0 : plausible(segment.height()),
                fps,
                captured,
                problem.isEmpty() && segment != null
                        ? "protocol v1, 3 buffers of " + segment.frameCapacity() + " bytes"
                        : problem);
    }

    private static int plausible(int pixels) {
        return pixels > 0 && pixels <= Short.MAX_VALUE ? pixels : 0;
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
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
