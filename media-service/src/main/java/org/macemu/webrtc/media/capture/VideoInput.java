package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.VideoSegment;

/** A segment with pictures, and how a new one makes itself known. Closed together. */
public record VideoInput(VideoSegment segment, FrameSignal signal) implements CaptureInput {

    /** With a driver that may wake who waits on the index, as ours does. */
    public VideoInput(VideoSegment segment) {
        this(segment, new FutexWait());
    }

    @Override
    public void close() {
        signal.close();
        segment.close();
    }
}
