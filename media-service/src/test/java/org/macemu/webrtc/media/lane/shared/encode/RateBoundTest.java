package org.macemu.webrtc.media.lane.shared.encode;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.media.capture.TestFrames;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.shared.ffm.I420Picture;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.Vp8Decoder;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;

/**
 * What a viewer with a network of just the target rate has to wait for, and sees meanwhile, when the whole screen is
 * dithered: the codec's worst case. Time is simulated, 30 pictures a second; libvpx is real.
 */
class RateBoundTest {

    private static final int WIDTH = 1024;
    private static final int HEIGHT = 768;
    private static final int STEP_MILLIS = 33;

    private long millis = 10_000;

    /** A desktop of one-bit dither, its pattern another one for each seed. */
    private static void dither(MemorySegment rgba, int seed) {
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int x = i % WIDTH;
            int y = i / WIDTH;
            boolean on = ((x * 7 + y * (13 + 2 * seed) ^ x * y + seed) & 3) == 0;
            rgba.setAtIndex(JAVA_INT, i, on ? -1 : 0xff000000);
        }
    }

    private static void square(MemorySegment rgba, int left, int top) {
        for (int y = top; y < top + 16; y++) {
            for (int x = left; x < left + 16; x++) {
                rgba.setAtIndex(JAVA_INT, (long) y * WIDTH + x, 0xff2040f0);
            }
        }
    }

    /** An encoder, a decoder behind it, and a network of the target rate between both. */
    private final class Viewer implements AutoCloseable {

        private final int kilobits;
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment rgba = arena.allocate(4L * WIDTH * HEIGHT, 64);
        private final I420Picture original = new I420Picture(arena, WIDTH, HEIGHT);
        private final LibYuv yuv = LibYuv.load();
        private final VideoEncoder encoder;
        private final Vp8Decoder decoder = new Vp8Decoder();
        private final VideoFrame frame = new VideoFrame();
        private final EncodedFrame encoded = new EncodedFrame();
        private final Deque<long[]> lastSecond = new ArrayDeque<>();
        private long sequence;
        private byte[] seen;
        private int inSecond;
        private int mostInSecond;
        private int largest;
        private int frames;
        private double queued;
        private double longestWaitMillis;

        Viewer(int kilobits) throws Throwable {
            this.kilobits = kilobits;
            encoder = new VideoEncoder(
                    VpxLibrary.load(), yuv, VideoEncoderSettings.of(kilobits, 1), () -> millis * 1_000_000);
        }

        void picture(boolean changed) throws Throwable {
            millis += STEP_MILLIS;
            queued = Math.max(0, queued - STEP_MILLIS * kilobits / 8.0);
            while (!lastSecond.isEmpty() && lastSecond.peek()[0] <= millis - 1_000) {
                inSecond -= (int) lastSecond.poll()[1];
            }
            TestFrames.set(frame, rgba, WIDTH, HEIGHT, changed, millis * 1_000_000, ++sequence);
            if (!encoder.encode(frame, FrameWish.NEWS, encoded)) {
                return;
            }
            seen = decoder.decode(encoded.data(), encoded.length());
            frames++;
            inSecond += encoded.length();
            lastSecond.add(new long[] {millis, encoded.length()});
            mostInSecond = Math.max(mostInSecond, inSecond);
            largest = Math.max(largest, encoded.length());
            queued += encoded.length();
            longestWaitMillis = Math.max(longestWaitMillis, queued / kilobits * 8);
        }

        /** What the viewer sees of the picture as it is now. */
        double decibels() {
            yuv.toI420(rgba, PixelFormat.RGBA, original, 0, HEIGHT);
            double squares = 0;
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                double error = (original.y().get(JAVA_BYTE, i) & 255) - (seen[i] & 255);
                squares += error * error;
            }
            return 10 * Math.log10(255 * 255 / Math.max(1e-9, squares / (WIDTH * HEIGHT)));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d frames, largest %d bytes, at most %d in a second, longest wait %.0f ms, %.1f dB, sharp %b",
                    frames, largest, mostInSecond, longestWaitMillis, decibels(), encoder.isSharp());
        }

        void assertCarried() {
            assertTrue(largest <= Math.max(16_000, kilobits * 1000 / 8 / 4), "a picture is too large: " + this);
            assertTrue(mostInSecond <= kilobits * 1000 / 8 * 1.45, "a second is too large: " + this);
            assertTrue(longestWaitMillis <= 650, "the network is behind: " + this);
        }

        @Override
        public void close() throws Exception {
            encoder.close();
            decoder.close();
            arena.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"2000, 3500, 9000", "1000, 7000, 16000", "4000, 2000, 5000"})
    void aStillDitheredScreenComesInSightAtOnceAndSharpensAsTheRateAllows(
            int kilobits, int goodMillis, int sharpMillis) throws Throwable {
        try (Viewer viewer = new Viewer(kilobits)) {
            dither(viewer.rgba, 0);
            long begin = millis;
            viewer.picture(true);
            assertTrue(viewer.frames == 1 && viewer.encoded.keyFrame(), "nothing to see: " + viewer);
            double before = viewer.decibels();
            long good = 0;
            StringBuilder course = new StringBuilder();
            while (!viewer.encoder.isSharp() && millis - begin < sharpMillis) {
                viewer.picture(false);
                double now = viewer.decibels();
                if ((millis - begin) / STEP_MILLIS % 15 == 0) {
                    course.append(String.format(Locale.ROOT, " %.1f s %.1f dB,", (millis - begin) / 1e3, now));
                }
                if (good == 0 && now > 20) {
                    good = millis - begin;
                }
                assertTrue(now > before - 0.5, "it got worse: " + course + viewer);
                before = now;
            }
            System.out.println("dither at " + kilobits + " kbit/s:" + course + " " + viewer);
            viewer.assertCarried();
            assertTrue(good > 0 && good <= goodMillis, "20 dB after " + good + " ms:" + course + viewer);
            assertTrue(viewer.encoder.isSharp(), "not sharp:" + course + viewer);
            assertTrue(viewer.decibels() > 38, "not sharp:" + course + viewer);
        }
    }

    @Test
    void aScreenWhoseDitherChangesWithEveryPictureIsShownLessOften() throws Throwable {
        try (Viewer viewer = new Viewer(2_000)) {
            for (int i = 0; i < 150; i++) {
                dither(viewer.rgba, i);
                viewer.picture(true);
            }
            System.out.println("dither in motion: " + viewer);
            viewer.assertCarried();
            assertTrue(viewer.frames >= 15, "the picture stands still: " + viewer);
            // The last one is made up for, though nothing changes any more.
            for (int i = 0; i < 300 && !viewer.encoder.isSharp(); i++) {
                viewer.picture(false);
            }
            assertTrue(viewer.encoder.isSharp() && viewer.decibels() > 38, "not sharp: " + viewer);
        }
    }

    @Test
    void aPointerMovesWhileTheScreenSharpens() throws Throwable {
        try (Viewer viewer = new Viewer(2_000)) {
            dither(viewer.rgba, 0);
            viewer.picture(true);
            assertTrue(viewer.encoded.keyFrame());
            int keyFrames = 0;
            for (int i = 1; i <= 120; i++) {
                dither(viewer.rgba, 0);
                square(viewer.rgba, i * 7, 100 + i * 3);
                int frames = viewer.frames;
                viewer.picture(true);
                keyFrames += viewer.frames > frames && viewer.encoded.keyFrame() ? 1 : 0;
            }
            System.out.println("dither and a pointer: " + viewer + ", more key frames: " + keyFrames);
            viewer.assertCarried();
            assertTrue(keyFrames <= 1, "begun anew with " + keyFrames + " key frames");
            assertTrue(viewer.frames >= 60, "the pointer stutters: " + viewer);
            assertTrue(viewer.decibels() > 15, "detail is missing: " + viewer);
            for (int i = 0; i < 300 && !viewer.encoder.isSharp(); i++) {
                viewer.picture(false);
            }
            assertTrue(viewer.encoder.isSharp() && viewer.decibels() > 38, "not sharp: " + viewer);
        }
    }

    @Test
    void anOrdinaryScreenLosesNoPicture() throws Throwable {
        try (Viewer viewer = new Viewer(2_000)) {
            viewer.rgba.fill((byte) 0xe0);
            for (int i = 0; i < 200; i++) {
                viewer.rgba.fill((byte) 0xe0);
                square(viewer.rgba, i * 4, 300);
                viewer.picture(true);
            }
            assertEquals(200, viewer.frames, viewer.toString());
            viewer.assertCarried();
        }
    }
}
