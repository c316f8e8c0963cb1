package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** libopus' decoder, to hear in tests what a viewer hears: 48 kHz stereo. */
public final class OpusDecoder implements AutoCloseable {

    private static final int RATE = 48_000;
    private static final int CHANNELS = 2;

    /** Sample frames of the longest packet there is: 120 ms. */
    private static final int MAX_FRAMES = RATE / 1000 * 120;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment packet = arena.allocate(OpusEncoder.MAX_PACKET);
    private final MemorySegment pcm = arena.allocate((long) MAX_FRAMES * CHANNELS * Short.BYTES, 16);
    private final MethodHandle decode;
    private final MethodHandle destroy;
    private final MemorySegment decoder;

    public OpusDecoder() throws Throwable {
        NativeLibrary library = new NativeLibrary("libopus.so.0", "libopus0");
        MethodHandle create = library.function(
                "opus_decoder_create", FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
        decode = library.function(
                "opus_decode",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
        destroy = library.function("opus_decoder_destroy", FunctionDescriptor.ofVoid(ADDRESS));
        MemorySegment error = arena.allocate(JAVA_INT);
        decoder = (MemorySegment) create.invokeExact(RATE, CHANNELS, error);
        if (decoder.address() == 0) {
            throw new IllegalStateException("opus_decoder_create failed with " + error.get(JAVA_INT, 0));
        }
    }

    /** Decodes a packet. @return its sample frames, interleaved stereo S16 */
    public short[] decode(byte[] data, int length) throws Throwable {
        MemorySegment.copy(data, 0, packet, JAVA_BYTE, 0, length);
        int frames = (int) decode.invokeExact(decoder, packet, length, pcm, MAX_FRAMES, 0);
        if (frames < 0) {
            throw new IllegalStateException("opus_decode failed with " + frames);
        }
        return pcm.asSlice(0, (long) frames * CHANNELS * Short.BYTES).toArray(JAVA_SHORT);
    }

    @Override
    public void close() {
        try {
            destroy.invokeExact(decoder);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        } finally {
            arena.close();
        }
    }
}
