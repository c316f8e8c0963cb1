package org.macemu.webrtc.media.capture;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.shm.Segment;
import org.macemu.webrtc.api.shm.SegmentException;

/**
 * A segment and the one thread that reads it, so that nothing can use the mapping after it is unmapped. Looks whether the
 * segment is still the one to read, opens another where it is not, and leaves one whose file shrank: every second
 * that its work does not sleep through, and when an emulator comes or goes.
 */
final class SegmentThread<S extends Segment> implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(SegmentThread.class);
    private static final long CHECK_NANOS = 1_000_000_000;

    /** Until a segment that is missing or wrong is looked for again. */
    private static final long RETRY_NANOS = 250_000_000;

    /** An emulator whose every other picture is impossible shall not fill the log. */
    private static final long WARNING_INTERVAL_NANOS = 1_000_000_000;

    /** What is done with the segment. Called by the thread, and before it starts by its maker. */
    interface Work<S> {

        /** A segment was opened. */
        void attached(S segment);

        /** The segment, if there was one, is about to be unmapped. */
        void detached();

        /** The segment was looked at and is still the one to read; once a second. */
        default void checked(S segment, long now) {}

        /** {@link #problem} is another. */
        default void problemChanged() {}

        /** Ends a wait of {@link #turn} that is no {@link #pause}. Any thread. */
        default void wake() {}

        /**
         * One round; waits in {@link #pause} for what comes next, a second at most while the segment is to be looked at.
         *
         * @param segment null when there is none
         * @throws InternalError when the file shrank under the mapping
         */
        void turn(S segment, long now);
    }

    private final String what;
    private final SegmentSource<S> source;
    private final Work<S> work;
    private final Thread thread;

    private S segment;
    private volatile boolean closed;
    private volatile boolean checkAsked;
    private volatile String problem = "";
    private volatile long heartbeat = System.nanoTime();
    private long nextCheck = heartbeat + CHECK_NANOS;
    private long lastWarning = heartbeat - 2 * WARNING_INTERVAL_NANOS;

    /**
     * @param name of the thread
     * @param what the segment in words, for the log
     */
    SegmentThread(String name, String what, SegmentSource<S> source, Work<S> work) {
        this.what = what;
        this.source = source;
        this.work = work;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /**
     * Opens the segment, by the maker's thread.
     *
     * @throws SegmentException when what is there cannot be used; one that is not there yet is waited for
     */
    void open() throws SegmentException {
        try {
            attach(source.open());
        } catch (SegmentSource.AbsentException e) {
            problem(e.getMessage());
        }
    }

    void start() {
        thread.start();
    }

    /** Ends a wait of the thread. */
    void wake() {
        LockSupport.unpark(thread);
        work.wake();
    }

    /** Has the segment looked at now: an emulator has come and may have made another, or has gone. */
    void check() {
        checkAsked = true;
        wake();
    }

    boolean isClosed() {
        return closed;
    }

    /** What is wrong, "" when nothing is. */
    String problem() {
        return problem;
    }

    /** When the thread last went round, on the clock of {@link System#nanoTime}. */
    long heartbeat() {
        return heartbeat;
    }

    /** How long until the segment is looked at again. */
    long untilCheck(long now) {
        return Math.max(1, nextCheck - now);
    }

    /** Waits; {@link #wake} ends it. */
    static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    while (!closed) {
                        heartbeat = System.nanoTime();
                        if (checkAsked || heartbeat >= nextCheck) {
                            check(heartbeat);
                        }
                        work.turn(segment, heartbeat);
                    }
                } catch (InternalError e) {
                    // The JVM's word for a fault in mapped memory: the file shrank while it was read. It may come late,
                    // at any instruction after the one that faulted.
                    detach("the file shrank while it was in use: expected its size to stay");
                } catch (RuntimeException | OutOfMemoryError e) {
                    LOG.errorf(e, "%s: reading failed; going on with what comes next", what);
                    pause(CHECK_NANOS);
                }
            }
        } finally {
            detach("");
        }
    }

    private void check(long now) {
        checkAsked = false;
        nextCheck = now + CHECK_NANOS;
        String outdated = segment == null ? problem : source.outdated(segment);
        if (segment == null || !outdated.isEmpty()) {
            detach(outdated);
            try {
                attach(source.open());
            } catch (SegmentSource.AbsentException e) {
                nextCheck = now + RETRY_NANOS;
                problem(e.getMessage());
                return;
            } catch (SegmentException e) {
                nextCheck = now + RETRY_NANOS;
                report(e.getMessage());
                return;
            }
        }
        work.checked(segment, now);
    }

    private void attach(S opened) {
        segment = opened;
        problem = "";
        work.attached(opened);
        LOG.infof("%s %s: %s", what, opened.file().path(), opened.description());
    }

    private void detach(String why) {
        work.detached();
        if (segment != null) {
            segment.close();
            segment = null;
        }
        report(why);
    }

    /** Remembers what is wrong, "" for nothing, and says it once. */
    void report(String now) {
        if (problem(now) && !now.isEmpty() && !closed && heartbeat - lastWarning > WARNING_INTERVAL_NANOS) {
            lastWarning = heartbeat;
            LOG.warnf("%s: %s", what, now);
        }
    }

    /** Remembers what is wrong. @return whether it is another */
    private boolean problem(String now) {
        if (now.equals(problem)) {
            return false;
        }
        problem = now;
        work.problemChanged();
        return true;
    }

    /** Ends the thread, then unmaps. */
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            detach("");
            return;
        }
        wake();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
