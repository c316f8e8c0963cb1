package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;

/** Lets one viewer follow the sound. Owned by {@link SharedViewer}; belongs to the event loop's thread. */
final class SoundFeed {

    /** Packets sent to one viewer before the others get their turn. */
    private static final int BURST = 64;

    /** Sound that could not be sent is skipped rather than played late: 25 packets are 0.5 s. */
    private static final long MAX_BEHIND = 25;

    private final FanOut fanOut;
    private final OutgoingTrack track;

    SoundFeed(FanOut fanOut, OutgoingTrack track) {
        this.fanOut = fanOut;
        this.track = track;
        track.startAt(fanOut.audioHistory().head());
    }

    OutgoingTrack track() {
        return track;
    }

    /** Sends what is waiting. */
    void pump() throws GeneralSecurityException {
        fanOut.count(track.pump(BURST));
        if (track.behind() > MAX_BEHIND) {
            track.pause();
            track.startAt(fanOut.audioHistory().head());
        }
    }
}
