package org.macemu.webrtc.synthetic;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.macemu.webrtc.api.shm.SegmentFile;

/**
 * Writes to one segment at a fixed rate, on a platform thread of its own. Opens the segment again when its file was
 * replaced or shrank under the mapping, as a server does that was started anew.
 *
 * @param <S> the segment
 */
abstract class Publisher<S extends AutoCloseable> implements AutoCloseable {

    private static final long CHECK_NANOS = 500_000_000L;
    private static final long RETRY_NANOS = 250_000_000L;

    private final Consumer<String> events;
    private final long periodNanos;
    private final Thread thread;
    private S segment;
    private volatile boolean closed;
    private volatile boolean paused;

    /** A pause that is over before the thread looks counts as one, too. */
    private volatile boolean beginAgain;

    /** Opens the segment on the caller's thread, so that a refusal reaches the caller; {@link #start} does the rest. */
    Publisher(String threadName, double rate, Consumer<String> events) {
        this.events = events;
        this.periodNanos = Math.max(1, Math.round(1e9 / rate));
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
    }

    final void start() throws IOException {
        segment = open();
        thread.start();
    }

    /** Opens or creates the segment. */
    abstract S open() throws IOException;

    abstract SegmentFile file(S open);

    /** Called on the thread after every opening and pause. */
    abstract void begin(S open, long nanoTime);

    /** Writes what is due. */
    abstract void publish(S open, long nanoTime);

    /** Stops or resumes writing. */
    final void pause(boolean stop) {
        beginAgain |= stop;
        paused = stop;
    }

    private void run() {
        while (!closed) {
            // The loop is within the try, because the JVM may report a fault some time after the access.
            try {
                publishWhileOpen();
            } catch (InternalError e) {
                // The JVM's word for a mapped page that is no more: the file was cut between the checks.
                release("was cut while being written");
            }
        }
        release(null);
    }

    private void publishWhileOpen() {
        boolean fresh = true;
        long deadline = System.nanoTime();
        long nextCheck = deadline + CHECK_NANOS;
        while (!closed) {
            long now = System.nanoTime();
            if (segment == null) {
                fresh = reopen();
                if (!fresh) {
                    LockSupport.parkNanos(RETRY_NANOS);
                    continue;
                }
            } else if (now - nextCheck >= 0) {
                nextCheck = now + CHECK_NANOS;
                if (file(segment).isReplaced() || file(segment).isResized()) {
                    release("was replaced or has another size now");
                    continue;
                }
            }
            if (paused) {
                fresh = true;
            } else {
                if (fresh || beginAgain) {
                    beginAgain = false;
                    begin(segment, now);
                    fresh = false;
                }
                publish(segment, now);
            }
            deadline += periodNanos;
            long wait = deadline - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            } else if (wait < -10 * periodNanos) {
                // Far behind, after a pause of the machine: pictures that are due no more are left out.
                deadline = System.nanoTime();
            }
        }
    }

    private boolean reopen() {
        try {
            segment = open();
            events.accept("opened " + file(segment).path());
            return true;
        } catch (IOException e) {
            events.accept(e.getMessage());
            return false;
        }
    }

    private void release(String reason) {
        if (segment != null) {
            if (reason != null) {
                events.accept(file(segment).path() + " " + reason);
            }
            try {
                segment.close();
            } catch (Exception e) {
                throw new IllegalStateException("A mapping of " + thread.getName() + " is in use by nobody else", e);
            }
            segment = null;
        }
    }

    @Override
    public final void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
