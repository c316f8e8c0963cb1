package org.macemu.webrtc.media.lane.shared;

/** Share of packets that a network loses, a mean in which reports weigh by the packets they are about. Pure. */
final class LossEstimate {

    /**
     * Before the first report: as much as has sound sent twice, for the loss that comes before a report of it is heard as
     * well. A network without loss takes some 500 packets to show that, 5 to 15 seconds.
     */
    private static final double ASSUMED = 0.01;

    /** Packets of one report that weigh as much as everything before it. */
    private static final double MEMORY = 300;

    private double share = ASSUMED;

    /**
     * A receiver reported.
     *
     * @param packets that were sent to it since its report before, more than none
     * @param missing share of them that did not arrive, 0 to 1
     */
    void observe(double packets, double missing) {
        share += packets / (packets + MEMORY) * (missing - share);
    }

    /** 0 to 1. */
    double share() {
        return share;
    }

    /** Share that is seldom exceeded by chance when so many packets are looked at: two standard deviations more. */
    double byChance(double packets) {
        return share + 2 * Math.sqrt(share / packets);
    }
}
