package org.macemu.webrtc.media.lane.shared.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A planar 4:2:0 picture in native memory, as libvpx reads it.
 *
 * <pre>
 * y  lumaStride x even height        lumaStride   = width rounded up to even
 * u  chromaStride x chromaHeight     chromaStride = lumaStride / 2 (an odd width has a chroma column of its own)
 * v  chromaStride x chromaHeight     chromaHeight = height rounded up / 2
 * </pre>
 *
 * Memory lives as long as the arena given to the constructor.
 */
public final class I420Picture {

    /** VP8 carries 14 bits per dimension (RFC 6386 section 9.1). */
    public static final int MAX_DIMENSION = 16_383;

    private final int width;
    private final int height;
    private final MemorySegment data;
    private final MemorySegment y;
    private final MemorySegment u;
    private final MemorySegment v;

    /** @param width 1 to {@link #MAX_DIMENSION}, odd allowed; @param height likewise */
    public I420Picture(Arena arena, int width, int height) {
        if (width < 1 || height < 1 || width > MAX_DIMENSION || height > MAX_DIMENSION) {
            throw new IllegalArgumentException(
                    "picture of " + width + "x" + height + "; 1 to " + MAX_DIMENSION + " per side is possible");
        }
        this.width = width;
        this.height = height;
        long luma = (long) lumaStride() * ((height + 1) & ~1);
        long chroma = (long) chromaStride() * ((height + 1) / 2);
        this.data = arena.allocate(luma + 2 * chroma, 64);
        this.y = data.asSlice(0, luma);
        this.u = data.asSlice(luma, chroma);
        this.v = data.asSlice(luma + chroma, chroma);
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public int lumaStride() {
        return (width + 1) & ~1;
    }

    public int chromaStride() {
        return (width + 1) / 2;
    }

    /** The planes one behind the other. */
    public MemorySegment data() {
        return data;
    }

    public MemorySegment y() {
        return y;
    }

    public MemorySegment u() {
        return u;
    }

    public MemorySegment v() {
        return v;
    }
}
