package org.macemu.webrtc.media.capture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;
import org.macemu.webrtc.api.shm.PixelFormat;

/** A copy of one picture, to be looked at outside the capture thread. */
public final class Snapshot {

    private static final ValueLayout.OfInt BIG_ENDIAN =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final int width;
    private final int height;

    /** The four bytes of each as one big-endian number: 0xRRGGBBAA, and so on. */
    private final int[] pixels;

    private final PixelFormat format;

    private Snapshot(int width, int height, int[] pixels, PixelFormat format) {
        this.format = format;
        this.width = width;
        this.height = height;
        this.pixels = pixels;
    }

    static Snapshot of(MemorySegment pixels, PixelFormat format, int width, int height) {
        return new Snapshot(width, height, pixels.toArray(BIG_ENDIAN), format);
    }

    /** 0xRRGGBB, and anything above. */
    private static int rgb(int pixel, PixelFormat format) {
        return switch (format) {
            case RGBA -> pixel >>> 8;
            case BGRA -> Integer.reverseBytes(pixel);
            case ARGB -> pixel;
        };
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The picture as PNG, 24 bits a pixel. */
    public byte[] png() throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] rgb = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = rgb(pixels[i], format) & 0xFFFFFF;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(rgb.length / 4);
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
