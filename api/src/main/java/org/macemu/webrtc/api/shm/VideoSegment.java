package org.macemu.webrtc.api.shm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A video segment: a triple buffer of pictures. As the design has it ({@link VideoLayout} has the other layouts):
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
public final class VideoSegment implements Segment {

    public static final int BUFFERS = 3;
    public static final int BYTES_PER_PIXEL = 4;

    /** {@code MAX_FRAME_SIZE} of a segment made here: 1920 x 1080 RGBA. */
    public static final long DEFAULT_FRAME_CAPACITY = 1920L * 1080 * BYTES_PER_PIXEL;

    /** Largest {@code MAX_FRAME_SIZE} accepted, 7680 x 4320 RGBA: a larger file is a mistake. */
    public static final long LARGEST_FRAME_CAPACITY = 7680L * 4320 * BYTES_PER_PIXEL;

    /** The layouts that are found under one name, and that either side may make. */
    private static final Set<VideoLayout> SHARED = EnumSet.of(VideoLayout.V1, VideoLayout.V1_AS_FIRST_CODED);

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle INT_HANDLE = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LONG_HANDLE = ValueLayout.JAVA_LONG.varHandle();

    private final SegmentFile file;
    private final VideoLayout layout;
    private final MemorySegment memory;
    private final long frameCapacity;
    private final MemorySegment[] frames = new MemorySegment[BUFFERS];

    private VideoSegment(SegmentFile file, VideoLayout layout) {
        this.file = file;
        this.layout = layout;
        this.memory = file.memory();
        this.frameCapacity = layout.frameCapacity(memory.byteSize());
        for (int i = 0; i < BUFFERS; i++) {
            frames[i] = memory.asSlice(layout.header() + i * frameCapacity, frameCapacity);
        }
    }

    /**
     * Opens the segment, or creates it: either side may come first.
     *
     * @param made layout of a new segment; one that is there may have the other layout of version 1
     * @param frameCapacity bytes of one picture in a new segment, where the layout leaves it open
     * @param permissions of a new segment
     * @throws SegmentException when a file is there that is no video segment of protocol v1
     */
    public static VideoSegment openOrCreate(
            Path path, VideoLayout made, long frameCapacity, Set<PosixFilePermission> permissions)
            throws SegmentException {
        long size = made.fileSize(made.frameCapacityOr(frameCapacity));
        return accept(SegmentFile.openOrCreate(path, size, permissions), SHARED);
    }

    /** The same, making one as the design has it. */
    public static VideoSegment openOrCreate(Path path, long frameCapacity, Set<PosixFilePermission> permissions)
            throws SegmentException {
        return openOrCreate(path, VideoLayout.V1, frameCapacity, permissions);
    }

    /**
     * Opens a segment that is there, in either layout of version 1.
     *
     * @throws SegmentException when it is missing or no video segment of protocol v1
     */
    public static VideoSegment open(Path path) throws SegmentException {
        return accept(SegmentFile.open(path), SHARED);
    }

    /**
     * Opens a segment that its emulator has made and filled in.
     *
     * @throws SegmentException when it is missing or has another layout
     */
    public static VideoSegment open(Path path, VideoLayout layout) throws SegmentException {
        return accept(SegmentFile.open(path), EnumSet.of(layout));
    }

    private static VideoSegment accept(SegmentFile file, Set<VideoLayout> expected) throws SegmentException {
        try {
            return new VideoSegment(file, check(file, expected));
        } catch (SegmentException | RuntimeException | InternalError e) {
            // InternalError: the file was cut while it was read.
            file.close();
            throw e;
        }
    }

