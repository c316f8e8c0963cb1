package org.macemu.webrtc.media.capture;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * The emulator's side of the video segment, one step at a time: pictures of one colour, published in the design's
 * order.
 */
final class PictureWriter implements AutoCloseable {

    static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    /** Room for 640 x 480. */
    static final long CAPACITY = 640L * 480 * 4;

    final VideoSegment segment;
    private int index;

    PictureWriter(Path file) throws SegmentException {
        segment = VideoSegment.openOrCreate(file, CAPACITY, OWNER);
        index = segment.latestIndex();
    }

    /** Fills the next buffer; nobody sees it yet. */
    void draw(int color, int width, int height, int stride) {
        index = (index + 1) % VideoSegment.BUFFERS;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                segment.frame(index).set(ValueLayout.JAVA_INT_UNALIGNED, (long) y * stride + 4L * x, color);
            }
            for (int pad = 4 * width; pad < stride; pad++) {
                segment.frame(index).set(ValueLayout.JAVA_BYTE, (long) y * stride + pad, (byte) 0x55);
            }
        }
    }

    /** Fills the next buffer by whole bytes, as fast as memory allows. */
    void drawFast(int color, int width, int height) {
        index = (index + 1) % VideoSegment.BUFFERS;
        segment.frame(index).asSlice(0, 4L * width * height).fill((byte) color);
    }

    /** Changes one pixel of what was drawn last. */
    void dot(int color, int x, int y, int stride) {
        segment.frame(index).set(ValueLayout.JAVA_INT_UNALIGNED, (long) y * stride + 4L * x, color);
    }

    void announce(int width, int height, int stride) {
        segment.geometry(width, height, stride);
    }

    void publish() {
        segment.publish(index, System.nanoTime() / 1_000);
    }

    /** A whole picture. */
    void show(int color, int width, int height) {
        draw(color, width, height, 4 * width);
        announce(width, height, 4 * width);
        publish();
    }

    int index() {
        return index;
    }

    @Override
    public void close() {
        segment.close();
    }
}
