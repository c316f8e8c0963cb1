package org.macemu.webrtc.media.lane;

/** One browser's peer connection on a lane. All methods return at once and may be called by any thread. */
public interface Viewer {

    String id();

    /** The lane this viewer is on. */
    Lane lane();

    /**
     * A further offer of the same viewer: ICE restart. The answer arrives at {@link ViewerEvents#answered}.
     *
     * @param offerSdp at most 64 KiB, not yet validated
     */
    void offer(String offerSdp);

    /**
     * A trickled candidate of the browser; empty text marks the end of candidates.
     *
     * @param candidate {@code candidate:...} as in SDP, without {@code a=}
     * @param sdpMid the media section it belongs to
     * @param sdpMLineIndex index of that section
     */
    void candidate(String candidate, String sdpMid, int sdpMLineIndex);

    /** Figures of this viewer, sampled without blocking the media path. */
    ViewerStats stats();

    /** Whether this viewer's network does not carry what the lane sends to everybody, and gets less than others. */
    default boolean isStrained() {
        return false;
    }

    /** Closes the connection and frees everything of it. Idempotent; {@link ViewerEvents#closed} follows once. */
    void close();
}
