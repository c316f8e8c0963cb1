package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;

/** Lets tests of lanes make frames, which only capture can. */
public final class TestFrames {

    private TestFrames() {}

    public static void set(
            VideoFrame frame, MemorySegment rgba, int width, int height, boolean changed, long nanos, long sequence) {
        frame.set(rgba, width, height, changed, nanos, sequence);
    }
}
