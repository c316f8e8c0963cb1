package org.macemu.webrtc.media.capture;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * A copy of the emulator's picture that nobody else writes, and which of its rows changed.
 *
 * <p>Emulators publish a still picture again and again, and most moving ones stand still in most places; what that costs
 * is memory. A picture therefore comes by bands of rows, copied by the JVM into a buffer that stays in the core's cache. A
 * band whose checksum is another goes on to the private picture, the only one that native code reads; for the others it is
 * not touched. The capture thread owns it.
 */
final class PrivatePicture implements AutoCloseable {

    /** A row of VP8 macroblocks: 51 kB of an 800 pixels wide picture. */
    private static final int BAND_ROWS = 16;

    private final Arena arena = Arena.ofShared();
    private final int width;
    private final int height;
    private final MemorySegment pixels;
    private final byte[] bandBytes;
    private final MemorySegment band;
    private final long[] checksums;
    private final CRC32 crc = new CRC32();
    private final CRC32C castagnoli = new CRC32C();
    /** Whether the checksums are of something else. */
    private boolean unknown = true;
    private int writtenFrom;
    private int writtenTo;

    PrivatePicture(int width, int height) {
        this.width = width;
        this.height = height;
        long row = (long) width * VideoSegment.BYTES_PER_PIXEL;
        bandBytes = new byte[Math.toIntExact(row * Math.min(BAND_ROWS, height))];
        band = MemorySegment.ofArray(bandBytes);
        checksums = new long[(height + BAND_ROWS - 1) / BAND_ROWS];
        pixels = arena.allocate(row * height, 64);
        nothingWritten();
    }

    /**
     * Brings what differs into this picture.
     *
     * @param from a picture of the same size
     * @param rowBytes its stride
     * @param all whatever differs: the same bytes mean something else
     * @throws InternalError when {@code from} is of a file that shrank; what was copied till then nobody knows
     */
    void copyChanges(MemorySegment from, int rowBytes, boolean all) {
        long row = (long) width * VideoSegment.BYTES_PER_PIXEL;
        boolean every = all || unknown;
        for (int y = 0, i = 0; y < height; y += BAND_ROWS, i++) {
            int rows = Math.min(BAND_ROWS, height - y);
            copyRows(from, rowBytes, y, rows, band);
            long checksum = checksum((int) (rows * row));
            if (every || checksum != checksums[i]) {
                MemorySegment.copy(band, 0, pixels, y * row, rows * row);
                checksums[i] = checksum;
                writtenFrom = Math.min(writtenFrom, y);
                writtenTo = Math.max(writtenTo, y + rows);
            }
        }
        unknown = false;
    }

    /**
     * Brings all of a picture into this one, as fast as memory allows: for a writer that was faster than
     * {@link #copyChanges}. Once it has succeeded, {@link #takeChecksums} is due.
     *
     * @throws InternalError like {@link #copyChanges}
     */
    void copyAll(MemorySegment from, int rowBytes) {
        copyRows(from, rowBytes, 0, height, pixels);
        writtenFrom = 0;
        writtenTo = height;
        unknown = true;
    }

    /** Makes the next {@link #copyChanges} one that compares with what is here. */
    void takeChecksums() {
        int rowBytes = width * VideoSegment.BYTES_PER_PIXEL;
        for (int y = 0, i = 0; y < height; y += BAND_ROWS, i++) {
            int rows = Math.min(BAND_ROWS, height - y);
            copyRows(pixels, rowBytes, y, rows, band);
            checksums[i] = checksum(rows * rowBytes);
        }
        unknown = false;
    }

    private void copyRows(MemorySegment from, int rowBytes, int firstRow, int rows, MemorySegment to) {
        long row = (long) width * VideoSegment.BYTES_PER_PIXEL;
        long start = (long) firstRow * rowBytes;
        if (rowBytes == row) {
            MemorySegment.copy(from, start, to, 0, row * rows);
            return;
        }
        for (int y = 0; y < rows; y++) {
            MemorySegment.copy(from, start + (long) y * rowBytes, to, y * row, row);
        }
    }

    /**
     * Of the first bytes of the band. Two CRC of different polynomials are one of 64 bits: of 2^64 changes one goes
     * unseen, and one of 32 bits in a row never. The JVM has instructions of the processor for both.
     */
    private long checksum(int bytes) {
        crc.reset();
        crc.update(bandBytes, 0, bytes);
        castagnoli.reset();
        castagnoli.update(bandBytes, 0, bytes);
        return crc.getValue() << 32 | castagnoli.getValue();
    }

    /** Whether rows were written since {@link #nothingWritten}. */
    boolean isWritten() {
        return writtenTo > 0;
    }

    /** The first of them; rows outside the range are as they were. */
    int writtenFrom() {
        return writtenFrom;
    }

    /** The row after the last of them. */
    int writtenTo() {
        return writtenTo;
    }

    void nothingWritten() {
        writtenFrom = height;
        writtenTo = 0;
    }

    /** Rows without padding; native memory. */
    MemorySegment pixels() {
        return pixels;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    @Override
    public void close() {
        arena.close();
    }
}