    private static VideoLayout check(SegmentFile file, Set<VideoLayout> expected) throws SegmentException {
        MemorySegment memory = file.memory();
        long size = memory.byteSize();
        boolean shared = expected == SHARED;
        VideoLayout first = expected.iterator().next();
        String sizes = shared
                ? first.header() + " + 3 x MAX_FRAME_SIZE with MAX_FRAME_SIZE of 4 to " + LARGEST_FRAME_CAPACITY
                : String.valueOf(first.fileSize(first.frameCapacity(size)));
        if (shared
                ? size < first.header() + BUFFERS * BYTES_PER_PIXEL || first.frameCapacity(size) > LARGEST_FRAME_CAPACITY
                : size < Long.BYTES) {
            throw new SegmentException(
                    "Video segment " + file.path() + " has " + size + " bytes: expected " + sizes);
        }
        int magic = MappedWord.int32(memory, 0);
        int version = MappedWord.int32(memory, Integer.BYTES);
        if (shared && magic == 0 && version == 0) {
            // New, or sized by its creator a moment ago: both sides write the same two words.
            memory.set(INT, Integer.BYTES, VideoLayout.V1.version());
            INT_HANDLE.setRelease(memory, 0, VideoLayout.V1.magic());
            return VideoLayout.of(VideoLayout.V1.magic(), VideoLayout.V1.version(), size).orElseThrow();
        }
        Optional<VideoLayout> found = VideoLayout.of(magic, version, size);
        if (found.filter(expected::contains).isPresent()) {
            return found.get();
        }
        throw new SegmentException(("Video segment %s: found magic 0x%08X, version %d, %d bytes%s; expected magic 0x%08X,"
                        + " version %d, %s bytes. %s")
                .formatted(
                        file.path(), magic, version, size,
                        found.map(l -> " (" + l.words() + ")").orElse(VideoLayout.guess(magic)),
                        first.magic(), first.version(),
                        sizes,
                        shared
                                ? "Stop what writes it, or remove the file if nothing does"
                                : "Another build of the emulator is needed"));
    }

    @Override
    public SegmentFile file() {
        return file;
    }

    @Override
    public String description() {
        return layout.words() + ", 3 buffers of " + frameCapacity + " bytes";
    }

    /** Where its fields lie. */
    public VideoLayout layout() {
        return layout;
    }

    /** {@code MAX_FRAME_SIZE}: bytes of one picture buffer. */
    public long frameCapacity() {
        return frameCapacity;
    }

    /** Claimed width in pixels; may be anything. */
    public int width() {
        return MappedWord.int32(memory, layout.width());
    }

    /** Claimed height in pixels; may be anything. */
    public int height() {
        return MappedWord.int32(memory, layout.height());
    }

    /** Claimed bytes per row; may be anything. */
    public int stride() {
        return layout.stride() == VideoLayout.NONE
                ? VideoLayout.V4_ROW_BYTES
                : MappedWord.int32(memory, layout.stride());
    }

    /** Claimed number of the pixel format; may be anything. The layout's formats say what it means. */
    public int format() {
        return layout.format() == VideoLayout.NONE ? 0 : MappedWord.int32(memory, layout.format());
    }

    /** Index of the last complete picture, acquire; may be anything. */
    public int latestIndex() {
        return MappedWord.int32(memory, layout.latestIndex());
    }

    /** Pictures written since the start, acquire. */
    public long frameCount() {
        return MappedWord.int64(memory, layout.frameCount());
    }

    /** The writer's clock at the last picture, microseconds, acquire; may be of a foreign clock or zero. */
    public long timestampMicros() {
        return MappedWord.int64(memory, layout.timestamp());
    }

    /** Tells the writer which buffer was read last, where it wants to know. */
    public void readIndex(int index) {
        if (layout.readIndex() == VideoLayout.NONE) {
            return;
        }
        INT_HANDLE.setRelease(memory, layout.readIndex(), index);
    }

    /** Buffer {@code index} (0-2), {@link #frameCapacity} bytes. */
    public MemorySegment frame(int index) {
        return frames[index];
    }

    /** Address of {@link #latestIndex} for a futex wait; the mapping must stay open meanwhile. */
    public MemorySegment latestIndexWord() {
        return memory.asSlice(layout.latestIndex(), Integer.BYTES);
    }

    /** Writer: announces the geometry of the pictures that follow. */
    public void geometry(int width, int height, int stride) {
        memory.set(INT, layout.width(), width);
        memory.set(INT, layout.height(), height);
        memory.set(INT, layout.stride(), stride);
    }

    /** Writer: publishes the picture in buffer {@code index}, in the order of the design. */
    public void publish(int index, long timestampMicros) {
        LONG_HANDLE.getAndAddRelease(memory, layout.frameCount(), 1L);
        LONG_HANDLE.setRelease(memory, layout.timestamp(), timestampMicros);
        INT_HANDLE.setRelease(memory, layout.latestIndex(), index);
    }

    @Override
    public void close() {
        file.close();
    }
}
