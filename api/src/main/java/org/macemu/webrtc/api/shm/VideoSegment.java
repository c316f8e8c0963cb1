package org.macemu.webrtc.api.shm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * The video segment of protocol v1: a triple buffer of RGBA pictures.
 *
 * <pre>
 *  byte  0       4       8       12      16      20           24          28
 *        +-------+-------+-------+-------+-------+------------+-----------+---------+
 *        | magic |version| width |height |stride |write_index |read_index | padding |
 *        | MEMU  |   1   |  px   |  px   |bytes/ |  0-2, last |  0-2, by  |         |
 *        |       |       |       |       |  row  |  complete  | the reader|         |
 *        +-------+-------+-------+-------+-------+------------+-----------+---------+
 *     32 | frame_count (u64): pictures written since the start                       |
 *     40 | timestamp_us (u64): CLOCK_MONOTONIC of the last complete picture          |
 *        +---------------------------------------------------------------------------+
 *     48 | frames[0]: MAX_FRAME_SIZE bytes, rows of R,G,B,A                          |
 *        | frames[1]                                                                 |
 *        | frames[2]                                                                 |
 *        +---------------------------------------------------------------------------+
 * </pre>
 *
 * All numbers are little-endian. The writer fills {@code frames[(write_index + 1) % 3]}, raises {@code frame_count},
 * stamps, then stores {@code write_index} with release semantics; a reader loads {@code write_index} with acquire
 * semantics. Every field can change at any time and hold anything: readers bound what they read by
 * {@link #frameCapacity}, which comes from the file's size and never from the header.
 */
public final class VideoSegment implements AutoCloseable {

    public static final int MAGIC = 0x4D454D55;
    public static final int VERSION = 1;
    public static final int BUFFERS = 3;
    public static final int BYTES_PER_PIXEL = 4;

    public static final long OFFSET_MAGIC = 0;
    public static final long OFFSET_VERSION = 4;
    public static final long OFFSET_WIDTH = 8;
    public static final long OFFSET_HEIGHT = 12;
    public static final long OFFSET_STRIDE = 16;
    public static final long OFFSET_WRITE_INDEX = 20;
    public static final long OFFSET_READ_INDEX = 24;
    public static final long OFFSET_FRAME_COUNT = 32;
    public static final long OFFSET_TIMESTAMP = 40;
    public static final long HEADER_SIZE = 48;

    /** {@code MAX_FRAME_SIZE} of a segment made here: 1920 x 1080 RGBA. */
    public static final long DEFAULT_FRAME_CAPACITY = 1920L * 1080 * BYTES_PER_PIXEL;

    /** Largest {@code MAX_FRAME_SIZE} accepted, 7680 x 4320 RGBA: a larger file is a mistake. */
    public static final long LARGEST_FRAME_CAPACITY = 7680L * 4320 * BYTES_PER_PIXEL;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle INT_HANDLE = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LONG_HANDLE = ValueLayout.JAVA_LONG.varHandle();

    private final SegmentFile file;
    private final MemorySegment memory;
    private final long frameCapacity;
    private final MemorySegment[] frames = new MemorySegment[BUFFERS];

    private VideoSegment(SegmentFile file) {
        this.file = file;
        this.memory = file.memory();
        this.frameCapacity = frameCapacity(memory.byteSize());
        for (int i = 0; i < BUFFERS; i++) {
            frames[i] = memory.asSlice(HEADER_SIZE + i * frameCapacity, frameCapacity);
        }
    }

    /** Bytes of a file that holds three pictures of {@code frameCapacity} bytes. */
    public static long fileSize(long frameCapacity) {
        return HEADER_SIZE + BUFFERS * frameCapacity;
    }

    /** Whole pixels only: a compiler rounds the structure up to eight bytes, which is no part of a picture. */
    private static long frameCapacity(long fileSize) {
        return (fileSize - HEADER_SIZE) / BUFFERS / BYTES_PER_PIXEL * BYTES_PER_PIXEL;
    }

    /**
     * Opens the segment, or creates it: either side may come first.
     *
     * @param frameCapacity bytes of one picture in a new segment
     * @param permissions of a new segment
     * @throws SegmentException when a file is there that is no video segment of protocol v1
     */
    public static VideoSegment openOrCreate(Path path, long frameCapacity, Set<PosixFilePermission> permissions)
            throws SegmentException {
        return accept(SegmentFile.openOrCreate(path, fileSize(frameCapacity), permissions));
    }

    /**
     * Opens a segment that is there.
     *
     * @throws SegmentException when it is missing or no video segment of protocol v1
     */
    public static VideoSegment open(Path path) throws SegmentException {
        return accept(SegmentFile.open(path));
    }

    private static VideoSegment accept(SegmentFile file) throws SegmentException {
        try {
            check(file);
            return new VideoSegment(file);
        } catch (SegmentException e) {
            file.close();
            throw e;
        }
    }

    private static void check(SegmentFile file) throws SegmentException {
        MemorySegment memory = file.memory();
        long size = memory.byteSize();
        long capacity = frameCapacity(size);
        if (size < HEADER_SIZE + BUFFERS * BYTES_PER_PIXEL || capacity > LARGEST_FRAME_CAPACITY) {
            throw new SegmentException("Video segment " + file.path() + " has " + size + " bytes: expected "
                    + HEADER_SIZE + " + 3 x MAX_FRAME_SIZE with MAX_FRAME_SIZE of 4 to " + LARGEST_FRAME_CAPACITY);
        }
        int magic = MappedWord.int32(memory, OFFSET_MAGIC);
        int version = MappedWord.int32(memory, OFFSET_VERSION);
        if (magic == 0 && version == 0) {
            // New, or sized by its creator a moment ago: both sides write the same two words.
            memory.set(INT, OFFSET_VERSION, VERSION);
            INT_HANDLE.setRelease(memory, OFFSET_MAGIC, MAGIC);
            return;
        }
        String foreign = SegmentDialect.describe(magic, version, size);
        if (magic != MAGIC || version != VERSION || foreign != null) {
            throw new SegmentException(("Video segment %s: found magic 0x%08X, version %d, %d bytes%s;"
                            + " expected magic 0x%08X, version %d, 48 + 3 x MAX_FRAME_SIZE bytes. Stop what writes it,"
                            + " or remove the file if nothing does")
                    .formatted(
                            file.path(),
                            magic,
                            version,
                            size,
                            foreign == null ? "" : " (" + foreign + ")",
                            MAGIC,
                            VERSION));
        }
    }

    /** The file behind the segment. */
    public SegmentFile file() {
        return file;
    }

    /** {@code MAX_FRAME_SIZE}: bytes of one picture buffer. */
    public long frameCapacity() {
        return frameCapacity;
    }

    /** Claimed width in pixels; may be anything. */
    public int width() {
        return MappedWord.int32(memory, OFFSET_WIDTH);
    }

    /** Claimed height in pixels; may be anything. */
    public int height() {
        return MappedWord.int32(memory, OFFSET_HEIGHT);
    }

    /** Claimed bytes per row; may be anything. */
    public int stride() {
        return MappedWord.int32(memory, OFFSET_STRIDE);
    }

    /** Index of the last complete picture, acquire; may be anything. */
    public int writeIndex() {
        return MappedWord.int32(memory, OFFSET_WRITE_INDEX);
    }

    /** Pictures written since the start, acquire. */
    public long frameCount() {
        return MappedWord.int64(memory, OFFSET_FRAME_COUNT);
    }

    /** The writer's clock at the last picture, microseconds, acquire; may be of a foreign clock or zero. */
    public long timestampMicros() {
        return MappedWord.int64(memory, OFFSET_TIMESTAMP);
    }

    /** Tells the writer which buffer was read last. */
    public void readIndex(int index) {
        INT_HANDLE.setRelease(memory, OFFSET_READ_INDEX, index);
    }

    /** Buffer {@code index} (0-2), {@link #frameCapacity} bytes. */
    public MemorySegment frame(int index) {
        return frames[index];
    }

    /** Address of {@code write_index} for a futex wait; the mapping must stay open meanwhile. */
    public MemorySegment writeIndexWord() {
        return memory.asSlice(OFFSET_WRITE_INDEX, Integer.BYTES);
    }

    /** Writer: announces the geometry of the pictures that follow. */
    public void geometry(int width, int height, int stride) {
        memory.set(INT, OFFSET_WIDTH, width);
        memory.set(INT, OFFSET_HEIGHT, height);
        memory.set(INT, OFFSET_STRIDE, stride);
    }

    /** Writer: publishes the picture in buffer {@code index}, in the order of the design. */
    public void publish(int index, long timestampMicros) {
        LONG_HANDLE.getAndAddRelease(memory, OFFSET_FRAME_COUNT, 1L);
        LONG_HANDLE.setRelease(memory, OFFSET_TIMESTAMP, timestampMicros);
        INT_HANDLE.setRelease(memory, OFFSET_WRITE_INDEX, index);
    }

    /** Unmaps; no thread may use the segment any more. */
    @Override
    public void close() {
        file.close();
    }
}
