package org.macemu.webrtc.media.lane.shared;

/**
 * How many key frames one viewer may cost the others by messages of lost pictures: three at once, then one in three
 * seconds. Belongs to the event loop's thread.
 */
final class KeyFrameBudget {

    private static final double CAPACITY = 3;
    private static final double PER_SECOND = 1 / 3.0;

    private double tokens = CAPACITY;
    private long last;

    KeyFrameBudget(long now) {
        this.last = now;
    }

    /** Whether one more may be asked for now; if so, it is paid for. */
    boolean take(long now) {
        tokens = Math.min(CAPACITY, tokens + (now - last) / 1e9 * PER_SECOND);
        last = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
