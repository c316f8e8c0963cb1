package org.macemu.webrtc.media.edge;

import java.util.Arrays;

/**
 * How far the origin's monotonic clock is ahead of this machine's, from questions and answers (RFC 5905 section 8): the
 * answer is taken to be from the middle of its round trip, so half the round trip bounds the error. Of the last
 * {@link #SAMPLES} the one with the shortest round trip counts, because queues only ever lengthen it.
 *
 * <p>What is applied follows what was measured by {@link #SLEW} at most, so that the time of pictures never jumps, but
 * for the first sample and differences that no drift explains. Belongs to one thread.
 */
final class ClockOffset {

    private static final int SAMPLES = 8;

    /** 500 ppm: ten times what two quartzes differ by, and nothing a receiver's clock recovery notices. */
    private static final double SLEW = 500e-6;

    /** Another machine answers, or this one slept. */
    private static final long STEP_NANOS = 100_000_000L;

    private final long[] offsets = new long[SAMPLES];
    private final long[] roundTrips = new long[SAMPLES];
    private int next;
    private boolean known;
    private long applied;
    private long appliedAt;

    ClockOffset() {
        forget();
    }

    /** Another origin: what was measured says nothing about it. */
    void forget() {
        Arrays.fill(roundTrips, Long.MAX_VALUE);
        known = false;
    }

    boolean isKnown() {
        return known;
    }

    /** A question was sent at one time of ours, answered at one of the origin's, and its answer read at another of ours. */
    void sample(long sent, long origin, long received) {
        offsets[next] = origin - (sent + (received - sent) / 2);
        roundTrips[next] = received - sent;
        next = (next + 1) % SAMPLES;
        long measured = offsets[best()];
        long difference = measured - applied;
        if (!known || Math.abs(difference) > STEP_NANOS) {
            applied = measured;
        } else {
            long most = (long) ((received - appliedAt) * SLEW);
            applied += Math.clamp(difference, -most, most);
        }
        known = true;
        appliedAt = received;
    }

    private int best() {
        int best = 0;
        for (int i = 1; i < SAMPLES; i++) {
            if (roundTrips[i] < roundTrips[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Nanoseconds of the shortest round trip measured; 0 before the first. */
    long roundTrip() {
        return known ? roundTrips[best()] : 0;
    }

    /** A time of the origin as one of ours. */
    long toLocal(long originNanos) {
        return originNanos - applied;
    }

    /** Nanoseconds that the origin is ahead. */
    long nanos() {
        return applied;
    }
}
