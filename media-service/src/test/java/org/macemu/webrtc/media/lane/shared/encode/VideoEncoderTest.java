package org.macemu.webrtc.media.lane.shared.encode;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.media.capture.TestFrames;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.Vp8Decoder;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.ScenePixels;

class VideoEncoderTest {

    private final VideoFrame frame = new VideoFrame();
    private final EncodedFrame encoded = new EncodedFrame();
    private long time = 5_000_000_000L;
    private long sequence;

    private VideoEncoder encoder() throws Exception {
        return new VideoEncoder(VpxLibrary.load(), LibYuv.load(), VideoEncoderSettings.of(2_000, 1), () -> time);
    }

    private VideoFrame frame(MemorySegment rgba, int width, int height, boolean changed) {
        time += 33_333_333;
        TestFrames.set(frame, rgba, width, height, changed, time, ++sequence);
        return frame;
    }

    private static MemorySegment text(Arena arena, int width, int height) {
        MemorySegment rgba = arena.allocate((long) width * height * 4, 64);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean ink = y % 14 < 9 && y / 14 % 2 == 0 && x / 90 % 2 == 0 && (x * 7 + y * 3 + (x ^ y)) % 5 == 0;
                rgba.setAtIndex(JAVA_INT, (long) y * width + x, ink ? 0xff000000 : 0xffffffff);
            }
        }
        return rgba;
    }

    @Test
    void aStillPictureSharpensWithinASecondAndThenCostsNothing() throws Exception {
        try (Arena arena = Arena.ofConfined();
                VideoEncoder encoder = encoder()) {
            MemorySegment rgba = arena.allocate(640L * 480 * 4, 64);
            int[] pixels = new ScenePixels(SceneKind.DESKTOP, 640, 480).draw(0);
            MemorySegment.copy(pixels, 0, rgba, JAVA_INT, 0, pixels.length);
            assertTrue(encoder.encode(frame(rgba, 640, 480, true), FrameWish.NEWS, encoded));
            assertTrue(encoded.keyFrame());
            int frames = 0;
            for (int i = 0; i < 30 && !encoder.isSharp(); i++) {
                if (encoder.encode(frame(rgba, 640, 480, false), FrameWish.NEWS, encoded)) {
                    assertFalse(encoded.keyFrame());
                    frames++;
                }
            }
            assertTrue(encoder.isSharp(), "not sharp after a second and " + frames + " frames");
            assertFalse(encoder.encode(frame(rgba, 640, 480, false), FrameWish.NEWS, encoded));
            for (int i = 0; i < 3; i++) {
                assertTrue(encoder.encode(frame(rgba, 640, 480, false), FrameWish.REPETITION, encoded));
                assertFalse(encoded.keyFrame());
                assertTrue(encoded.length() < 200, "a repetition has " + encoded.length() + " bytes");
                assertTrue(encoder.isSharp(), "a repetition costs no sharpness");
            }
            assertTrue(encoder.encode(frame(rgba, 640, 480, true), FrameWish.NEWS, encoded));
        }
    }

    /** A frame that a lane could not take, or failed on, may have changed the picture. */
    @Test
    void aMissedFrameIsMadeUpFor() throws Throwable {
        try (Arena arena = Arena.ofConfined();
                VideoEncoder encoder = encoder();
                Vp8Decoder decoder = new Vp8Decoder()) {
            MemorySegment rgba = text(arena, 64, 64);
            assertTrue(encoder.encode(frame(rgba, 64, 64, true), FrameWish.NEWS, encoded));
            decoder.decode(encoded.data(), encoded.length());
            for (boolean fails : new boolean[] {false, true}) {
                for (int i = 0; i < 60 && !encoder.isSharp(); i++) {
                    if (encoder.encode(frame(rgba, 64, 64, false), FrameWish.NEWS, encoded)) {
                        decoder.decode(encoded.data(), encoded.length());
                    }
                }
                assertTrue(encoder.isSharp());
                assertFalse(encoder.encode(frame(rgba, 64, 64, false), FrameWish.NEWS, encoded));
                rgba.asSlice(0, 64 * 64 * 2).fill((byte) (fails ? 0x20 : 0xE0));
                frame(rgba, 64, 64, true);
                if (fails) {
                    TestFrames.set(frame, MemorySegment.ofArray(new byte[64 * 64 * 4]), 64, 64, 0, 32, time, sequence);
                    assertThrows(
                            IllegalArgumentException.class, () -> encoder.encode(frame, FrameWish.NEWS, encoded));
                }
                assertTrue(encoder.encode(frame(rgba, 64, 64, false), FrameWish.NEWS, encoded));
                int luma = decoder.decode(encoded.data(), encoded.length())[0] & 0xFF;
                assertTrue(fails ? luma < 60 : luma > 180, "brightness " + luma);
            }
        }
    }

    /** What nobody needs to encode again is taken from the base layer, where a picture of the upper one is not. */
    @Test
    void aStillPictureStaysTheLatestOneWithTwoLayers() throws Throwable {
        try (Arena arena = Arena.ofConfined();
                VideoEncoder encoder = new VideoEncoder(
                        VpxLibrary.load(), LibYuv.load(), VideoEncoderSettings.of(20_000, 2), () -> time);
                Vp8Decoder decoder = new Vp8Decoder()) {
            MemorySegment rgba = text(arena, 320, 240);
            for (int i = 0; i < 6; i++) {
                rgba.asSlice(i * 40L * 320 * 4, 32L * 320 * 4).fill((byte) 0x40);
                assertTrue(encoder.encode(frame(rgba, 320, 240, true), FrameWish.NEWS, encoded));
                byte[] shown = decoder.decode(encoded.data(), encoded.length());
                for (int j = 0; j < 60 && !encoder.isSharp(); j++) {
                    if (encoder.encode(frame(rgba, 320, 240, false), FrameWish.NEWS, encoded)) {
                        shown = decoder.decode(encoded.data(), encoded.length());
                    }
                }
                assertTrue(encoder.isSharp());
                byte[] before = shown.clone();
                assertTrue(encoder.encode(frame(rgba, 320, 240, false), FrameWish.REPETITION, encoded));
                assertArrayEquals(before, decoder.decode(encoded.data(), encoded.length()), "picture " + i);
            }
        }
    }

    /** Who is told the rows that changed makes the very frames of one who converts everything, frames left out or not. */
    @ParameterizedTest
    @CsvSource({"320, 240", "33, 31"})
    void rowsThatDidNotChangeNeedNoConversion(int width, int height) throws Throwable {
        try (Arena arena = Arena.ofConfined();
                VideoEncoder all = encoder();
                VideoEncoder some = encoder()) {
            EncodedFrame other = new EncodedFrame();
            MemorySegment rgba = text(arena, width, height);
            Random random = new Random(1);
            int encodes = 0;
            for (int i = 1; i <= 300; i++) {
                int from = random.nextInt(height);
                int to = i % 7 == 0 ? from : from + random.nextInt(height - from) + 1;
                if (to > from) {
                    rgba.asSlice(from * 4L * width, (to - from) * 4L * width).fill((byte) random.nextInt(256));
                }
                if (i % 11 == 0) {
                    // A lane that could not take it.
                    continue;
                }
                FrameWish wish = i % 50 == 0 ? FrameWish.KEY_FRAME : FrameWish.NEWS;
                time += 33_333_333;
                TestFrames.set(frame, rgba, width, height, from, to, time, i);
                boolean made = some.encode(frame, wish, encoded);
                TestFrames.set(frame, rgba, width, height, to > from, time, i);
                assertEquals(made, all.encode(frame, wish, other));
                if (made) {
                    encodes++;
                    assertArrayEquals(
                            Arrays.copyOf(other.data(), other.length()),
                            Arrays.copyOf(encoded.data(), encoded.length()),
                            "frame " + i);
                }
            }
            assertTrue(encodes > 200, encodes + " frames");
        }
    }

    @Test
    void aChangeOfSizeStartsWithAKeyFrame() throws Throwable {
        try (Arena arena = Arena.ofConfined();
                VideoEncoder encoder = encoder();
                Vp8Decoder decoder = new Vp8Decoder()) {
            int[][] sizes = {{640, 480}, {512, 342}, {1, 1}, {1023, 767}};
            for (int[] size : sizes) {
                MemorySegment rgba = text(arena, size[0], size[1]);
                for (int i = 0; i < 3; i++) {
                    assertTrue(encoder.encode(frame(rgba, size[0], size[1], true), FrameWish.NEWS, encoded));
                    assertEquals(i == 0, encoded.keyFrame());
                    assertNotNull(decoder.decode(encoded.data(), encoded.length()));
                    assertEquals(size[0], decoder.width());
                    assertEquals(size[1], decoder.height());
                }
            }
        }
    }

    @Test
    void timeFollowsTheCaptureAndAlwaysGrows() throws Exception {
        try (Arena arena = Arena.ofConfined();
                VideoEncoder encoder = encoder()) {
            MemorySegment rgba = text(arena, 64, 64);
            encoder.encode(frame(rgba, 64, 64, true), FrameWish.NEWS, encoded);
            long first = encoded.rtpTime();
            time += 10_000_000_000L;
            encoder.encode(frame(rgba, 64, 64, true), FrameWish.NEWS, encoded);
            assertEquals(90_000 * 10 + 3_000, encoded.rtpTime() - first, 1);
            long second = encoded.rtpTime();
            time -= 5_000_000_000L;
            encoder.encode(frame(rgba, 64, 64, true), FrameWish.NEWS, encoded);
            assertTrue(encoded.rtpTime() > second);
        }
    }

    @Test
    void aClosedEncoderGivesNothing() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            VideoEncoder encoder = encoder();
            encoder.close();
            assertFalse(encoder.encode(frame(text(arena, 64, 64), 64, 64, true), FrameWish.KEY_FRAME, encoded));
        }
    }
}
