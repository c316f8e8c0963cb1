package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import org.macemu.webrtc.api.shm.PixelFormat;

/** Lets tests of lanes make frames, which only capture can. */
public final class TestFrames {

    private TestFrames() {}

    public static void set(
            VideoFrame frame, MemorySegment rgba, int width, int height, boolean changed, long nanos, long sequence) {
        frame.set(rgba, PixelFormat.RGBA, width, height, changed, nanos, sequence);
    }
}
