package org.macemu.webrtc.media.lane.shared;

/**
 * How many bytes a viewer may be sent again: a bucket that fills steadily. Without it, receivers on a saturated machine
 * ask for more than they can take, and every resend makes that worse. Belongs to the event loop's thread.
 */
final class ResendBudget {

    /** One key frame with some to spare. */
    private static final long CAPACITY = 96 * 1024;

    /** A packet asked for again within this time is still on its way. */
    private static final long REPEAT_NANOS = 15_000_000L;

    private static final int REMEMBERED = 256;

    private final long bytesPerSecond;
    private final long[] resentIndex = new long[REMEMBERED];
    private final long[] resentAt = new long[REMEMBERED];
    private long bytes = CAPACITY;
    private long filled;

    /** @param bytesPerSecond how fast the bucket fills */
    ResendBudget(long bytesPerSecond, long now) {
        this.bytesPerSecond = bytesPerSecond;
        this.filled = now;
        java.util.Arrays.fill(resentIndex, -1);
    }

    /** Whether the packet may be sent again now; if so, it is paid for. */
    boolean take(long index, int length, long now) {
        long gained = (now - filled) / 1_000 * bytesPerSecond / 1_000_000;
        if (gained > 0) {
            bytes = Math.min(CAPACITY, bytes + gained);
            filled = now;
        }
        int slot = (int) (index & REMEMBERED - 1);
        if (bytes < length || resentIndex[slot] == index && now - resentAt[slot] < REPEAT_NANOS) {
            return false;
        }
        bytes -= length;
        resentIndex[slot] = index;
        resentAt[slot] = now;
        return true;
    }
}
