package org.macemu.webrtc.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has opened, closed in the reverse order. One that fails to close keeps none of the others open. */
public final class Closer implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Returns what it is given. */
    public <T extends AutoCloseable> T register(T closeable) {
        open.push(closeable);
        return closeable;
    }

    @Override
    public void close() throws Exception {
        if (!open.isEmpty()) {
            // The last one first, and the rest however that went.
            try (Closer rest = this;
                    AutoCloseable last = open.pop()) {}
        }
    }
}
