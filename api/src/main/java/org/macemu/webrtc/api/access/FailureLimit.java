package org.macemu.webrtc.api.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How many bad tokens one address may try: {@value #PER_MINUTE} a minute. Thread-safe; bounded. */
public final class FailureLimit {

    /** A person who clicks an old link a few times stays below it. */
    static final int PER_MINUTE = 20;

    private static final int MAX_ADDRESSES = 10_000;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private record Window(long startNanos, int failures) {}

    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** Whether this address has failed too often to be listened to now. */
    public boolean exceeded(String address) {
        return exceeded(address, System.nanoTime());
    }

    /** One more failure of this address. */
    public void failed(String address) {
        failed(address, System.nanoTime());
    }

    synchronized boolean exceeded(String address, long now) {
        Window window = windows.get(address);
        return window != null && now - window.startNanos() < MINUTE_NANOS && window.failures() >= PER_MINUTE;
    }

    synchronized void failed(String address, long now) {
        Window window = windows.get(address);
        windows.put(
                address,
                window == null || now - window.startNanos() >= MINUTE_NANOS
                        ? new Window(now, 1)
                        : new Window(window.startNanos(), window.failures() + 1));
    }
}
