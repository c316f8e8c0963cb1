package org.macemu.webrtc.api.shm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the fields of a video segment lie, in each of the layouts that emulators use: bytes from the beginning of the
 * file. Magic, version and file size tell them apart.
 */
public enum VideoLayout {

    /** As the design has it; documented at {@link VideoSegment}. */
    V1("protocol v1", 0x4D454D55, 1, 8, 12, 16, VideoLayout.NONE, 20, 24, 32, 40, 48, VideoLayout.ANY, PixelFormat.RGBA),

    /** The first code that was written after the design: the same names, magic and version, other offsets. */
    V1_AS_FIRST_CODED(
            "protocol v1 as first coded",
            0x4D454D55, 1, 8, 12, 16, 20, 32, 36, 40, 48, 56, 3840L * 2160 * 4, PixelFormat.RGBA, PixelFormat.BGRA),

    /**
     * Protocol v4, "MEM4": the emulator makes the segment and owns it, sound included ({@link SoundFrames}). Rows are
     * always {@value #V4_ROW_BYTES} bytes apart. Its index at 56 is of the buffer being written; the one at 60 is of the
     * last complete picture. There were eight layouts with this magic and version: the size is this one's alone.
     */
    V4(
            "protocol v4",
            0x4D454D34, 4, 16, 20, VideoLayout.NONE, 24, 60, VideoLayout.NONE, 64, 72, 15_676, 1920L * 1080 * 4,
            PixelFormat.ARGB, PixelFormat.BGRA);

    /** Of a field that a layout does not have. */
    static final int NONE = -1;

    /** Of a picture buffer whose size follows from the file's. */
    static final int ANY = 0;

    static final int V4_ROW_BYTES = 1920 * 4;

    private final String words;
    private final int magic;
    private final int version;
    private final int width;
    private final int height;
    private final int stride;
    private final int format;
    private final int latestIndex;
    private final int readIndex;
    private final int frameCount;
    private final int timestamp;
    private final int header;
    private final long frame;
    private final List<PixelFormat> formats;

    /**
     * @param latestIndex of the buffer with the last complete picture
     * @param header bytes before the pictures
     * @param frame bytes of a picture buffer
     * @param formats by the number in the format field; one alone where there is no such field
     */
    VideoLayout(
            String words, int magic, int version, int width, int height, int stride, int format, int latestIndex,
            int readIndex, int frameCount, int timestamp, int header, long frame, PixelFormat... formats) {
        this.words = words;
        this.magic = magic;
        this.version = version;
        this.width = width;
        this.height = height;
        this.stride = stride;
        this.format = format;
        this.latestIndex = latestIndex;
        this.readIndex = readIndex;
        this.frameCount = frameCount;
        this.timestamp = timestamp;
        this.header = header;
        this.frame = frame;
        this.formats = List.of(formats);
    }

    /** The layout of a file, or empty when none has that magic, version and size. */
    static Optional<VideoLayout> of(int magic, int version, long size) {
        // The one that takes any size is asked last.
        return Stream.of(V1_AS_FIRST_CODED, V4, V1)
                .filter(l -> l.magic == magic && l.version == version && l.takes(size))
                .findFirst();
    }

    private boolean takes(long size) {
        return frame == ANY || size == fileSize(frame);
    }

    /** What a file that has none of these layouts seems to be, for an error; empty when nobody knows. */
    static String guess(int magic) {
        if (magic == V4.magic) {
            return " (a variant of protocol v4 that is not known: expected " + V4.fileSize() + " bytes)";
        }
        return magic == AudioSegment.MAGIC ? " (an audio segment)" : "";
    }

    /** Bytes of a file with three picture buffers of {@code frameCapacity} bytes, as a compiler lays it out. */
    public long fileSize(long frameCapacity) {
        long bytes = header + VideoSegment.BUFFERS * frameCapacity;
        return frame == ANY ? bytes : (bytes + 7) / 8 * 8;
    }

    /** Bytes of a file in a layout that leaves no choice. */
    public long fileSize() {
        return fileSize(frame);
    }

    /** Bytes of a picture buffer, whole pixels only, in a file of that size. */
    long frameCapacity(long fileSize) {
        return frame == ANY
                ? (fileSize - header) / VideoSegment.BUFFERS / VideoSegment.BYTES_PER_PIXEL * VideoSegment.BYTES_PER_PIXEL
                : frame;
    }

    /** Bytes of a picture buffer in a new file, where the layout leaves it open. */
    long frameCapacityOr(long wanted) {
        return frame == ANY ? wanted : frame;
    }

    /** The name of the layout in words. */
    public String words() {
        return words;
    }

    public int magic() {
        return magic;
    }

    public int version() {
        return version;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public int stride() {
        return stride;
    }

    int format() {
        return format;
    }

    public int latestIndex() {
        return latestIndex;
    }

    public int readIndex() {
        return readIndex;
    }

    public int frameCount() {
        return frameCount;
    }

    int timestamp() {
        return timestamp;
    }

    public int header() {
        return header;
    }

    /** Pixel formats by the number in the format field. */
    public List<PixelFormat> formats() {
        return formats;
    }
}
