package org.macemu.webrtc.media.lane.adaptive;

/** What the adaptive lane counts. Called by libwebrtc's threads; implementations never block. */
@FunctionalInterface
public interface AdaptiveLaneMetrics {

    /** Counts nothing. */
    AdaptiveLaneMetrics NONE = (frames, keyFrames) -> {};

    /**
     * One viewer's encoder went on. libwebrtc does not tell why it made a key frame.
     *
     * @param frames pictures encoded since the last call for that viewer, key frames included
     * @param keyFrames key frames among them
     */
    void encoded(long frames, long keyFrames);
}
