package org.macemu.webrtc.media.control;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/**
 * Writes messages to the emulator in order, from a queue with one thread of its own ({@code control-write}), so that no
 * caller waits for an emulator that does not read. Consecutive pointer positions collapse into the last one.
 */
final class LineWriter implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LineWriter.class);

    /**
     * Key and button events of a person come at 50 a second at most; 1,024 that wait behind a full socket buffer mean
     * that the emulator has not read for many seconds. It is then disconnected rather than fed half of its key-ups.
     */
    private static final int CAPACITY = 1024;

    private final OutputStream out;
    private final Runnable onFailure;
    private final Thread thread;
    private final ArrayDeque<ToEmulator> queue = new ArrayDeque<>();
    private boolean closed;

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
            if (message instanceof MouseMove && queue.peekLast() instanceof MouseMove) {
                queue.removeLast();
            }
            overrun = queue.size() >= CAPACITY;
            if (!overrun) {
                queue.addLast(message);
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
            ToEmulator message;
            while ((message = take()) != null) {
                write(message);
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

    private ToEmulator take() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && !closed) {
                queue.wait();
            }
            return queue.pollFirst();
        }
    }

    /** What is queued is still written if the emulator reads it. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.notify();
        }
    }
}
