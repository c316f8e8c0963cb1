package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Map;
import org.macemu.webrtc.api.shm.PixelFormat;

/**
 * libyuv's colour conversion: BT.601, limited range, chroma averaged over 2x2 pixels. Stateless; any thread.
 *
 * <p>libyuv names formats by the order in a little-endian word: bytes R, G, B, A in memory are its "ABGR", B, G, R, A
 * its "ARGB", and A, R, G, B its "BGRA".
 */
public final class LibYuv {

    private static final String SONAME = "libyuv.so.0";
    private static final String PACKAGE = "libyuv0";

    private static final int FILTER_BILINEAR = 2;
    private static final int FILTER_BOX = 3;

    private final Map<PixelFormat, MethodHandle> toI420;
    private final MethodHandle scalePlane;

    private LibYuv(Map<PixelFormat, MethodHandle> toI420, MethodHandle scalePlane) {
        this.toI420 = toI420;
        this.scalePlane = scalePlane;
    }

    /** Loads the library. @throws NativeLibraryException when it is missing or lacks the conversion */
    public static LibYuv load() throws NativeLibraryException {
        NativeLibrary library = new NativeLibrary(SONAME, PACKAGE);
        // int XXXXToI420(const uint8_t* src, int stride, uint8_t* y, int stride, uint8_t* u, int stride,
        //                uint8_t* v, int stride, int width, int height)
        FunctionDescriptor conversion = FunctionDescriptor.of(
                JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT,
                JAVA_INT);
        Map<PixelFormat, MethodHandle> toI420 = new EnumMap<>(PixelFormat.class);
        for (PixelFormat format : PixelFormat.values()) {
            toI420.put(format, library.function(nameOf(format) + "ToI420", conversion));
        }
        // void ScalePlane(const uint8_t* src, int stride, int width, int height,
        //                 uint8_t* dst, int stride, int width, int height, enum FilterMode filtering)
        MethodHandle scalePlane = library.function(
                "ScalePlane",
                FunctionDescriptor.ofVoid(
                        ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        return new LibYuv(toI420, scalePlane);
    }

    private static String nameOf(PixelFormat format) {
        return switch (format) {
            case RGBA -> "ABGR";
            case BGRA -> "ARGB";
            case ARGB -> "BGRA";
        };
    }

    /**
     * Converts rows of a picture; the whole picture is {@code firstRow} 0, {@code rows} its height.
     *
     * @param pixels rows of {@code width * 4} bytes, native memory, at least the picture's size
     * @param format of a pixel
     * @param target picture of the same size
     * @param firstRow even
     * @param rows number of rows; even unless the last row is included
     */
    public void toI420(MemorySegment pixels, PixelFormat format, I420Picture target, int firstRow, int rows) {
        int width = target.width();
        int height = target.height();
        if (firstRow < 0 || (firstRow & 1) != 0 || rows <= 0 || rows > height - firstRow) {
            throw new IllegalArgumentException("rows " + firstRow + "+" + rows + " of " + height);
        }
        if (!pixels.isNative() || pixels.byteSize() < (long) width * height * 4) {
            throw new IllegalArgumentException(
                    "A picture needs " + (long) width * height * 4 + " bytes of native memory, found " + pixels.byteSize());
        }
        int sourceStride = width * 4;
        long chromaStart = (long) (firstRow / 2) * target.chromaStride();
        try {
            int result = (int) toI420.get(format).invokeExact(
                    pixels.asSlice((long) firstRow * sourceStride), sourceStride,
                    target.y().asSlice((long) firstRow * target.lumaStride()), target.lumaStride(),
                    target.u().asSlice(chromaStart), target.chromaStride(),
                    target.v().asSlice(chromaStart), target.chromaStride(),
                    width, rows);
            if (result != 0) {
                throw new IllegalStateException(nameOf(format) + "ToI420 returned " + result + " for " + width + "x" + rows);
            }
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }

    /**
     * Takes the fine detail out of a picture: every plane is averaged over squares and enlarged again.
     *
     * @param square side of the squares in luma pixels, 2 or more
     */
    public void smooth(I420Picture picture, int square) {
        if (square < 2) {
            throw new IllegalArgumentException("squares of " + square + " pixels");
        }
        int width = picture.width();
        int height = picture.height();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment small = arena.allocate((long) (width / square + 1) * (height / square + 1), 64);
            smooth(picture.y(), picture.lumaStride(), width, height, square, small);
            smooth(picture.u(), picture.chromaStride(), picture.chromaStride(), (height + 1) / 2, square, small);
            smooth(picture.v(), picture.chromaStride(), picture.chromaStride(), (height + 1) / 2, square, small);
        }
    }

    private void smooth(MemorySegment plane, int stride, int width, int height, int square, MemorySegment small) {
        int smallWidth = Math.max(1, width / square);
        int smallHeight = Math.max(1, height / square);
        try {
            scalePlane.invokeExact(
                    plane, stride, width, height, small, smallWidth, smallWidth, smallHeight, FILTER_BOX);
            scalePlane.invokeExact(
                    small, smallWidth, smallWidth, smallHeight, plane, stride, width, height, FILTER_BILINEAR);
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }
}
