package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.macemu.webrtc.api.shm.SegmentException;

/**
 * Reads the video segment and hands pictures to the sink. Runs in the thread {@code capture}, which owns the segment.
 *
 * <p>While nobody watches, the thread looks once a second whether the file is still the one that is mapped and how fast
 * the emulator draws. While somebody does, it waits for the driver's {@link FrameSignal}: one that gives it is followed
 * at once, for {@link #SIGNAL_NANOS} at most; for others the wait ends after {@link #POLL_NANOS} while pictures flow, and
 * after {@link #REST_NANOS} while none do. Pictures are read every {@link #SHORTEST_INTERVAL_NANOS} at most. After a
 * change the picture is repeated {@link #REFINEMENTS} times, so that the encoders can sharpen it, and then not delivered
 * again.
 */
public final class VideoCapture implements CaptureControl, AutoCloseable {

    /** Latency added for drivers that do not wake us, while they draw. */
    private static final long POLL_NANOS = 1_000_000;

    /** Bounds the latency of the first picture after a rest for them. */
    private static final long REST_NANOS = 10_000_000;

    /** Longest wait for a driver that wakes us: bounds how late a request is seen that {@link FrameSignal#wake} missed. */
    private static final long SIGNAL_NANOS = 50_000_000;

    /** After so long without a picture the emulator counts as resting. */
    private static final long RESTING_AFTER_NANOS = 250_000_000;

    private static final long REFINEMENT_INTERVAL_NANOS = 33_000_000;

    /** VP8 reaches its best quality on a still desktop within 8 to 15 repetitions. */
    private static final int REFINEMENTS = 12;

    /**
     * Twice the rate of a 60 Hz screen. An emulator that publishes faster is read at this rate, its newest picture each
     * time; it cannot keep a core busy.
     */
    private static final long SHORTEST_INTERVAL_NANOS = 8_000_000;

    /** Reads until somebody who asked for a picture hears that there is none: of a flood of pictures none may be whole. */
    private static final int SNAPSHOT_ATTEMPTS = 20;

    /** A rate above this is no rate, but a frame_count that jumps. */
    private static final long MOST_FPS = 1_000;

    /** Pictures overtaken between two reads, were they of one pixel; more is a frame_count that jumps. */
    private static final long MOST_SKIPPED = 1_000_000;

    /** A stamp further away than this is of another clock. */
    private static final long FOREIGN_CLOCK_NANOS = 5_000_000_000L;

    private final VideoSink sink;
    private final CaptureMetrics metrics;
    private final Runnable resized;
    private final SegmentThread<VideoInput> thread;
    private final VideoFrame frame = new VideoFrame();

    private volatile boolean watched;
    private volatile boolean frameRequested;
    private volatile boolean woken;
    private volatile FrameSignal signal;
    private volatile VideoStatus status = VideoStatus.NONE;

    private final AtomicReference<CompletableFuture<Snapshot>> snapshotAsked = new AtomicReference<>();

    private VideoInput input;
    private FrameReader reader;
    private boolean driverSignals;
    private long sequence;
    private long captured;
    private long lastChange;
    private long lastDelivery;
    private int refinementsLeft;
    private long lastRead = System.nanoTime() - SHORTEST_INTERVAL_NANOS;
    private long countAtCheck;
    private long timeAtCheck;
    private long countAtRead;
    private int snapshotAttempts;
    private int toldWidth;
    private int toldHeight;

    /**
     * Opens the segment; {@link #start} begins to read.
     *
     * @param resized told by the thread when {@link #status} has another width or height; returns soon
     * @throws SegmentException when what is there cannot be used
     */
    public VideoCapture(SegmentSource<VideoInput> source, VideoSink sink, CaptureMetrics metrics, Runnable resized)
            throws SegmentException {
        this.sink = sink;
        this.metrics = metrics;
        this.resized = resized;
        this.thread = new SegmentThread<>("capture", "Video segment", source, new Rounds());
        thread.open();
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
        thread.wake();
    }

    /** Has the segment looked at now: an emulator has come, and may have made another. */
    public void check() {
        thread.check();
    }

    @Override
    public void requestFrame() {
        frameRequested = true;
        thread.wake();
    }

    /**
     * The picture as it is now, whether or not anybody watches. Requests that come together share one copy.
     *
     * @return empty before the first picture
     */
    public CompletableFuture<Optional<Snapshot>> snapshot() {
        CompletableFuture<Snapshot> asked = new CompletableFuture<>();
        CompletableFuture<Snapshot> earlier = snapshotAsked.compareAndExchange(null, asked);
        if (thread.isClosed()) {
            answerSnapshot(null);
        }
        thread.wake();
        return (earlier == null ? asked : earlier).thenApply(Optional::ofNullable);
    }

    /** The latest known state; a second old at most. */
    public VideoStatus status() {
        return status;
    }

    /** When the thread last went round, on the clock of {@link System#nanoTime}. */
    public long heartbeat() {
        return thread.heartbeat();
    }

    /** What the thread does. */
    private final class Rounds implements SegmentThread.Work<VideoInput> {

        @Override
        public void attached(VideoInput opened) {
            input = opened;
            signal = opened.signal();
            reader = new FrameReader(opened.segment());
            countAtRead = 0;
            refinementsLeft = 0;
            timeAtCheck = 0;
            driverSignals = false;
            publishStatus(0);
        }

