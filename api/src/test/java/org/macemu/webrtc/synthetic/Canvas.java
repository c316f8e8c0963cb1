package org.macemu.webrtc.synthetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A picture in memory. A pixel is an int whose little-endian bytes are R,G,B,A, so that a row is copied into the
 * segment as it is. Remembers which bands of rows each of the segment's three buffers has not seen yet, and copies only
 * those. Owned by one thread.
 */
final class Canvas {

    static final int BLACK = rgb(0x000000);
    static final int WHITE = rgb(0xFFFFFF);

    private static final int BAND = 16;
    private static final ValueLayout.OfInt PIXEL = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int width;
    private final int height;
    private final int[] pixels;
    private final BitSet[] stale = {new BitSet(), new BitSet(), new BitSet()};

    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        this.pixels = new int[Math.multiplyExact(width, height)];
        touch(0, height);
    }

    /** A pixel of {@code 0xRRGGBB}. */
    static int rgb(int color) {
        return 0xFF00_0000 | (color & 0xFF) << 16 | color & 0xFF00 | color >> 16 & 0xFF;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int[] pixels() {
        return pixels;
    }

    int pixel(int x, int y) {
        return pixels[y * width + x];
    }

    /** Marks rows as changed. */
    void touch(int top, int bottom) {
        if (top < bottom) {
            for (BitSet bands : stale) {
                bands.set(top / BAND, (bottom - 1) / BAND + 1);
            }
        }
    }

    /** Fills a rectangle; what lies outside of the picture is left out. */
    void fill(int x, int y, int w, int h, int color) {
        int left = Math.max(0, x);
        int right = Math.min(width, x + w);
        int top = Math.max(0, y);
        int bottom = Math.min(height, y + h);
        if (left >= right) {
            return;
        }
        for (int row = top; row < bottom; row++) {
            Arrays.fill(pixels, row * width + left, row * width + right, color);
        }
        touch(top, bottom);
    }

    /** A rectangle's outline, one pixel wide. */
    void frame(int x, int y, int w, int h, int color) {
        fill(x, y, w, 1, color);
        fill(x, y + h - 1, w, 1, color);
        fill(x, y, 1, h, color);
        fill(x + w - 1, y, 1, h, color);
    }

    /** Copies a rectangle of {@code source} to (x, y); what lies outside of either picture is left out. */
    void blit(Canvas source, int sourceX, int sourceY, int w, int h, int x, int y) {
        int skipX = Math.max(0, Math.max(-x, -sourceX));
        int skipY = Math.max(0, Math.max(-y, -sourceY));
        int columns = Math.min(w, Math.min(width - x, source.width - sourceX)) - skipX;
        int rows = Math.min(h, Math.min(height - y, source.height - sourceY)) - skipY;
        if (columns <= 0 || rows <= 0) {
            return;
        }
        for (int row = skipY; row < skipY + rows; row++) {
            System.arraycopy(
                    source.pixels,
                    (sourceY + row) * source.width + sourceX + skipX,
                    pixels,
                    (y + row) * width + x + skipX,
                    columns);
        }
        touch(y + skipY, y + skipY + rows);
    }

    /** Copies all of {@code source} to (x, y). */
    void blit(Canvas source, int x, int y) {
        blit(source, 0, 0, source.width, source.height, x, y);
    }

    /** Copies the rows that buffer {@code index} has not seen; it holds the whole picture afterwards. */
    void copyTo(MemorySegment buffer, int index) {
        BitSet bands = stale[index];
        for (int from = bands.nextSetBit(0); from >= 0; ) {
            int to = bands.nextClearBit(from);
            int top = from * BAND;
            int bottom = Math.min(height, to * BAND);
            MemorySegment.copy(pixels, top * width, buffer, PIXEL, 4L * top * width, (bottom - top) * width);
            from = bands.nextSetBit(to);
        }
        bands.clear();
    }
}
