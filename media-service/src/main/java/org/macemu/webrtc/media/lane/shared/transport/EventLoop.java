package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The one thread that reads and writes the sockets and owns the state of all peers: whatever else wants to touch
 * them hands a task to {@link #execute}. After every round of input and tasks the client gets its turn, which is where
 * media is sent.
 */
public final class EventLoop implements AutoCloseable {

    /** Larger than any datagram expected; what is longer is cut and fails its checks. */
    static final int MAX_DATAGRAM = 2048;

    /** A channel of the loop. */
    interface Source extends AutoCloseable {

        void register(Selector selector) throws ClosedChannelException;

        void ready(SelectionKey key);

        /** Sends what was gathered in this round. */
        default void flush() {}

        @Override
        void close();
    }

    /** Whoever sends through this loop. */
    @FunctionalInterface
    public interface Client {

        /**
         * Called after each round.
         *
         * @param now {@link System#nanoTime}
         * @return nanoseconds until it wants to be called again at the latest; {@link Long#MAX_VALUE}: only when
         *     something happens
         */
        long round(long now);
    }

    private static final Logger LOG = Logger.getLogger(EventLoop.class);

    /** Tasks run before the sockets are looked at again. */
    private static final int TASK_BURST = 256;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final List<Source> sources = new ArrayList<>();
    private final byte[] scratch = new byte[MAX_DATAGRAM];
    private Client client = now -> Long.MAX_VALUE;
    private volatile boolean closed;

    public EventLoop(String name) throws IOException {
        selector = Selector.open();
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    /** Starts the thread. @param client gets its turn after every round */
    public void start(Client client) {
        this.client = client;
        thread.start();
    }

    /** Hands a task to the loop; they run in order. Any thread. Ignored after close. */
    public void execute(Runnable task) {
        tasks.add(task);
        wakeUp();
    }

    /** Makes the client get its turn soon. Any thread. */
    public void wakeUp() {
        if (Thread.currentThread() != thread && awake.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Memory for the datagram being handled. Loop thread only. */
    byte[] scratch() {
        return scratch;
    }

    /** Adds a source. Before {@link #start} or on the loop's thread. */
    void add(Source source) throws ClosedChannelException {
        source.register(selector);
        sources.add(source);
    }

    void remove(Source source) {
        sources.remove(source);
    }

    /** Ends the thread after the tasks handed in so far, and closes the sockets. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        selector.wakeup();
        if (!thread.isAlive()) {
            shutDown();
            return;
        }
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long wait = Long.MAX_VALUE;
        while (!closed) {
            try {
                select(wait);
                awake.set(false);
                runTasks(TASK_BURST);
                wait = client.round(System.nanoTime());
                flush();
                if (!tasks.isEmpty()) {
                    wait = 0;
                }
            } catch (IOException | RuntimeException e) {
                // One viewer's trouble must not end the others'.
                LOG.error("event loop", e);
                wait = 1_000_000;
            }
        }
        runTasks(Integer.MAX_VALUE);
        shutDown();
    }

    /** Hands what the sources gathered to the kernel. Loop thread only; the client may call it before its turn ends. */
    public void flush() {
        for (int i = 0; i < sources.size(); i++) {
            sources.get(i).flush();
        }
    }

    private void select(long wait) throws IOException {
        if (wait <= 0) {
            selector.selectNow(this::ready);
        } else if (wait == Long.MAX_VALUE) {
            selector.select(this::ready);
        } else {
            // Rounded up: waking before the deadline would make a round for nothing.
            selector.select(this::ready, (wait + 999_999) / 1_000_000);
        }
    }

    private void ready(SelectionKey key) {
        if (key.isValid()) {
            try {
                ((Source) key.attachment()).ready(key);
            } catch (RuntimeException e) {
                LOG.error("input", e);
            }
        }
    }

    private void runTasks(int limit) {
        for (int i = 0; i < limit; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("task", e);
            }
        }
    }

    private void shutDown() {
        List.copyOf(sources).forEach(Source::close);
        sources.clear();
        Sockets.closeQuietly(selector);
    }
}