        @Override
        public void detached() {
            if (reader != null) {
                reader.close();
                input = null;
                signal = null;
                reader = null;
                publishStatus(0);
            }
            if (thread.isClosed()) {
                answerSnapshot(null);
            }
        }

        /** The frame rate. */
        @Override
        public void checked(VideoInput checked, long now) {
            long count = checked.segment().frameCount();
            double fps = timeAtCheck == 0 ? 0 : Math.max(0, count - countAtCheck) * 1e9 / (now - timeAtCheck);
            countAtCheck = count;
            timeAtCheck = now;
            publishStatus(fps <= MOST_FPS ? fps : 0);
        }

        @Override
        public void problemChanged() {
            publishStatus(status.fps());
        }

        @Override
        public void wake() {
            woken = true;
            FrameSignal current = signal;
            if (current != null) {
                current.wake();
            }
        }

        @Override
        public void turn(VideoInput current, long now) {
            tellSize();
            boolean delivers = current != null && watched;
            if (delivers) {
                capture(now);
            } else {
                countAtRead = 0;
                if (snapshotAsked.get() == null) {
                    SegmentThread.pause(thread.untilCheck(now));
                }
            }
            if (snapshotAsked.get() != null) {
                takeSnapshot(delivers);
            }
        }
    }

    private void tellSize() {
        if (status.width() != toldWidth || status.height() != toldHeight) {
            toldWidth = status.width();
            toldHeight = status.height();
            resized.run();
        }
    }

    private void takeSnapshot(boolean delivers) {
        if (reader != null && !delivers && reader.read() == FrameReader.Result.CHANGED) {
            // Sinks have missed it.
            sequence++;
        }
        if (reader != null && reader.isTorn() && ++snapshotAttempts < SNAPSHOT_ATTEMPTS) {
            return;
        }
        snapshotAttempts = 0;
        answerSnapshot(reader != null && reader.hasPicture() ? reader.snapshot() : null);
    }

    private void answerSnapshot(Snapshot taken) {
        CompletableFuture<Snapshot> asked = snapshotAsked.getAndSet(null);
        if (asked != null) {
            asked.complete(taken);
        }
    }

    private void capture(long now) {
        woken = false;
        if (!reader.isNew() && !frameRequested && snapshotAsked.get() == null) {
            // Expecting what was read last, not what is there now: a picture published meanwhile ends the wait at once.
            boolean signalled =
                    input.signal().await(input.segment(), reader.latestIndex(), longestWait(now)) && !woken;
            if (reader.isNew()) {
                driverSignals = signalled;
            } else if (signalled) {
                // Signals without pictures shall not keep a core busy.
                SegmentThread.pause(POLL_NANOS);
            }
        }
        long early = lastRead + SHORTEST_INTERVAL_NANOS - System.nanoTime();
        if (early > 0 && reader.isNew()) {
            SegmentThread.pause(early);
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
                deliver(reader.changedFrom(), reader.changedTo(), pictureTime(now), now);
            }
            case UNCHANGED -> {
                count(false);
                lastChange = now;
                repeat(now);
            }
            case INVALID -> {
                metrics.invalid();
                thread.report(reader.problem());
            }
            case TORN -> metrics.skipped(1);
            case NOTHING_NEW -> repeat(now);
        }
    }

    private long longestWait(long now) {
        boolean flowing = now - lastChange < RESTING_AFTER_NANOS;
        long longest = driverSignals ? SIGNAL_NANOS : flowing ? POLL_NANOS : REST_NANOS;
        return refinementsLeft > 0
                ? Math.clamp(lastDelivery + REFINEMENT_INTERVAL_NANOS - now, 1, longest)
                : longest;
    }

    private void count(boolean changed) {
        thread.report("");
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
            refinementsLeft = 0;
            return;
        }
        if (frameRequested) {
            deliver(0, 0, now, now);
        } else if (refinementsLeft > 0 && now - lastDelivery >= REFINEMENT_INTERVAL_NANOS) {
            refinementsLeft--;
            deliver(0, 0, now, now);
        }
    }

    private void deliver(int changedFrom, int changedTo, long pictureTime, long now) {
        frameRequested = false;
        lastDelivery = now;
        frame.set(
                reader.pixels(), reader.format(), reader.width(), reader.height(), changedFrom, changedTo, pictureTime,
                ++sequence);
        sink.video(frame);
    }

    /** The emulator's stamp where it is of our clock, else the time of capture. */
    private long pictureTime(long now) {
        long stamp = reader.timestampMicros() * 1_000;
        long age = now - stamp;
        return age >= 0 && age < FOREIGN_CLOCK_NANOS ? stamp : now;
    }

    private void publishStatus(double fps) {
        MemorySegment pixels = reader == null ? MemorySegment.NULL : reader.pixels();
        // While nobody watches nothing is read, and the Mac may have gone to another size since the last picture.
        boolean known = watched && pixels.byteSize() > 0;
        status = new VideoStatus(
                known ? reader.width() : input == null ? 0 : plausible(input.segment().width()),
                known ? reader.height() : input == null ? 0 : plausible(input.segment().height()),
                fps,
                captured,
                thread.problem().isEmpty() && input != null ? input.description() : thread.problem());
    }

    private static int plausible(int pixels) {
        return pixels > 0 && pixels <= Short.MAX_VALUE ? pixels : 0;
    }

    /** Ends the thread, then unmaps. */
    @Override
    public void close() {
        thread.close();
    }
}
