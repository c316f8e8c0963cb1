package org.macemu.webrtc.media.lane.shared;

import org.macemu.webrtc.media.lane.shared.transport.TransportMetrics;

/**
 * What the shared lane counts. Called by its threads on the hot path; implementations never block and never allocate
 * much.
 */
public interface LaneMetrics extends TransportMetrics {

    /** Counts nothing. */
    LaneMetrics NONE = cause -> {};

    /** A picture was encoded: bytes of the frame, time spent converting and encoding. */
    default void frameEncoded(int bytes, long nanos) {}

    /** A picture was not encoded because the fan-out still had too many frames to send. */
    default void frameSkipped() {}

    /** A key frame was made. */
    default void keyFrame(KeyFrameCause cause) {}

    /** From the end of the emulator's drawing to the last packet of that picture handed to the kernel, all viewers. */
    default void frameToWire(long nanos) {}

    /** RTP packets sent since the last call, all viewers, resent ones included. */
    default void sent(long packets, long bytes) {}

    /** Sequence numbers a receiver asked for again. */
    default void nacked(int packets) {}

    /** Packets sent again. */
    default void resent(int packets, long bytes) {}

    /** Packets asked for again that were too old, or beyond the viewer's budget. */
    default void resendRefused(int packets) {}

    /** A joiner was served from the history instead of by a key frame. */
    default void caughtUp(int packets) {}

    /** A viewer could not keep up and skips to the next key frame. */
    default void shed() {}

    /** Viewers that have media flowing. */
    default void connectedViewers(int count) {}

    /** From the offer to the first packet of a picture, one viewer. */
    default void firstPicture(long nanos) {}
}
