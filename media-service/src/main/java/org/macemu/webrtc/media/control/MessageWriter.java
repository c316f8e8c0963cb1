package org.macemu.webrtc.media.control;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;
import org.jboss.logging.Logger;

/**
 * Writes messages to the emulator in order, from a queue with one thread of its own ({@code control-write}), so that no
 * caller waits for an emulator that does not read. While messages wait, those that one message can say collapse into it;
 * all others stay where they are among them.
 */
public final class MessageWriter<M> implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MessageWriter.class);

    /** How the messages of a protocol are written. */
    public interface Format<M> {

        /**
         * The bytes of a message, written at once.
         *
         * @throws IllegalArgumentException when it cannot be written; it is left out then
         */
        byte[] encode(M message);

        /** One message that says what both say, or null. */
        M merge(M waiting, M next);

        /** Whether the message is a person's input, whose delay is measured. */
        boolean isInput(M message);
    }

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
    private final Format<M> format;
    private final ArrayDeque<Waiting<M>> queue = new ArrayDeque<>();
    private boolean closed;
    private final AtomicLongArray recentDelays = new AtomicLongArray(RECENT);
    private volatile int delaysTaken;

    /** A message, and since when it waits on the clock of System.nanoTime. */
    private record Waiting<M>(M message, long since) {}

    /** @param onFailure told when the emulator is gone or does not read */
    public MessageWriter(OutputStream out, Format<M> format, Runnable onFailure) {
        this.out = out;
        this.format = format;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name("control-write").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Queues; false when the connection is over. */
    public boolean offer(M message) {
        boolean overrun;
        synchronized (queue) {
            if (closed) {
                return false;
            }
            Waiting<M> last = queue.peekLast();
            M merged = last == null ? null : format.merge(last.message, message);
            if (merged != null) {
                queue.removeLast();
            }
            overrun = queue.size() >= CAPACITY;
            if (overrun) {
                close();
            } else {
                queue.addLast(merged == null ? new Waiting<>(message, System.nanoTime()) : new Waiting<>(merged, last.since));
                queue.notify();
            }
        }
        if (overrun) {
            LOG.warnf("The emulator has left %d messages unread; disconnecting it", CAPACITY);
            onFailure.run();
        }
        return !overrun;
    }

    private void run() {
        try {
            Waiting<M> next;
            while ((next = take()) != null) {
                write(next.message);
                if (format.isInput(next.message)) {
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

    private void write(M message) throws IOException {
        byte[] bytes;
        try {
            bytes = format.encode(message);
        } catch (IllegalArgumentException e) {
            LOG.errorf("Not sent to the emulator: %s", e.getMessage());
            return;
        }
        out.write(bytes);
    }

    /** How long input lately waited until the emulator's socket had it, median in milliseconds; NaN before the first. */
    public double delayMillis() {
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

    private Waiting<M> take() throws InterruptedException {
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
