package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import org.macemu.webrtc.api.shm.PixelFormat;

/**
 * One picture in the capture thread's private memory, reused from frame to frame.
 *
 * <p>Owned and written by the capture thread; sinks read it during {@link VideoSink#video} only.
 */
public final class VideoFrame {

    private MemorySegment pixels = MemorySegment.NULL;
    private PixelFormat format = PixelFormat.RGBA;
    private int width;
    private int height;
    private int changedFrom;
    private int changedTo;
    private long nanoTime;
    private long sequence;

    /** Rows of {@code width * 4} bytes without padding; alpha is undefined. Native memory. */
    public MemorySegment pixels() {
        return pixels;
    }

    /** The order of a pixel's bytes. */
    public PixelFormat format() {
        return format;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** False for a repetition of the previous picture (refinement, or asked for). */
    public boolean changed() {
        return changedTo > changedFrom;
    }

    /** Rows from this one up to {@link #changedTo} may differ from the picture delivered before; others do not. */
    public int changedFrom() {
        return changedFrom;
    }

    /** The row after the last that may differ. */
    public int changedTo() {
        return changedTo;
    }

    /** When the emulator finished this picture, on the clock of {@link System#nanoTime}. */
    public long nanoTime() {
        return nanoTime;
    }

    /** Counts deliveries, repetitions included: who misses one, or fails on it, does not know which rows changed. */
    public long sequence() {
        return sequence;
    }

    void set(
            MemorySegment pixels, PixelFormat format, int width, int height, int changedFrom, int changedTo,
            long nanoTime, long sequence) {
        this.pixels = pixels;
        this.format = format;
        this.width = width;
        this.height = height;
        this.changedFrom = changedFrom;
        this.changedTo = changedTo;
        this.nanoTime = nanoTime;
        this.sequence = sequence;
    }
}
