package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * The picture that an emulator published last, read from the segment's file without the product's reader. A moving
 * picture may be torn here; compare still ones.
 *
 * @param rgba rows of R, G, B, A without gaps
 */
public record PublishedPicture(int width, int height, byte[] rgba) {

    /** Reads the picture of a protocol v1 segment. */
    public static PublishedPicture read(Path segment) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            ByteBuffer header = bytes(channel, 0, (int) VideoLayout.V1.header());
            int width = header.getInt((int) VideoLayout.V1.width());
            int height = header.getInt((int) VideoLayout.V1.height());
            int stride = header.getInt((int) VideoLayout.V1.stride());
            int index = header.getInt((int) VideoLayout.V1.latestIndex());
            long capacity = (channel.size() - VideoLayout.V1.header()) / VideoSegment.BUFFERS;
            ByteBuffer rows = bytes(channel, VideoLayout.V1.header() + index * capacity, stride * height);
            byte[] rgba = new byte[4 * width * height];
            for (int y = 0; y < height; y++) {
                rows.get(y * stride, rgba, 4 * y * width, 4 * width);
            }
            return new PublishedPicture(width, height, rgba);
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new IOException("The segment ends at " + channel.size() + ": expected " + (offset + count));
            }
        }
        return buffer.flip();
    }

    /** Brightness averaged over squares, row by row, as {@link ViewerPage#squares} gives it of what is shown. */
    public double[] squares(int side) {
        int columns = width / side;
        int rows = height / side;
        double[] result = new double[columns * rows];
        for (int y = 0; y < rows * side; y++) {
            for (int x = 0; x < columns * side; x++) {
                int at = 4 * (y * width + x);
                result[y / side * columns + x / side] +=
                        0.299 * (rgba[at] & 255) + 0.587 * (rgba[at + 1] & 255) + 0.114 * (rgba[at + 2] & 255);
            }
        }
        for (int i = 0; i < result.length; i++) {
            result[i] /= side * side;
        }
        return result;
    }

    /** The mean difference of two lists of squares; infinite when they do not belong to the same size. */
    public static double meanDifference(double[] a, double[] b) {
        if (a.length != b.length) {
            return Double.POSITIVE_INFINITY;
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }
}
