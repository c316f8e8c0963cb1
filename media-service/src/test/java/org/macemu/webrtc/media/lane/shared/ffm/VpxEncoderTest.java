package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VpxEncoderTest {

    static VpxEncoder.Settings settings(int width, int height, int layers) {
        return new VpxEncoder.Settings(width, height, 2000, -12, 1, 1, 2, 56, 450, layers);
    }

    /** A picture with structure in every block. */
    static MemorySegment rgba(Arena arena, int width, int height, int phase) {
        MemorySegment pixels = arena.allocate((long) width * height * 4, 64);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int v = 40 + (x * 3 + y * 5 + phase * 7) % 160;
                long at = ((long) y * width + x) * 4;
                pixels.set(JAVA_BYTE, at, (byte) v);
                pixels.set(JAVA_BYTE, at + 1, (byte) v);
                pixels.set(JAVA_BYTE, at + 2, (byte) v);
                pixels.set(JAVA_BYTE, at + 3, (byte) 255);
            }
        }
        return pixels;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "16,16", "17,33", "641,479", "640,480", "1919,1081"})
    void whatIsDecodedIsWhatWasDrawn(int width, int height) throws Throwable {
        LibYuv yuv = LibYuv.load();
        try (Arena arena = Arena.ofConfined();
                VpxEncoder encoder = new VpxEncoder(VpxLibrary.load(), settings(width, height, 1));
                Vp8Decoder decoder = new Vp8Decoder()) {
            byte[] luma = null;
            MemorySegment pixels = rgba(arena, width, height, 0);
            for (int i = 0; i < 30; i++) {
                yuv.toI420(pixels, PixelFormat.RGBA, encoder.picture(), 0, height);
                assertTrue(encoder.encode(3000L * (i + 1), 3000, i == 0 ? VpxEncoder.KEY_FRAME : 0, 0));
                assertEquals(i == 0, encoder.outputKeyFrame());
                luma = decoder.decode(encoder.output(), encoder.outputLength());
                assertNotNull(luma);
            }
            assertEquals(width, decoder.width());
            assertEquals(height, decoder.height());
            double squares = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int expected = encoder.picture().y().get(JAVA_BYTE, (long) y * encoder.picture().lumaStride() + x);
                    double error = (luma[y * width + x] & 0xff) - (expected & 0xff);
                    squares += error * error;
                }
            }
            double psnr = 10 * Math.log10(255 * 255 / Math.max(1e-9, squares / (width * height)));
            assertTrue(psnr > 30, "PSNR " + psnr + " dB after 30 refinements");
        }
    }

    @Test
    void withoutTheUpperLayerTheBaseLayerDecodes() throws Throwable {
        LibYuv yuv = LibYuv.load();
        long base = VpxEncoder.NO_REFERENCE_GOLDEN
                | VpxEncoder.NO_REFERENCE_ALTREF
                | VpxEncoder.NO_UPDATE_GOLDEN
                | VpxEncoder.NO_UPDATE_ALTREF;
        long upper = base | VpxEncoder.NO_UPDATE_LAST | VpxEncoder.NO_UPDATE_ENTROPY;
        try (Arena arena = Arena.ofConfined();
                VpxEncoder encoder = new VpxEncoder(VpxLibrary.load(), settings(64, 48, 2));
                Vp8Decoder all = new Vp8Decoder();
                Vp8Decoder half = new Vp8Decoder()) {
            for (int i = 0; i < 20; i++) {
                yuv.toI420(rgba(arena, 64, 48, i), PixelFormat.RGBA, encoder.picture(), 0, 48);
                int layer = i & 1;
                encoder.encode(
                        3000L * (i + 1), 3000, i == 0 ? VpxEncoder.KEY_FRAME : layer == 0 ? base : upper, layer);
                byte[] full = all.decode(encoder.output(), encoder.outputLength());
                if (layer == 0) {
                    org.junit.jupiter.api.Assertions.assertArrayEquals(
                            full, half.decode(encoder.output(), encoder.outputLength()));
                }
            }
        }
    }

    @Test
    void aKeyFrameIsBounded() throws Throwable {
        // One-bit dither, the codec's worst case.
        try (VpxEncoder encoder = new VpxEncoder(VpxLibrary.load(), settings(1024, 768, 1))) {
            I420Picture picture = encoder.picture();
            for (int y = 0; y < 768; y++) {
                for (int x = 0; x < 1024; x++) {
                    boolean on = ((x * 7 + y * 13 ^ x * y) & 3) == 0;
                    picture.y().set(JAVA_BYTE, (long) y * 1024 + x, (byte) (on ? 235 : 16));
                }
            }
            picture.u().fill((byte) 128);
            picture.v().fill((byte) 128);
            encoder.encode(3000, 3000, VpxEncoder.KEY_FRAME, 0);
            System.out.println("dithered key frame: " + encoder.outputLength() + " bytes at quantizer "
                    + encoder.lastQuantizer());
            assertTrue(encoder.outputLength() < 200_000, encoder.outputLength() + " bytes");
        }
    }

    @Test
    void mistakesAreExceptionsNotCrashes() throws Throwable {
        assertThrows(IllegalArgumentException.class, () -> settings(0, 10, 1));
        assertThrows(IllegalArgumentException.class, () -> settings(16_384, 10, 1));
        assertThrows(IllegalArgumentException.class, () -> settings(10, 10, 3));
        VpxEncoder encoder = new VpxEncoder(VpxLibrary.load(), settings(32, 32, 1));
        assertThrows(IllegalArgumentException.class, () -> encoder.encode(1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> encoder.encode(1, 1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> encoder.activeMap(new byte[3]));
        LibYuv yuv = LibYuv.load();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment small = arena.allocate(32 * 32 * 4 - 1);
            assertThrows(IllegalArgumentException.class, () -> yuv.toI420(small, PixelFormat.RGBA, encoder.picture(), 0, 32));
            MemorySegment heap = MemorySegment.ofArray(new byte[32 * 32 * 4]);
            assertThrows(IllegalArgumentException.class, () -> yuv.toI420(heap, PixelFormat.RGBA, encoder.picture(), 0, 32));
            MemorySegment right = arena.allocate(32 * 32 * 4);
            assertThrows(IllegalArgumentException.class, () -> yuv.toI420(right, PixelFormat.RGBA, encoder.picture(), 1, 2));
            assertThrows(IllegalArgumentException.class, () -> yuv.toI420(right, PixelFormat.RGBA, encoder.picture(), 2, 31));
        }
        encoder.close();
        encoder.close();
        assertThrows(IllegalStateException.class, () -> encoder.encode(1, 1, 0, 0));
        assertThrows(IllegalStateException.class, encoder::lastQuantizer);
    }

    @Test
    void closingWhileEncodingIsSafe() throws Throwable {
        VpxLibrary library = VpxLibrary.load();
        for (int round = 0; round < 20; round++) {
            VpxEncoder encoder = new VpxEncoder(library, settings(320, 240, 1));
            Thread closer = Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(3);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                encoder.close();
            });
            assertThrows(IllegalStateException.class, () -> {
                for (int i = 1; i < 100_000; i++) {
                    encoder.encode(i * 3000L, 3000, 0, 0);
                }
            });
            closer.join();
        }
    }

    @Test
    void aMissingLibraryNamesItsPackage() {
        NativeLibraryException e = assertThrows(
                NativeLibraryException.class, () -> new NativeLibrary("libmacemu-missing.so.7", "libvpx7"));
        assertTrue(e.getMessage().contains("libmacemu-missing.so.7"), e.getMessage());
        assertTrue(e.getMessage().contains("apt-get install libvpx7"), e.getMessage());
    }

    @Test
    void aLibraryWithoutTheFunctionsIsRefusedByName() throws Exception {
        NativeLibrary wrong = new NativeLibrary("libopus.so.0", "libvpx7");
        NativeLibraryException e = assertThrows(
                NativeLibraryException.class,
                () -> wrong.function("vpx_codec_encode", java.lang.foreign.FunctionDescriptor.ofVoid()));
        assertTrue(e.getMessage().contains("vpx_codec_encode"), e.getMessage());
        assertFalse(e.getMessage().isBlank());
    }
}
