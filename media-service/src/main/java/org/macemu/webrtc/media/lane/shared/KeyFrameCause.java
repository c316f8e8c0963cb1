package org.macemu.webrtc.media.lane.shared;

/** Why a key frame was made. */
public enum KeyFrameCause {
    /** A viewer joined and the history could not serve it. */
    JOIN,
    /** A receiver could not decode any more (PLI or FIR). */
    LOSS,
    /** A viewer fell too far behind and resumes at a key frame. */
    SLOW_VIEWER,
    /** The picture has another size. */
    SIZE,
    /** An edge has its first viewer, or one of its viewers needs one. */
    EDGE
}
