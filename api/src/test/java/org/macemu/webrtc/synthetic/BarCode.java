package org.macemu.webrtc.synthetic;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * The time stamp in the picture, made to survive VP8 at low quality: black and white blocks of 16 x 16 pixels at the
 * top left corner, two rows of twenty, 320 x 32 pixels in all, read row by row.
 *
 * <pre>
 *  block   0     1     2 ................ 33    34 .. 37    38    39
 *        +-----+-----+-----------------------+-----------+-----+-----+
 *        |white|black| ticks, 32 bits,       | CRC-4 of  |black|white|
 *        |     |     | most significant first| the ticks |     |     |
 *        +-----+-----+-----------------------+-----------+-----+-----+
 *  block n covers x = 16 * (n % 20) ... + 15, y = 16 * (n / 20) ... + 15; a white block is a 1, a black block a 0
 * </pre>
 *
 * <ul>
 *   <li><b>ticks</b>: tenths of a millisecond since 1970-01-01T00:00Z, modulo 2^32 (it wraps every 119 hours). The
 *       wall clock is read once; from there on {@link System#nanoTime} counts. A browser on the same machine compares
 *       with {@code Math.round((performance.timeOrigin + performance.now()) * 10) % 2**32}: age in ticks =
 *       {@code (now - ticks + 2**32) % 2**32}, and an age above {@code 2**31} is a clock that runs ahead.
 *   <li><b>CRC-4</b>: polynomial x^4 + x + 1 (0x3), initial value 0xF, bits of the ticks from the most significant
 *       on, no reflection, no final XOR. In words: {@code crc = 15; for each bit b: top = (crc >> 3) ^ b; crc = (crc <<
 *       1) & 15; if (top) crc ^= 3}.
 *   <li>To <b>decode</b>: average the inner 8 x 8 pixels of every block; the threshold is the middle between the mean
 *       of the two white and the mean of the two black marker blocks. There is no code in the picture when these are
 *       less than 64 apart, when a marker is on the wrong side of the threshold, or when the CRC differs.
 * </ul>
 *
 * A picture that is shown at another size has its blocks at the same fractions of its width and height.
 */
public final class BarCode {

    /** Pixels of a block's side. */
    public static final int BLOCK = 16;

    /** Blocks in a row. */
    public static final int COLUMNS = 20;

    /** Rows of blocks. */
    public static final int ROWS = 2;

    /** Pixels that the code is wide; narrower pictures carry none. */
    public static final int WIDTH = COLUMNS * BLOCK;

    /** Pixels that the code is high. */
    public static final int HEIGHT = ROWS * BLOCK;

    private static final int BLOCKS = COLUMNS * ROWS;
    private static final int SMALLEST_CONTRAST = 64;
    private static final long EPOCH_AT_NANO_ZERO = wallClockAtNanoZero();

    private BarCode() {}

    /** Brightness of a picture's pixel. */
    @FunctionalInterface
    public interface Luma {
        /** 0 (black) to 255 (white) at a pixel of the picture in its original size. */
        int at(int x, int y);
    }

    /** Nanoseconds between 1970 and the moment when {@link System#nanoTime} was zero: the best of several readings. */
    private static long wallClockAtNanoZero() {
        long best = 0;
        long narrowest = Long.MAX_VALUE;
        for (int i = 0; i < 16; i++) {
            long before = System.nanoTime();
            Instant wall = Instant.now();
            long after = System.nanoTime();
            if (after - before < narrowest) {
                narrowest = after - before;
                best = wall.getEpochSecond() * 1_000_000_000L + wall.getNano() - (before + after) / 2;
            }
        }
        return best;
    }

    /** The ticks of a {@link System#nanoTime}. */
    public static long ticks(long nanoTime) {
        return Math.floorDiv(EPOCH_AT_NANO_ZERO + nanoTime, 100_000L) & 0xFFFF_FFFFL;
    }

    /** Milliseconds from {@code earlier} to {@code later} ticks, negative when {@code later} is before it. */
    public static double millisBetween(long earlier, long later) {
        return (int) (later - earlier) / 10.0;
    }

    static int crc4(long ticks) {
        int crc = 0xF;
        for (int bit = 31; bit >= 0; bit--) {
            int top = crc >> 3 ^ (int) (ticks >> bit & 1);
            crc = crc << 1 & 0xF ^ top * 0x3;
        }
        return crc;
    }

    /** The code, block 0 its most significant bit of forty. */
    static long blocks(long ticks) {
        return ((0b10L << 32 | ticks & 0xFFFF_FFFFL) << 4 | crc4(ticks)) << 2 | 0b01;
    }

    /**
     * Draws the code.
     *
     * @return false when the picture is too small to hold it
     */
    static boolean encode(Canvas canvas, long ticks) {
        if (canvas.width() < WIDTH || canvas.height() < HEIGHT) {
            return false;
        }
        long blocks = blocks(ticks);
        for (int i = 0; i < BLOCKS; i++) {
            int color = (blocks >> BLOCKS - 1 - i & 1) == 1 ? Canvas.WHITE : Canvas.BLACK;
            canvas.fill(i % COLUMNS * BLOCK, i / COLUMNS * BLOCK, BLOCK, BLOCK, color);
        }
        return true;
    }

    /** The ticks in a picture, or nothing when it carries no code that can be trusted. */
    public static OptionalLong decode(Luma picture) {
        int[] means = new int[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            means[i] = mean(picture, i % COLUMNS * BLOCK, i / COLUMNS * BLOCK);
        }
        int white = (means[0] + means[39]) / 2;
        int black = (means[1] + means[38]) / 2;
        int threshold = (white + black) / 2;
        if (white - black < SMALLEST_CONTRAST
                || Math.min(means[0], means[39]) <= threshold
                || Math.max(means[1], means[38]) >= threshold) {
            return OptionalLong.empty();
        }
        long bits = 0;
        for (int i = 2; i < 38; i++) {
            bits = bits << 1 | (means[i] > threshold ? 1 : 0);
        }
        long ticks = bits >>> 4;
        return crc4(ticks) == (bits & 0xF) ? OptionalLong.of(ticks) : OptionalLong.empty();
    }

    private static int mean(Luma picture, int left, int top) {
        int sum = 0;
        for (int y = top + BLOCK / 4; y < top + BLOCK * 3 / 4; y++) {
            for (int x = left + BLOCK / 4; x < left + BLOCK * 3 / 4; x++) {
                sum += picture.at(x, y);
            }
        }
        return sum / (BLOCK / 2 * BLOCK / 2);
    }
}
