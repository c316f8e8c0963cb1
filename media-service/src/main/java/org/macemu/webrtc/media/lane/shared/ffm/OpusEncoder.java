package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One libopus encoder: 48 kHz stereo, 20 ms frames, low delay (CELT). Calls exclude each other, so that it can be
 * closed while another thread encodes.
 */
public final class OpusEncoder implements AutoCloseable {

    /** Sample frames of one packet: 20 ms at 48 kHz. */
    public static final int FRAMES = 960;

    /** Largest packet of one Opus frame (RFC 6716 section 3.4, R5). */
    public static final int MAX_PACKET = 1275;

    private static final int RATE = 48_000;
    private static final int CHANNELS = 2;
    private static final int APPLICATION_RESTRICTED_LOWDELAY = 2051;
    private static final int SET_BITRATE = 4002;
    private static final int SET_COMPLEXITY = 4010;

    /** The functions of libopus, checked; shared by all encoders. */
    public static final class Library {
        private final MethodHandle create;
        private final MethodHandle encode;
        private final MethodHandle control;
        private final MethodHandle destroy;

        private Library(NativeLibrary library) throws NativeLibraryException {
            create = library.function(
                    "opus_encoder_create", FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
            encode = library.function(
                    "opus_encode", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
            control = library.function(
                    "opus_encoder_ctl",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
            destroy = library.function("opus_encoder_destroy", FunctionDescriptor.ofVoid(ADDRESS));
        }

        /** @throws NativeLibraryException when libopus is missing or lacks a function */
        public static Library load() throws NativeLibraryException {
            return new Library(new NativeLibrary("libopus.so.0", "libopus0"));
        }
    }

    private final Library library;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment pcm = arena.allocate((long) FRAMES * CHANNELS * Short.BYTES, 16);
    private final MemorySegment packet = arena.allocate(MAX_PACKET);
    private final MemorySegment encoder;
    private boolean closed;

    /**
     * @param bitsPerSecond 6,000 to 510,000
     * @param complexity 0 (cheapest) to 10
     */
    public OpusEncoder(Library library, int bitsPerSecond, int complexity) {
        this.library = library;
        if (bitsPerSecond < 6_000 || bitsPerSecond > 510_000 || complexity < 0 || complexity > 10) {
            arena.close();
            throw new IllegalArgumentException("Opus takes 6000-510000 bit/s and complexity 0-10, found "
                    + bitsPerSecond + " and " + complexity);
        }
        try {
            MemorySegment error = arena.allocate(JAVA_INT);
            encoder = (MemorySegment)
                    library.create.invokeExact(RATE, CHANNELS, APPLICATION_RESTRICTED_LOWDELAY, error);
            if (encoder.address() == 0) {
                throw new IllegalStateException("opus_encoder_create failed with " + error.get(JAVA_INT, 0));
            }
            control(SET_BITRATE, bitsPerSecond);
            control(SET_COMPLEXITY, complexity);
        } catch (Throwable t) {
            arena.close();
            throw NativeLibrary.broken(t);
        }
    }

    /**
     * Encodes one packet.
     *
     * @param samples {@link #FRAMES} interleaved stereo sample frames, S16
     * @param target receives the packet; at least {@link #MAX_PACKET} bytes behind {@code offset}
     * @return bytes written
     */
    public synchronized int encode(short[] samples, byte[] target, int offset) {
        if (closed) {
            throw new IllegalStateException("encoder is closed");
        }
        if (samples.length != FRAMES * CHANNELS || target.length - offset < MAX_PACKET || offset < 0) {
            throw new IllegalArgumentException(
                    samples.length + " samples into " + (target.length - offset) + " bytes; expected "
                            + FRAMES * CHANNELS + " into " + MAX_PACKET);
        }
        MemorySegment.copy(samples, 0, pcm, JAVA_SHORT, 0, samples.length);
        int size;
        try {
            size = (int) library.encode.invokeExact(encoder, pcm, FRAMES, packet, MAX_PACKET);
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
        if (size < 0) {
            throw new IllegalStateException("opus_encode failed with " + size);
        }
        MemorySegment.copy(packet, JAVA_BYTE, 0, target, offset, size);
        return size;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            library.destroy.invokeExact(encoder);
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        } finally {
            arena.close();
        }
    }

    private void control(int request, int value) throws Throwable {
        int result = (int) library.control.invokeExact(encoder, request, value);
        if (result != 0) {
            throw new IllegalStateException("opus_encoder_ctl(" + request + ", " + value + ") returned " + result);
        }
    }
}
