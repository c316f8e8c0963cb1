package org.macemu.webrtc.media.lane.shared.encode;

/**
 * What the target rate allows: grows with time, every frame is taken off. A viewer whose network carries the target rate
 * and no more is never further behind than the debt. Belongs to the video encoder, which serialises its calls.
 */
final class ByteBudget {

    /** Unused time is no reason for a burst. */
    private static final double MOST_SECONDS = 0.1;

    /**
     * Beyond this debt pictures are left out: libvpx overshoots when even its coarsest quantizer gives more than the rate
     * (moving dither). A window dragged over 1024x768 runs into a debt of 0.3 s at times and pays it back by itself; were
     * pictures left out, each of the others would be larger.
     */
    private static final double OVERDRAWN_SECONDS = 0.4;

    private double bytesPerSecond;
    private double balance;
    private long time;

    /** Passes time, at a rate in kbit/s. */
    void advance(long nanos, int kilobits) {
        bytesPerSecond = kilobits * 1000.0 / 8;
        double seconds = Math.clamp((nanos - time) / 1e9, 0, 10);
        balance = Math.min(balance + seconds * bytesPerSecond, MOST_SECONDS * bytesPerSecond);
        time = nanos;
    }

    void spend(int bytes) {
        balance -= bytes;
    }

    /** Bytes that may be spent now; negative: a debt. */
    double balance() {
        return balance;
    }

    /** The debt, 0 without one, 1 where pictures begin to be left out. */
    double debt() {
        return bytesPerSecond == 0 ? 0 : Math.max(0, -balance / (OVERDRAWN_SECONDS * bytesPerSecond));
    }

    boolean isOverdrawn() {
        return debt() > 1;
    }

    /** What the rate carries in this time. */
    double bytes(double seconds) {
        return seconds * bytesPerSecond;
    }
}
