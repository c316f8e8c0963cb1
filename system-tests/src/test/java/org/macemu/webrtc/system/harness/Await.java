package org.macemu.webrtc.system.harness;

import java.time.Duration;
import java.util.function.Supplier;

/** Waiting for a condition that can say why it does not hold yet. */
public final class Await {

    private static final long POLL_MILLIS = 50;

    private Await() {}

    /** Something that holds, or has a reason why it does not. */
    @FunctionalInterface
    public interface Condition {
        /** Null when it holds, else what is missing, with the values seen. */
        String unmet() throws Exception;
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @throws AssertionError when it does not hold in time; says what was awaited and the last reason
     */
    public static void until(String what, Duration timeout, Condition condition) {
        until(what, timeout, condition, () -> "");
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @param context added to the message of a failure: log tails, for instance
     * @throws AssertionError when it does not hold in time, or when waiting is pointless because it threw one
     */
    public static void until(String what, Duration timeout, Condition condition, Supplier<String> context) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            String reason;
            try {
                reason = condition.unmet();
            } catch (AssertionError e) {
                throw new AssertionError(what + ": " + e.getMessage() + context.get(), e);
            } catch (Exception e) {
                throw new AssertionError(what + ": " + e + context.get(), e);
            }
            if (reason == null) {
                return;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError(what + ": not within " + timeout.toMillis() + " ms: " + reason
                        + context.get());
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(what + ": interrupted", e);
            }
        }
    }
}
