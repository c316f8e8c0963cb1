package org.macemu.webrtc.media.lane.shared;

/**
 * What one viewer's network carries, judged by its receiver's reports: random loss is told from congestion, and while
 * there is congestion, what arrives is what the network carries. Pure: time is handed in. Owned by {@link SharedViewer}.
 *
 * <pre>
 * CLEAR --packets queue up, or most are lost--> CONGESTED --queue empty and little lost for a second--> CLEAR
 * </pre>
 *
 * The receiver's own estimate (REMB) is not relied upon: it begins seconds late, and where the picture needs little it
 * says no more than what it is sent.
 */
final class NetworkEstimate {

    /** A judgement needs this much time and this many packets. */
    private static final long WINDOW = 250_000_000L;

    private static final long MIN_PACKETS = 12;

    /** Round trips grow by this much, and by half, before packets are said to queue up: what radio links do is less. */
    private static final double QUEUE_MILLIS = 70;

    /**
     * Longer round trips without much loss are a queue only when this many in a row, over this time, are: a receiver
     * whose machine is busy answers late for a moment now and then, and no packet waits in the network meanwhile.
     */
    private static final int QUEUE_MEASUREMENTS = 3;

    private static final long QUEUE_PERSISTS = 600_000_000L;

    /** Half of a queue of a quarter of a second: a router's is seldom smaller. */
    private static final double EMPTY_MILLIS = 35;

    /** Loss beside a queue that grows, more than is lost at random: the queue overflows. */
    private static final double OVERFLOW_LOSS = 0.08;

    /** Loss that is congestion whatever the round trips say; random loss is hardly ever that much. */
    private static final double HEAVY_LOSS = 0.25;

    private static final double LITTLE_LOSS = 0.06;
    /** A network that carries less than this carries no picture. */
    private static final long MIN_CAPACITY = 150_000;

    /** A queue has to shrink within this time once less is sent. */
    private static final long DRAIN = 600_000_000L;

    private static final long CLEAR_AFTER = 1_000_000_000L;

    /** The shortest round trip is that of the last 10 to 20 seconds: paths change. */
    private static final long ROUND_TRIP_MEMORY = 10_000_000_000L;

    private double roundTrip = Double.NaN;
    private double shortest = Double.NaN;
    private double shortestBefore = Double.NaN;
    private long shortestSince;

    private boolean started;
    private long windowBegin;
    private long highestAtBegin;
    private long lostAtBegin;
    private long resentAtBegin;

    private int queueing;
    private long queueingSince;
    private long measured;
    private boolean congested;
    private long goodSince;
    private long capacity;
    private long adjusted;
    private boolean overflowing;
    private final LossEstimate loss = new LossEstimate();

    /** A round trip was measured: once for each sender report, or a single late one would count several times. */
    void roundTrip(double millis, long now) {
        roundTrip = millis;
        if (Double.isNaN(shortest) || millis < shortest) {
            shortest = millis;
        }
        if (now - shortestSince > ROUND_TRIP_MEMORY) {
            shortestBefore = shortest;
            shortest = millis;
            shortestSince = now;
        }
        measured = now;
        if (queueMillis() <= Math.max(QUEUE_MILLIS, shortestKnown() / 2)) {
            queueing = 0;
        } else if (queueing++ == 0) {
            queueingSince = now;
        }
    }

    /**
     * The receiver reported; all figures are cumulative, of the picture.
     *
     * @param highest sequence number received, extended
     * @param lost that the receiver misses
     * @param resent packets sent again
     * @param packetBytes of an average packet
     * @return whether {@link #congested} has changed
     */
    boolean report(long now, long highest, long lost, long resent, long packetBytes) {
        if (!started) {
            started = true;
            begin(now, highest, lost, resent);
            return false;
        }
        long expected = highest - highestAtBegin;
        if (now - windowBegin < WINDOW || expected < MIN_PACKETS) {
            return false;
        }
        // What the receiver misses shrinks by what was sent again and arrived.
        double received = Math.max(0, expected - (lost - lostAtBegin));
        double sent = expected + resent - resentAtBegin;
        double missing = Math.clamp(1 - received / sent, 0, 1);
        double delivered = received * packetBytes * 8e9 / (now - windowBegin);
        begin(now, highest, lost, resent);
        return judge(now, sent, missing, delivered);
    }

    /** The receiver reported on the sound: {@code missing} of so many packets, 0 to 1, did not arrive. */
    void soundReport(double packets, double missing) {
        loss.observe(packets, missing);
    }

    private void begin(long now, long highest, long lost, long resent) {
        windowBegin = now;
        highestAtBegin = highest;
        lostAtBegin = lost;
        resentAtBegin = resent;
    }

    private boolean judge(long now, double sent, double missing, double delivered) {
        double queue = queueMillis();
        boolean persists = queueing >= QUEUE_MEASUREMENTS && measured - queueingSince >= QUEUE_PERSISTS;
        boolean before = congested;
        double byChance = loss.byChance(sent);
        overflowing = missing > Math.max(OVERFLOW_LOSS, byChance);
        if (persists || queueing > 0 && overflowing || missing > HEAVY_LOSS) {
            adjust(now, delivered);
            congested = true;
            goodSince = now;
        } else if (congested) {
            if (queue > EMPTY_MILLIS || missing > Math.max(LITTLE_LOSS, byChance)) {
                goodSince = now;
            }
            congested = now - goodSince < CLEAR_AFTER;
        }
        if (!congested) {
            loss.observe(sent, missing);
        }
        return before != congested;
    }

    /** What arrives is what the network carries, as long as it is given more. */
    private void adjust(long now, double delivered) {
        if (!congested) {
            capacity = Math.max(MIN_CAPACITY, (long) delivered);
            adjusted = now;
        } else if (overflowing && delivered < capacity) {
            capacity = Math.max(MIN_CAPACITY, (long) (0.5 * capacity + 0.5 * delivered));
            adjusted = now;
        } else if (now - adjusted > DRAIN) {
            // Part of what seemed delivered went into the queue, which does not empty at this rate.
            capacity = Math.max(MIN_CAPACITY, (long) (0.92 * capacity));
            adjusted = now;
        }
    }

    /** Milliseconds that packets wait in the network, 0 while no round trip is known. */
    private double queueMillis() {
        return Double.isNaN(roundTrip) ? 0 : Math.max(0, roundTrip - shortestKnown());
    }

    private double shortestKnown() {
        if (Double.isNaN(shortest)) {
            return 0;
        }
        return Double.isNaN(shortestBefore) ? shortest : Math.min(shortest, shortestBefore);
    }

    /** Whether the network is given more than it carries. */
    boolean congested() {
        return congested;
    }

    /** Whether it may be congested: the latest round trip was long, and more of them are wanted soon. */
    boolean suspected() {
        return queueing > 0;
    }

    /** Whether the last look at it found more lost than is lost at random. */
    boolean overflowing() {
        return overflowing;
    }

    /** Bits per second that arrived while it was congested last; 0 when it never was. */
    long capacity() {
        return capacity;
    }

    /** Share of packets that get lost at random, 0 to 1, over some seconds. */
    double loss() {
        return loss.share();
    }

    /** Latest round trip in milliseconds, NaN when unknown. */
    double roundTripMillis() {
        return roundTrip;
    }
}
