package org.macemu.webrtc.api.shm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The sound in a segment of protocol v4 ({@link VideoLayout#V4}): a ring of three frames, each with a format of its own.
 *
 * <pre>
 *    172  index of the frame that is written next, 0-2 (emulator)
 *    176  index of the frame that is read next, 0-2 (server); the same as the other: nothing is there
 *    184  frame 0 | frame 1 | frame 2, 3,872 bytes each:
 *           0 rate in Hz   4 channels   8 samples per channel   12 format   16 timestamp   32 samples, 3,840 bytes
 * </pre>
 *
 * Samples are S16, big-endian: as the Mac made them. The number of the format says nothing more. Every field can hold
 * anything at any time.
 */
public final class SoundFrames implements Segment {

    public static final int FRAMES = 3;

    /** Bytes of samples in a frame at most: 20 ms of 48 kHz stereo. */
    public static final int FRAME_CAPACITY = 3_840;

    private static final long WRITE_INDEX = 172;
    private static final long READ_INDEX = 176;
    private static final long RING = 184;
    private static final long FRAME_SIZE = 3_872;
    private static final long SAMPLES = 32;

    private static final VarHandle INT_HANDLE = ValueLayout.JAVA_INT.varHandle();

    private final VideoSegment segment;
    private final MemorySegment memory;

    private SoundFrames(VideoSegment segment) {
        this.segment = segment;
        this.memory = segment.file().memory();
    }

    /** @throws SegmentException when there is no segment of protocol v4 */
    public static SoundFrames open(Path path) throws SegmentException {
        return new SoundFrames(VideoSegment.open(path, VideoLayout.V4));
    }

    @Override
    public SegmentFile file() {
        return segment.file();
    }

    @Override
    public String description() {
        return segment.layout().words() + ", sound";
    }

    /** The emulator's index, acquire; may be anything. */
    public int writeIndex() {
        return MappedWord.int32(memory, WRITE_INDEX);
    }

    /** The server's index. */
    public int readIndex() {
        return MappedWord.int32(memory, READ_INDEX);
    }

    /** Gives the frames before {@code index} back to the emulator, release. */
    public void readIndex(int index) {
        INT_HANDLE.setRelease(memory, READ_INDEX, index);
    }

    /** Claimed samples per second of a frame (0-2); may be anything. */
    public int sampleRate(int frame) {
        return MappedWord.int32(memory, at(frame));
    }

    /** Claimed channels of a frame. */
    public int channels(int frame) {
        return MappedWord.int32(memory, at(frame) + 4);
    }

    /** Claimed samples per channel of a frame. */
    public int samples(int frame) {
        return MappedWord.int32(memory, at(frame) + 8);
    }

    /** The samples of a frame, {@link #FRAME_CAPACITY} bytes. */
    public MemorySegment data(int frame) {
        return memory.asSlice(at(frame) + SAMPLES, FRAME_CAPACITY);
    }

    private static long at(int frame) {
        return RING + frame * FRAME_SIZE;
    }

    @Override
    public void close() {
        segment.close();
    }
}
