package org.macemu.webrtc.synthetic;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/** Every message that reached the emulator, in order, with its time. Thread-safe. */
public final class InputLog {

    /** Newest messages kept: an hour of a mouse that never rests is more than any test needs. */
    private static final int CAPACITY = 200_000;

    /**
     * A message that arrived.
     *
     * @param nanoTime {@link System#nanoTime} of its arrival
     */
    public record Received(ToEmulator message, long nanoTime) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Received> messages = new ArrayDeque<>();

    void add(ToEmulator message) {
        lock.lock();
        try {
            if (messages.size() == CAPACITY) {
                messages.removeFirst();
            }
            messages.addLast(new Received(message, System.nanoTime()));
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** All messages, requests included. */
    public List<Received> messages() {
        lock.lock();
        try {
            return new ArrayList<>(messages);
        } finally {
            lock.unlock();
        }
    }

    /** The input messages. */
    public List<Input> inputs() {
        return messages().stream()
                .map(Received::message)
                .filter(Input.class::isInstance)
                .map(Input.class::cast)
                .toList();
    }

    /** Forgets what arrived so far. */
    public void clear() {
        lock.lock();
        try {
            messages.clear();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The first message that satisfies the predicate, whether it arrived already or arrives within the time.
     *
     * @throws TimeoutException when there is none; the message lists the last that did arrive
     */
    public Received await(Predicate<? super ToEmulator> predicate, Duration timeout)
            throws TimeoutException, InterruptedException {
        long remaining = timeout.toNanos();
        lock.lock();
        try {
            while (true) {
                for (Received received : messages) {
                    if (predicate.test(received.message())) {
                        return received;
                    }
                }
                if (remaining <= 0) {
                    List<String> last = messages.stream()
                            .skip(Math.max(0, messages.size() - 5))
                            .map(r -> r.message().toString())
                            .toList();
                    throw new TimeoutException("No message as expected within " + timeout.toMillis() + " ms; "
                            + messages.size() + " arrived, the last of them " + last);
                }
                remaining = arrived.awaitNanos(remaining);
            }
        } finally {
            lock.unlock();
        }
    }
}
