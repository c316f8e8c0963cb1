package org.macemu.webrtc.media.capture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Copies whole pictures out of a {@link VideoSegment} and tells whether they differ from the one before.
 *
 * <p>A picture is copied once, by the JVM, into one of two private buffers; native code reads only those. Up to its first
 * change it only goes through a small buffer, where it is compared with the picture before: emulators publish a still
 * picture again and again, and memory is what that costs. The capture thread owns it.
 */
final class FrameReader implements AutoCloseable {

    /** What {@link #read} found. */
    enum Result {
        /** Neither frame_count nor the index of the latest picture moved. */
        NOTHING_NEW,
        /** A new picture with the same pixels. */
        UNCHANGED,
        /** A new picture. */
        CHANGED,
        /** The header describes no picture that fits; {@link #problem} says why. */
        INVALID,
        /** The writer lapped every attempt; the next read tries again. */
        TORN
    }

    /**
     * A full lap while 1.2 MB are copied needs a writer of thousands of frames per second; more tries only burn time.
     */
    private static final int ATTEMPTS = 4;

    /**
     * The size is announced before the picture that has it is published. A new size is therefore looked at again after
     * this time, in which a writer gets from the one to the other; else the old picture would be shown in the new size.
     */
    private static final long SETTLE_NANOS = 2_000_000;

    /** Rows compared at a time: a band, and the one it is compared with, stay in a core's own cache. */
    private static final int BAND_BYTES = 64 * 1024;

    private final VideoSegment segment;
    private Arena arena;
    private MemorySegment current = MemorySegment.NULL;
    private MemorySegment spare = MemorySegment.NULL;
    private MemorySegment band = MemorySegment.NULL;
    /** Whether the current buffer holds a picture of this size. */
    private boolean comparable;
    private int width;
    private int height;
    private int stride;
    private int formatNumber;
    private PixelFormat format = PixelFormat.RGBA;
    private long timestampMicros;
    /** Both zero in a new segment, in which nothing has been drawn. */
    private long lastCount;

    private int lastIndex;
    private String problem = "";

    FrameReader(VideoSegment segment) {
        this.segment = segment;
    }

    /** Whether {@link #read} would find something: any change of either word is a new picture. */
    boolean isNew() {
        return segment.latestIndex() != lastIndex || segment.frameCount() != lastCount;
    }

    /**
     * Reads the newest picture.
     *
     * @throws InternalError when the file shrank under the mapping
     */
    Result read() {
        if (!isNew()) {
            return Result.NOTHING_NEW;
        }
        boolean settled = false;
        for (int i = 0; i < ATTEMPTS; i++) {
            long count = segment.frameCount();
            int index = segment.latestIndex();
            int w = segment.width();
            int h = segment.height();
            int rowBytes = segment.stride();
            int pixelFormat = segment.format();
            if (!settled && (w != width || h != height || rowBytes != stride || pixelFormat != formatNumber)) {
                settled = true;
                LockSupport.parkNanos(SETTLE_NANOS);
                continue;
            }
            if (!isValid(index, w, h, rowBytes, pixelFormat)) {
                remember(count, index);
                return Result.INVALID;
            }
            if (w != width || h != height || current.byteSize() == 0) {
                allocate(w, h);
            }
            long stamp = segment.timestampMicros();
            // The same bytes in another format are another picture.
            boolean alike = comparable && pixelFormat == formatNumber;
            MemorySegment pixels = segment.frame(index);
            int same = alike ? equalRows(pixels, rowBytes, w, h) : 0;
            if (same < h) {
                long row = (long) w * VideoSegment.BYTES_PER_PIXEL;
                MemorySegment.copy(current, 0, spare, 0, same * row);
                copy(pixels, rowBytes, same, spare.asSlice(same * row), w, h - same);
            }
            VarHandle.acquireFence();
            if (mayBeTorn(count, index) || w != segment.width() || h != segment.height()
                    || rowBytes != segment.stride() || pixelFormat != segment.format()) {
                continue;
            }
            stride = rowBytes;
            formatNumber = pixelFormat;
            format = segment.layout().formats().get(pixelFormat);
            segment.readIndex(index);
            remember(count, index);
            timestampMicros = stamp;
            if (same == h) {
                return Result.UNCHANGED;
            }
            comparable = true;
            MemorySegment previous = current;
            current = spare;
            spare = previous;
            return Result.CHANGED;
        }
        return Result.TORN;
    }

    private void remember(long count, int index) {
        lastCount = count;
        lastIndex = index;
    }

