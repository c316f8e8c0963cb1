package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;

/** Lets one viewer follow the sound. Owned by {@link SharedViewer}; belongs to the event loop's thread. */
final class SoundFeed {

    /** Packets sent to one viewer before the others get their turn. */
    private static final int BURST = 64;

    /** Sound that could not be sent is skipped rather than played late: 25 packets are 0.5 s. */
    private static final long MAX_BEHIND = 25;

    /** Sound is sent twice from this loss on, and once again below the other: what is lost then is hardly heard. */
    private static final double REDUNDANT_FROM = 0.006;

    private static final double PLAIN_BELOW = 0.002;

    /** Bits per second that a congested network has to carry: the picture needs what the second copy takes, 100,000. */
    private static final long ROOM = 300_000;

    private final FanOut fanOut;
    private final OutgoingTrack track;
    private final int redundantType;
    private boolean redundant;

    /** @param redundantType payload type of redundant audio, 0 when the receiver does not know it */
    SoundFeed(FanOut fanOut, OutgoingTrack track, int redundantType) {
        this.fanOut = fanOut;
        this.track = track;
        this.redundantType = redundantType;
        // What the network loses is not known yet.
        redundant(true);
        track.startAt(fanOut.audioHistory().head());
    }

    OutgoingTrack track() {
        return track;
    }

    /**
     * The network loses this share of the packets: each packet carries the one before it as well while that matters,
     * and the network has room for it.
     *
     * @param capacity bits per second that the network carries, much when it is not known to be too few
     */
    void lossy(double loss, long capacity) {
        redundant(capacity >= ROOM && loss > (redundant ? PLAIN_BELOW : REDUNDANT_FROM));
    }

    private void redundant(boolean wanted) {
        redundant = wanted;
        track.redundancy(wanted ? redundantType : 0);
    }

    /** Sends what is waiting. */
    void pump() throws GeneralSecurityException {
        fanOut.count(track.pump(BURST, Long.MAX_VALUE / 2));
        if (track.behind() > MAX_BEHIND) {
            track.pause();
            track.startAt(fanOut.audioHistory().head());
        }
    }
}
