package org.macemu.webrtc.signaling.placement;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.macemu.webrtc.api.grpc.Load;

/**
 * How busy one place is: what it said last, and the viewers sent there since, which it may not count yet. Thread-safe;
 * its lock is held for some additions.
 */
final class PlaceLoad {

    /** From being sent somewhere until the offer is counted there, and that figure has come back. */
    private static final long ARRIVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A place that failed a viewer is nobody's choice for this long. */
    private static final long AVOIDED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Arrivals remembered; in a storm of more the newest counts for the oldest. */
    private static final int MAX_ARRIVALS = 256;

    private final Place place;
    private final long[] arrivals = new long[MAX_ARRIVALS];
    private int next;
    private Load load;
    private long avoidedUntil;

    PlaceLoad(Place place, long now) {
        this.place = place;
        Arrays.fill(arrivals, now - ARRIVAL_NANOS);
        this.avoidedUntil = now;
    }

    Place place() {
        return place;
    }

    synchronized void answered(Load now) {
        load = now;
    }

    /** It did not answer: nobody is sent there until it does. */
    synchronized void unanswered() {
        load = null;
    }

    /** It dropped a viewer or did not take one, whatever it says of its load. */
    synchronized void failed(long now) {
        avoidedUntil = now + AVOIDED_NANOS;
    }

    /** Whether it answered the last time. */
    synchronized boolean isKnown() {
        return load != null;
    }

    /** Whether viewers have done well there lately. */
    synchronized boolean isTrusted(long now) {
        return load != null && now - avoidedUntil >= 0;
    }

    /** Whether it says that it takes one more viewer, and there is room for those on the way too. */
    synchronized boolean accepts(long now) {
        return isTrusted(now) && load.getAccepting() && viewers(now) < load.getMaxViewers();
    }

    synchronized int viewers(long now) {
        return (load == null ? 0 : load.getViewers()) + onTheWay(now);
    }

    /** 0 idle, 1 full; the viewers on the way make it busier. */
    synchronized double stress(long now) {
        return load == null ? 1 : load.getStress() + (double) onTheWay(now) / Math.max(1, load.getMaxViewers());
    }

    synchronized void sent(long now) {
        arrivals[next] = now;
        next = (next + 1) % MAX_ARRIVALS;
    }

    private int onTheWay(long now) {
        int count = 0;
        for (long at : arrivals) {
            if (now - at < ARRIVAL_NANOS) {
                count++;
            }
        }
        return count;
    }
}