    private boolean isValid(int index, int w, int h, int rowBytes, int pixelFormat) {
        if (index < 0 || index >= VideoSegment.BUFFERS) {
            problem = "the index of the latest picture is " + Integer.toUnsignedString(index) + ": expected 0, 1 or 2";
        } else if (w <= 0 || h <= 0 || w > Short.MAX_VALUE || h > Short.MAX_VALUE) {
            problem = "the picture has " + Integer.toUnsignedString(w) + " x " + Integer.toUnsignedString(h)
                    + " pixels: expected 1 to 32767 each";
        } else if (rowBytes < (long) w * VideoSegment.BYTES_PER_PIXEL) {
            problem = "stride is " + rowBytes + " bytes: expected at least " + (long) w * VideoSegment.BYTES_PER_PIXEL
                    + " for " + w + " pixels";
        } else if ((long) rowBytes * h > segment.frameCapacity()) {
            problem = "a picture of " + h + " rows of " + rowBytes + " bytes does not fit a buffer of "
                    + segment.frameCapacity() + " bytes";
        } else if (pixelFormat < 0 || pixelFormat >= segment.layout().formats().size()) {
            problem = "the pixel format is " + Integer.toUnsignedString(pixelFormat) + ": expected the place of one in "
                    + segment.layout().formats();
        } else {
            return true;
        }
        return false;
    }

    /**
     * Picture {@code c} in buffer {@code i} is overwritten once {@code c + 2} is published and {@code c + 3} begun. The
     * design raises frame_count before it stores write_index, v4 after it, so the count may run one ahead of the index at
     * either reading: one step of the index is safe, two are not, and a count that ran further means a whole lap.
     */
    private boolean mayBeTorn(long count, int index) {
        int steps = Math.floorMod(segment.latestIndex() - index, VideoSegment.BUFFERS);
        long counted = segment.frameCount() - count;
        return !(steps == 0 && counted >= 0 && counted <= 1 || steps == 1 && counted >= 0 && counted <= 2);
    }

    /** How many rows from the top on are as in the current picture, to the band. */
    private int equalRows(MemorySegment pixels, int rowBytes, int w, int h) {
        long row = (long) w * VideoSegment.BYTES_PER_PIXEL;
        int most = (int) (band.byteSize() / row);
        for (int y = 0; y < h; y += most) {
            int rows = Math.min(most, h - y);
            copy(pixels, rowBytes, y, band, w, rows);
            if (MemorySegment.mismatch(band, 0, rows * row, current, y * row, (y + rows) * row) >= 0) {
                return y;
            }
        }
        return h;
    }

    /** Copies rows from {@code firstRow} on to the beginning of a segment without padding. */
    private static void copy(MemorySegment from, int rowBytes, int firstRow, MemorySegment to, int w, int rows) {
        long row = (long) w * VideoSegment.BYTES_PER_PIXEL;
        long start = (long) firstRow * rowBytes;
        if (rowBytes == row) {
            MemorySegment.copy(from, start, to, 0, row * rows);
            return;
        }
        for (int y = 0; y < rows; y++) {
            MemorySegment.copy(from, start + (long) y * rowBytes, to, y * row, row);
        }
    }

    private void allocate(int w, int h) {
        close();
        arena = Arena.ofShared();
        long bytes = (long) w * h * VideoSegment.BYTES_PER_PIXEL;
        current = arena.allocate(bytes, 64);
        spare = arena.allocate(bytes, 64);
        band = arena.allocate(Math.max(BAND_BYTES, (long) w * VideoSegment.BYTES_PER_PIXEL), 64);
        width = w;
        height = h;
        comparable = false;
    }

    /** Whether {@link #pixels} holds a picture; not so before the first one, nor after a resize until one was read. */
    boolean hasPicture() {
        return comparable;
    }

    /** Pixels of the last picture, rows without padding. */
    MemorySegment pixels() {
        return current;
    }

    /** Their format. */
    PixelFormat format() {
        return format;
    }

    /** A copy of the last picture. */
    Snapshot snapshot() {
        return Snapshot.of(current, format, width, height);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** The writer's clock at the last picture, microseconds; any value. */
    long timestampMicros() {
        return timestampMicros;
    }

    /** {@code frame_count} and the index of the last picture, valid or not. */
    long frameCount() {
        return lastCount;
    }

    int latestIndex() {
        return lastIndex;
    }

    /** Why the last read was {@link Result#INVALID}. */
    String problem() {
        return problem;
    }

    /** Frees the private buffers; the segment stays open. */
    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
        }
        current = MemorySegment.NULL;
        spare = MemorySegment.NULL;
        band = MemorySegment.NULL;
        width = 0;
        height = 0;
        comparable = false;
    }
}
