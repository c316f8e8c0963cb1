package org.macemu.webrtc.api.shm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The audio segment of protocol v1: a ring of little-endian PCM.
 *
 * <pre>
 *  byte  0       4        8            12        16        20           24         28        32
 *        +-------+--------+------------+---------+---------+------------+----------+---------+----------------+
 *        | magic |version |sample_rate |channels | format  |buffer_size |write_pos |read_pos | ring_buffer    |
 *        | MAUD  |   1    |    Hz      | 1 or 2  |0 S16LE  |  65,536    | emulator |  server | 65,536 bytes   |
 *        |       |        |            |         |1 F32LE  |            |          |         |                |
 *        +-------+--------+------------+---------+---------+------------+----------+---------+----------------+
 * </pre>
 *
 * {@code write_pos} and {@code read_pos} are byte positions, wrapped or free-running: only their difference modulo
 * 65,536 counts, and equal means empty. Every field can hold anything at any time.
 */
public final class AudioSegment implements Segment {

    public static final int MAGIC = 0x4D415544;
    public static final int VERSION = 1;
    public static final int FORMAT_S16LE = 0;
    public static final int FORMAT_F32LE = 1;
    public static final int RING_SIZE = 65_536;

    public static final long OFFSET_SAMPLE_RATE = 8;
    public static final long OFFSET_CHANNELS = 12;
    public static final long OFFSET_FORMAT = 16;
    public static final long OFFSET_BUFFER_SIZE = 20;

    /** What differs between the layouts of version 1; the file's size tells them apart. */
    public enum Layout {
        /** As the design has it. */
        V1("protocol v1", 24, 28, 32),

        /** The first code that was written after the design: eight reserved bytes, and a count of samples at 40. */
        V1_AS_FIRST_CODED("protocol v1 as first coded", 32, 36, 48);

        private final String words;
        private final long writePosition;
        private final long readPosition;
        private final long header;

        Layout(String words, long writePosition, long readPosition, long header) {
            this.words = words;
            this.writePosition = writePosition;
            this.readPosition = readPosition;
            this.header = header;
        }

        public long writePosition() {
            return writePosition;
        }

        /** Bytes of the file. */
        public long fileSize() {
            return header + RING_SIZE;
        }
    }

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle INT_HANDLE = ValueLayout.JAVA_INT.varHandle();

    private final SegmentFile file;
    private final Layout layout;
    private final MemorySegment memory;
    private final MemorySegment ring;

    private AudioSegment(SegmentFile file, Layout layout) {
        this.file = file;
        this.layout = layout;
        this.memory = file.memory();
        this.ring = memory.asSlice(layout.header, RING_SIZE);
    }

    /**
     * Opens the segment, or creates it: either side may come first.
     *
     * @param made layout of a new segment; one that is there may have the other
     * @param permissions of a new segment
     * @throws SegmentException when a file is there that is no audio segment of protocol v1
     */
    public static AudioSegment openOrCreate(Path path, Layout made, Set<PosixFilePermission> permissions)
            throws SegmentException {
        return accept(SegmentFile.openOrCreate(path, made.fileSize(), permissions));
    }

    /** The same, making one as the design has it. */
    public static AudioSegment openOrCreate(Path path, Set<PosixFilePermission> permissions) throws SegmentException {
        return openOrCreate(path, Layout.V1, permissions);
    }

    /**
     * Opens a segment that is there.
     *
     * @throws SegmentException when it is missing or no audio segment of protocol v1
     */
    public static AudioSegment open(Path path) throws SegmentException {
        return accept(SegmentFile.open(path));
    }

    private static AudioSegment accept(SegmentFile file) throws SegmentException {
        try {
            return new AudioSegment(file, check(file));
        } catch (SegmentException | RuntimeException | InternalError e) {
            // InternalError: the file was cut while it was read.
            file.close();
            throw e;
        }
    }

    private static Layout check(SegmentFile file) throws SegmentException {
        MemorySegment memory = file.memory();
        long size = memory.byteSize();
        Layout layout = Stream.of(Layout.values())
                .filter(l -> l.fileSize() == size)
                .findFirst()
                .orElseThrow(() -> new SegmentException("Audio segment " + file.path() + " has " + size
                        + " bytes: expected " + Layout.V1.fileSize() + " (a header of 32 and a ring of 65536), or "
                        + Layout.V1_AS_FIRST_CODED.fileSize() + " of the first coded variant"));
        int magic = MappedWord.int32(memory, 0);
        int version = MappedWord.int32(memory, Integer.BYTES);
        if (magic == 0 && version == 0) {
            // New, or sized by its creator a moment ago: both sides write the same words.
            memory.set(INT, OFFSET_BUFFER_SIZE, RING_SIZE);
            memory.set(INT, Integer.BYTES, VERSION);
            INT_HANDLE.setRelease(memory, 0, MAGIC);
            return layout;
        }
        if (magic != MAGIC || version != VERSION) {
            throw new SegmentException(("Audio segment %s: found magic 0x%08X, version %d; expected magic 0x%08X,"
                            + " version %d. Stop what writes it, or remove the file if nothing does")
                    .formatted(file.path(), magic, version, MAGIC, VERSION));
        }
        int ringSize = MappedWord.int32(memory, OFFSET_BUFFER_SIZE);
        if (ringSize != RING_SIZE && ringSize != 0) {
            throw new SegmentException("Audio segment " + file.path() + " claims a ring of "
                    + Integer.toUnsignedString(ringSize) + " bytes: expected " + RING_SIZE);
        }
        return layout;
    }

    @Override
    public SegmentFile file() {
        return file;
    }

    @Override
    public String description() {
        return layout.words;
    }

    /** Claimed samples per second; may be anything. */
    public int sampleRate() {
        return MappedWord.int32(memory, OFFSET_SAMPLE_RATE);
    }

    /** Claimed channels; may be anything. */
    public int channels() {
        return MappedWord.int32(memory, OFFSET_CHANNELS);
    }

    /** Claimed {@link #FORMAT_S16LE} or {@link #FORMAT_F32LE}; may be anything. */
    public int format() {
        return MappedWord.int32(memory, OFFSET_FORMAT);
    }

    /** Writer: announces the format of what follows. */
    public void format(int sampleRate, int channels, int format) {
        memory.set(INT, OFFSET_SAMPLE_RATE, sampleRate);
        memory.set(INT, OFFSET_CHANNELS, channels);
        memory.set(INT, OFFSET_FORMAT, format);
    }

    /** The writer's byte position, acquire; wrapped or free-running. */
    public int writePosition() {
        return MappedWord.int32(memory, layout.writePosition);
    }

    /** Writer: makes the bytes before {@code position} visible, release. */
    public void writePosition(int position) {
        INT_HANDLE.setRelease(memory, layout.writePosition, position);
    }

    /** The reader's byte position, acquire. */
    public int readPosition() {
        return MappedWord.int32(memory, layout.readPosition);
    }

    /** Reader: gives the bytes before {@code position} back to the writer, release. */
    public void readPosition(int position) {
        INT_HANDLE.setRelease(memory, layout.readPosition, position);
    }

    /** The ring, {@link #RING_SIZE} bytes. */
    public MemorySegment ring() {
        return ring;
    }

    @Override
    public void close() {
        file.close();
    }
}
