package org.macemu.webrtc.media.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads do. */
public final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Await() {}

    /** Fails with {@code what} when the condition has not come true within ten seconds. */
    public static void until(String what, BooleanSupplier condition) throws InterruptedException {
        until(() -> what, condition);
    }

    /** The same, with a message made when it is needed. */
    public static void until(Supplier<String> what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                fail("Not within " + LIMIT.toSeconds() + " s: " + what.get());
            }
            Thread.sleep(2);
        }
    }
}
