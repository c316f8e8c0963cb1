package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** libvpx's decoder, to see in tests what a viewer sees. */
public final class Vp8Decoder implements AutoCloseable {

    private static final int DECODER_ABI = 12;

    private final Arena arena = Arena.ofConfined();
    private final SymbolLookup symbols = SymbolLookup.libraryLookup("libvpx.so.7", arena);
    private final MethodHandle decode = bind(
            "vpx_codec_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG));
    private final MethodHandle frame = bind("vpx_codec_get_frame", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle destroy = bind("vpx_codec_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private final MemorySegment context = arena.allocate(VpxLibrary.CONTEXT_BYTES, 16);
    private int width;
    private int height;

    public Vp8Decoder() throws Throwable {
        MethodHandle codec = bind("vpx_codec_vp8_dx", FunctionDescriptor.of(ADDRESS));
        MethodHandle init = bind(
                "vpx_codec_dec_init_ver",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
        int result = (int) init.invokeExact(
                context, (MemorySegment) codec.invokeExact(), MemorySegment.NULL, 0L, DECODER_ABI);
        if (result != 0) {
            throw new IllegalStateException("vpx_codec_dec_init_ver returned " + result);
        }
    }

    /** Decodes a frame. @return luma, width * height, or null when it cannot be decoded */
    public byte[] decode(byte[] data, int length) throws Throwable {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment input = call.allocate(length);
            MemorySegment.copy(data, 0, input, JAVA_BYTE, 0, length);
            int result = (int) decode.invokeExact(context, input, length, MemorySegment.NULL, 0L);
            if (result != 0) {
                return null;
            }
            MemorySegment image = (MemorySegment) frame.invokeExact(context, call.allocate(ADDRESS));
            if (image.address() == 0) {
                return null;
            }
            image = image.reinterpret(VpxLibrary.IMAGE_BYTES);
            width = image.get(JAVA_INT, VpxLibrary.IMAGE_SHOWN_WIDTH);
            height = image.get(JAVA_INT, VpxLibrary.IMAGE_SHOWN_HEIGHT);
            int stride = image.get(JAVA_INT, 80);
            MemorySegment plane = image.get(ADDRESS, 48).reinterpret((long) stride * height);
            byte[] luma = new byte[width * height];
            for (int y = 0; y < height; y++) {
                MemorySegment.copy(plane, JAVA_BYTE, (long) y * stride, luma, y * width, width);
            }
            return luma;
        }
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    @Override
    public void close() throws Exception {
        try {
            int result = (int) destroy.invokeExact(context);
            if (result != 0) {
                throw new IllegalStateException("vpx_codec_destroy returned " + result);
            }
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        } finally {
            arena.close();
        }
    }

    private MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor);
    }
}
