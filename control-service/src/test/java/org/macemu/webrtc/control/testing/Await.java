package org.macemu.webrtc.control.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waiting for a condition. */
public final class Await {

    private static final long LIMIT_MS = 15_000;
    private static final long POLL_MS = 20;

    private Await() {}

    /**
     * Returns as soon as the condition holds. One that throws an exception, such as a request to somebody who does not
     * answer yet, does not hold.
     *
     * @throws AssertionError when it does not hold in time; its cause is what the condition threw last
     */
    public static void until(String what, Callable<Boolean> condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        while (true) {
            Exception failure = null;
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception e) {
                failure = e;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError("Not within " + LIMIT_MS + " ms: " + what, failure);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }
}
