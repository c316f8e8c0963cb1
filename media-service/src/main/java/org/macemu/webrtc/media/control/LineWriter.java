package org.macemu.webrtc.media.control;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/**
 * Writes messages to the emulator in order, from a queue with one thread of its own ({@code control-write}), so that no
 * caller waits for an emulator that does not read. While messages wait, consecutive pointer positions collapse into the
 * last one and consecutive distances add up; keys and buttons stay where they are among them.
 */
final class LineWriter implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LineWriter.class);

    /**
     * Key and button events of a person come at 50 a second at most; 1,024 that wait behind a full socket buffer mean
     * that the emulator has not read for many seconds. It is then disconnected rather than fed half of its key-ups.
     */
    private static final int CAPACITY = 1024;

    /** Input messages that the delay is the median of: a second of mouse moves. */
    private static final int RECENT = 64;

    private final OutputStream out;
    private final Runnable onFailure;
    private final Thread thread;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private boolean closed;
    private final AtomicLongArray recentDelays = new AtomicLongArray(RECENT);
    private volatile int delaysTaken;

    /** A message, and since when it waits on the clock of System.nanoTime. */
    private record Waiting(ToEmulator message, long since) {}

    LineWriter(OutputStream out, Runnable onFailure) {
        this.out = out;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name("control-write").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues; false when the connection is over. */
    boolean offer(ToEmulator message) {
        boolean overrun;
        synchronized (queue) {
            if (closed) {
                return false;
            }
            Waiting last = queue.peekLast();
            ToEmulator merged = last == null ? null : merge(last.message, message);
            if (merged != null) {
                queue.removeLast();
            }
            overrun = queue.size() >= CAPACITY;
            if (overrun) {
                close();
            } else {
                queue.addLast(merged == null ? new Waiting(message, System.nanoTime()) : new Waiting(merged, last.since));
                queue.notify();
            }
        }
        if (overrun) {
            LOG.warnf("The emulator has left %d messages unread; disconnecting it", CAPACITY);
            onFailure.run();
        }
        return !overrun;
    }

    /** One message that says what both say, or null. */
    private static ToEmulator merge(ToEmulator waiting, ToEmulator next) {
        return switch (next) {
            case MouseMove m when waiting instanceof MouseMove -> m;
            case MouseMoveRelative(int dx, int dy) when waiting instanceof MouseMoveRelative w ->
                new MouseMoveRelative(bound(w.dx() + dx), bound(w.dy() + dy));
            case MouseWheel(int dx, int dy) when waiting instanceof MouseWheel w ->
                new MouseWheel(bound(w.dx() + dx), bound(w.dy() + dy));
            default -> null;
        };
    }

    private static int bound(int distance) {
        return Math.clamp(distance, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    private void run() {
        try {
            Waiting next;
            while ((next = take()) != null) {
                write(next.message);
                if (next.message instanceof Input) {
                    recentDelays.set(delaysTaken % RECENT, System.nanoTime() - next.since);
                    delaysTaken = delaysTaken + 1;
                }
            }
        } catch (IOException e) {
            onFailure.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(ToEmulator message) throws IOException {
        byte[] line;
        try {
            line = ControlCodec.encode(message);
        } catch (IllegalArgumentException e) {
            LOG.errorf("Not sent to the emulator: %s", e.getMessage());
            return;
        }
        out.write(line);
    }

    /** How long input lately waited until the emulator's socket had it, median in milliseconds; NaN before the first. */
    double delayMillis() {
        int count = Math.min(delaysTaken, RECENT);
        return count == 0
                ? Double.NaN
                : LongStream.range(0, count)
                                .map(i -> recentDelays.get((int) i))
                                .sorted()
                                .skip(count / 2)
                                .findFirst()
                                .orElseThrow()
                        / 1e6;
    }

    private Waiting take() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && !closed) {
                queue.wait();
            }
            return closed ? null : queue.pollFirst();
        }
    }

    /** Ends the thread, unless it is in a write: that ends with the socket. What is queued is dropped. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.clear();
            queue.notify();
        }
    }
}
