package org.macemu.webrtc.media.lane.shared;

/**
 * Sets the rate of the one picture stream by the network of one viewer, whoever holds the controls: below what that
 * network carried when it was congested, and up again by small steps. Damped: a cut is followed by a second of patience,
 * and the rate stays under the one that failed for a while, longer each time it fails again. Pure: time is handed in.
 */
final class BitrateSteering {

    /** Room for what is sent again, and for pictures larger than the average. */
    private static final double SHARE_OF_CAPACITY = 0.8;

    private static final long PATIENCE = 1_000_000_000L;
    private static final long MIN_HOLD = 10_000_000_000L;
    private static final long MAX_HOLD = 60_000_000_000L;

    /** Growth below the rate that failed, and above it, per second. */
    private static final double RECOVERY = 0.10;

    private static final double PROBING = 0.04;

    /** Smaller changes are not worth reconfiguring the encoder. */
    private static final double STEP = 0.03;

    private final int min;
    private final int normal;
    private double rate;
    private double plateau;
    private long plateauUntil;
    private long hold = MIN_HOLD;
    private long lastCut;
    private long last;
    private int applied;

    /**
     * @param min lowest rate, kbit/s
     * @param normal rate of a good network, kbit/s; never exceeded
     */
    BitrateSteering(int min, int normal, long now) {
        this.min = min;
        this.normal = normal;
        this.rate = normal;
        this.plateau = normal;
        this.applied = normal;
        this.last = now;
        this.lastCut = now - PATIENCE;
    }

    /**
     * Looks at the network.
     *
     * @param congested whether it is given too much now
     * @param capacity bits per second of picture that it carried, 0 when unknown
     * @param floor lowest rate for now, kbit/s
     * @return rate for the encoder, kbit/s
     */
    int update(long now, boolean congested, long capacity, int floor) {
        double seconds = Math.min((now - last) / 1e9, 1);
        last = now;
        if (congested && capacity > 0) {
            double carried = capacity / 1000.0;
            double target = Math.max(Math.max(min, floor), SHARE_OF_CAPACITY * carried);
            if (target < rate && (now - lastCut >= PATIENCE || target < 0.7 * rate)) {
                rate = target;
                lastCut = now;
                plateau = Math.clamp(0.9 * carried, target, normal);
                plateauUntil = now + hold;
                hold = Math.min(2 * hold, MAX_HOLD);
            }
        } else if (now - lastCut >= PATIENCE) {
            boolean below = rate < plateau;
            if (below || now >= plateauUntil) {
                double grown = rate * (1 + (below ? RECOVERY : PROBING) * seconds);
                rate = Math.min(below ? Math.min(grown, plateau) : grown, normal);
            }
            if (rate >= normal && now - lastCut > MAX_HOLD) {
                hold = MIN_HOLD;
            }
        }
        return apply();
    }

    /** Nobody's network counts: the rate grows back. */
    int release(long now) {
        plateauUntil = now;
        return update(now, false, 0, 0);
    }

    private int apply() {
        boolean reached = rate >= normal || rate <= min;
        if (Math.abs(rate - applied) > STEP * applied || reached) {
            applied = (int) Math.round(rate);
        }
        return applied;
    }

    /** Whether the rate is below normal. */
    boolean reduced() {
        return applied < normal;
    }

    /** Whether a lower rate is possible still. */
    boolean canCut(int floor) {
        return rate > Math.max(min, floor);
    }
}
