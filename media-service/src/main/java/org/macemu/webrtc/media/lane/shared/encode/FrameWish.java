package org.macemu.webrtc.media.lane.shared.encode;

/** What a picture shall become a frame for, the strongest last. */
public enum FrameWish {
    /** Only what viewers can see: something changed, or gets sharper. */
    NEWS,
    /** A frame in any case, be it one in which nothing changes. */
    REPETITION,
    /** A key frame. */
    KEY_FRAME
}
