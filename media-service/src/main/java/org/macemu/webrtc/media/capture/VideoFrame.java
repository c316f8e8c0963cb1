package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;

/**
 * One picture in the capture thread's private memory, reused from frame to frame.
 *
 * <p>Owned and written by the capture thread; sinks read it during {@link VideoSink#video} only.
 */
public final class VideoFrame {

    private MemorySegment rgba = MemorySegment.NULL;
    private int width;
    private int height;
    private boolean changed;
    private long nanoTime;
    private long sequence;

    /** Pixels, bytes R, G, B, A, rows of {@code width * 4} bytes without padding; alpha is undefined. Native memory. */
    public MemorySegment rgba() {
        return rgba;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** False for a repetition of the previous picture (refinement, or asked for). */
    public boolean changed() {
        return changed;
    }

    /** When the emulator finished this picture, on the clock of {@link System#nanoTime}. */
    public long nanoTime() {
        return nanoTime;
    }

    /** Counts deliveries, repetitions included. */
    public long sequence() {
        return sequence;
    }

    void set(MemorySegment rgba, int width, int height, boolean changed, long nanoTime, long sequence) {
        this.rgba = rgba;
        this.width = width;
        this.height = height;
        this.changed = changed;
        this.nanoTime = nanoTime;
        this.sequence = sequence;
    }
}
