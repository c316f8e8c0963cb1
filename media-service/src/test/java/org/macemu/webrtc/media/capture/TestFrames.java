package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import org.macemu.webrtc.api.shm.PixelFormat;

/** Lets tests of lanes make frames, which only capture can. */
public final class TestFrames {

    private TestFrames() {}

    public static void set(
            VideoFrame frame, MemorySegment rgba, int width, int height, boolean changed, long nanos, long sequence) {
        set(frame, rgba, width, height, 0, changed ? height : 0, nanos, sequence);
    }

    public static void set(
            VideoFrame frame, MemorySegment rgba, int width, int height, int changedFrom, int changedTo, long nanos,
            long sequence) {
        frame.set(rgba, PixelFormat.RGBA, width, height, changedFrom, changedTo, nanos, sequence);
    }
}
