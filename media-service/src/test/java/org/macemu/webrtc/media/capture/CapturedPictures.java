package org.macemu.webrtc.media.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoSegment;

/** Gives benchmarks the pictures that capture gives to lanes: those that went through a segment of shared memory. */
public final class CapturedPictures implements AutoCloseable {

    private final Path file = SegmentFile.SHM_DIRECTORY.resolve("macemu-bench-" + UUID.randomUUID());
    private final VideoSegment emulator;
    private final VideoSegment segment;
    private final FrameReader reader;
    private final VideoFrame frame = new VideoFrame();
    private final int width;
    private final int height;
    private int index;
    private long sequence;

    public CapturedPictures(int width, int height) throws SegmentException {
        this.width = width;
        this.height = height;
        emulator = VideoSegment.openOrCreate(file, (long) width * height * 4, PictureWriter.OWNER);
        emulator.geometry(width, height, width * 4);
        segment = VideoSegment.open(file);
        reader = new FrameReader(segment);
    }

    /** The emulator's part. @param pixels whose little-endian bytes are R, G, B, A */
    public void publish(int[] pixels, long nanos) {
        index = (index + 1) % VideoSegment.BUFFERS;
        MemorySegment.copy(pixels, 0, emulator.frame(index), JAVA_INT, 0, width * height);
        emulator.publish(index, nanos / 1_000);
    }

    /** Capture's part: what was published last, or its repetition. */
    public VideoFrame read(long nanos) {
        boolean changed = reader.read() == FrameReader.Result.CHANGED;
        frame.set(
                reader.pixels(), reader.format(), width, height, changed ? reader.changedFrom() : 0,
                changed ? reader.changedTo() : 0, nanos, ++sequence);
        return frame;
    }

    @Override
    public void close() throws IOException {
        reader.close();
        segment.close();
        emulator.close();
        Files.delete(file);
    }
}
