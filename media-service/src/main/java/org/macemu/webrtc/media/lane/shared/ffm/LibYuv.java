package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * libyuv's colour conversion: BT.601, limited range, chroma averaged over 2x2 pixels. Stateless; any thread.
 *
 * <p>libyuv names formats by the order in a little-endian word: bytes R, G, B, A in memory are its "ABGR".
 */
public final class LibYuv {

    private static final String SONAME = "libyuv.so.0";
    private static final String PACKAGE = "libyuv0";

    private final MethodHandle abgrToI420;

    private LibYuv(MethodHandle abgrToI420) {
        this.abgrToI420 = abgrToI420;
    }

    /** Loads the library. @throws NativeLibraryException when it is missing or lacks the conversion */
    public static LibYuv load() throws NativeLibraryException {
        NativeLibrary library = new NativeLibrary(SONAME, PACKAGE);
        // int ABGRToI420(const uint8_t* src, int stride, uint8_t* y, int stride, uint8_t* u, int stride,
        //                uint8_t* v, int stride, int width, int height)
        return new LibYuv(library.function(
                "ABGRToI420",
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT,
                        JAVA_INT)));
    }

    /**
     * Converts rows of a picture; the whole picture is {@code firstRow} 0, {@code rows} its height.
     *
     * @param rgba bytes R, G, B, A, rows of {@code width * 4} bytes, native memory, at least the picture's size
     * @param target picture of the same size
     * @param firstRow even
     * @param rows number of rows; even unless the last row is included
     */
    public void rgbaToI420(MemorySegment rgba, I420Picture target, int firstRow, int rows) {
        int width = target.width();
        int height = target.height();
        if (firstRow < 0 || (firstRow & 1) != 0 || rows <= 0 || rows > height - firstRow) {
            throw new IllegalArgumentException("rows " + firstRow + "+" + rows + " of " + height);
        }
        if (!rgba.isNative() || rgba.byteSize() < (long) width * height * 4) {
            throw new IllegalArgumentException(
                    "RGBA needs " + (long) width * height * 4 + " bytes of native memory, found " + rgba.byteSize());
        }
        int sourceStride = width * 4;
        long chromaStart = (long) (firstRow / 2) * target.chromaStride();
        try {
            int result = (int) abgrToI420.invokeExact(
                    rgba.asSlice((long) firstRow * sourceStride), sourceStride,
                    target.y().asSlice((long) firstRow * target.lumaStride()), target.lumaStride(),
                    target.u().asSlice(chromaStart), target.chromaStride(),
                    target.v().asSlice(chromaStart), target.chromaStride(),
                    width, rows);
            if (result != 0) {
                throw new IllegalStateException("ABGRToI420 returned " + result + " for " + width + "x" + rows);
            }
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }
}
