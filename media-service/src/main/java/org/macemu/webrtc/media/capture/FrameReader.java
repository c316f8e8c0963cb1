package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Reads whole pictures out of a {@link VideoSegment} and tells which rows differ from the picture before. The capture
 * thread owns it.
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

    private final VideoSegment segment;
    /** Null before the first picture. */
    private PrivatePicture picture;
    /** Whether it is one that was published, in whole. */
    private boolean whole;
    /** Whether the writer was faster at the last attempt. */
    private boolean lapped;
    private int changedFrom;
    private int changedTo;
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
            if (!settled && (w != width() || h != height() || rowBytes != stride || pixelFormat != formatNumber)) {
                settled = true;
                LockSupport.parkNanos(SETTLE_NANOS);
                continue;
            }
            if (!isValid(index, w, h, rowBytes, pixelFormat)) {
                remember(count, index);
                return Result.INVALID;
            }
            if (w != width() || h != height()) {
                close();
                picture = new PrivatePicture(w, h);
            }
            long stamp = segment.timestampMicros();
            if (lapped) {
                picture.copyAll(segment.frame(index), rowBytes);
            } else {
                // The same bytes in another format are another picture.
                picture.copyChanges(segment.frame(index), rowBytes, pixelFormat != formatNumber);
            }
            VarHandle.acquireFence();
            if (mayBeTorn(count, index) || w != segment.width() || h != segment.height()
                    || rowBytes != segment.stride() || pixelFormat != segment.format()) {
                whole &= !picture.isWritten();
                lapped = true;
                continue;
            }
            stride = rowBytes;
            formatNumber = pixelFormat;
            format = segment.layout().formats().get(pixelFormat);
            segment.readIndex(index);
            remember(count, index);
            timestampMicros = stamp;
            whole = true;
            if (lapped) {
                lapped = false;
                picture.takeChecksums();
            }
            if (!picture.isWritten()) {
                return Result.UNCHANGED;
            }
            changedFrom = picture.writtenFrom();
            changedTo = picture.writtenTo();
            picture.nothingWritten();
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

    /**
     * Whether {@link #pixels} holds a picture; not so before the first one, nor after a resize until one was read, nor
     * while the writer is too fast for a whole one.
     */
    boolean hasPicture() {
        return whole;
    }

    /** Whether the last attempts ended with parts of several pictures. */
    boolean isTorn() {
        return picture != null && !whole;
    }

    /** Pixels of the last picture, rows without padding. The segment stays the same until the size changes. */
    MemorySegment pixels() {
        return picture == null ? MemorySegment.NULL : picture.pixels();
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
        return Snapshot.of(picture.pixels(), format, width(), height());
    }

    int width() {
        return picture == null ? 0 : picture.width();
    }

    int height() {
        return picture == null ? 0 : picture.height();
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

    /** Frees the private picture; the segment stays open. */
    @Override
    public void close() {
        if (picture != null) {
            picture.close();
            picture = null;
        }
        whole = false;
    }
}
