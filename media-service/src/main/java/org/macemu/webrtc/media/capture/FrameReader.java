package org.macemu.webrtc.media.capture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Copies whole pictures out of a {@link VideoSegment} and tells which rows differ from the picture before.
 *
 * <p>Emulators publish a still picture again and again, and most moving ones stand still in most places; what that costs
 * is memory. A picture is therefore copied by bands of rows, by the JVM, into a buffer that stays in the core's cache. A
 * band whose checksum is another goes on to the private picture, the only one that native code reads; the private picture
 * is not touched for the others. The capture thread owns it.
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

    /** A row of VP8 macroblocks: 51 kB of an 800 pixels wide picture. */
    private static final int BAND_ROWS = 16;

    private final VideoSegment segment;
    private Arena arena;
    private MemorySegment picture = MemorySegment.NULL;
    private MemorySegment band = MemorySegment.NULL;
    private ByteBuffer bandBytes = ByteBuffer.allocate(0);
    private final CRC32 crc = new CRC32();
    private final CRC32C castagnoli = new CRC32C();
    /** Whether nothing was copied to the private picture yet. */
    private boolean empty;
    /** Of the private picture's bands, unless it is empty. */
    private long[] checksums = {};
    /** Whether the private picture is one that was published, in whole. */
    private boolean whole;
    /** Rows of the private picture that were written since the last {@link Result#CHANGED}; none: height to 0. */
    private int writtenFrom;
    private int writtenTo;
    private int changedFrom;
    private int changedTo;
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
            if (w != width || h != height || picture.byteSize() == 0) {
                allocate(w, h);
            }
            long stamp = segment.timestampMicros();
            // The same bytes in another format are another picture.
            copyChanges(segment.frame(index), rowBytes, empty || pixelFormat != formatNumber);
            empty = false;
            VarHandle.acquireFence();
            if (mayBeTorn(count, index) || w != segment.width() || h != segment.height()
                    || rowBytes != segment.stride() || pixelFormat != segment.format()) {
                whole &= writtenTo == 0;
                continue;
            }
            stride = rowBytes;
            formatNumber = pixelFormat;
            format = segment.layout().formats().get(pixelFormat);
            segment.readIndex(index);
            remember(count, index);
            timestampMicros = stamp;
            whole = true;
            if (writtenTo == 0) {
                return Result.UNCHANGED;
            }
            changedFrom = writtenFrom;
            changedTo = writtenTo;
            nothingWritten();
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

    /** Brings the bands that differ into the private picture. @param all whatever the checksums say */
    private void copyChanges(MemorySegment pixels, int rowBytes, boolean all) {
        long row = (long) width * VideoSegment.BYTES_PER_PIXEL;
        for (int y = 0, i = 0; y < height; y += BAND_ROWS, i++) {
            int rows = Math.min(BAND_ROWS, height - y);
            copy(pixels, rowBytes, y, band, width, rows);
            long checksum = checksum((int) (rows * row));
            if (all || checksum != checksums[i]) {
                MemorySegment.copy(band, 0, picture, y * row, rows * row);
                checksums[i] = checksum;
                writtenFrom = Math.min(writtenFrom, y);
                writtenTo = Math.max(writtenTo, y + rows);
            }
        }
    }

    /**
     * Of the first bytes of the band. Two CRC of different polynomials are one of 64 bits: of 2^64 changes one goes
     * unseen, and one of 32 bits in a row never. The JVM has instructions of the processor for both.
     */
    private long checksum(int bytes) {
        crc.reset();
        crc.update(bandBytes.clear().limit(bytes));
        castagnoli.reset();
        castagnoli.update(bandBytes.clear().limit(bytes));
        return crc.getValue() << 32 | castagnoli.getValue();
    }

    private void nothingWritten() {
        writtenFrom = height;
        writtenTo = 0;
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
        picture = arena.allocate(bytes, 64);
        band = arena.allocate(BAND_ROWS * (long) w * VideoSegment.BYTES_PER_PIXEL, 64);
        bandBytes = band.asByteBuffer();
        checksums = new long[(h + BAND_ROWS - 1) / BAND_ROWS];
        width = w;
        height = h;
        empty = true;
        nothingWritten();
    }

    /**
     * Whether {@link #pixels} holds a picture; not so before the first one, nor after a resize until one was read, nor
     * while the writer is too fast for a whole one.
     */
    boolean hasPicture() {
        return whole;
    }

    /** Pixels of the last picture, rows without padding. The segment stays the same until the size changes. */
    MemorySegment pixels() {
        return picture;
    }

    /** Rows outside this range were the same in the picture before the last {@link Result#CHANGED}. */
    int changedFrom() {
        return changedFrom;
    }

    /** The row after the last that changed. */
    int changedTo() {
        return changedTo;
    }

    /** Their format. */
    PixelFormat format() {
        return format;
    }

    /** A copy of the last picture. */
    Snapshot snapshot() {
        return Snapshot.of(picture, format, width, height);
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
        picture = MemorySegment.NULL;
        band = MemorySegment.NULL;
        bandBytes = ByteBuffer.allocate(0);
        width = 0;
        height = 0;
        whole = false;
    }
}
