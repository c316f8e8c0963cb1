package org.macemu.webrtc.media.lane;

/** What a {@link Viewer} reports. Called by the lane's threads; implementations never block. */
public interface ViewerEvents {

    /** The answer to an offer. */
    void answered(String sdp);

    /** A candidate of ours; empty text marks the end. */
    void candidate(String candidate, String sdpMid, int sdpMLineIndex);

    /** ICE and DTLS are done: media flows. May repeat after an ICE restart. */
    void connected();

    /** An input message from a data channel: hostile text, at most 1 KiB, as documented in signaling.proto. */
    void input(String json);

    /**
     * Something the viewer did could not be done.
     *
     * @param code one of the stable codes of {@code Error} in signaling.proto
     * @param message what was found and what was expected
     * @param fatal the viewer is closed after this
     */
    void error(String code, String message, boolean fatal);

    /** The viewer is gone, for whatever reason; the last call, exactly once. */
    void closed();
}
