package org.macemu.webrtc.media.lane.adaptive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoBufferConverter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.media.lane.shared.ffm.I420Picture;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;

/** The same colours come out of every pixel format, on both lanes. */
class PixelFormatTest {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    private static AudioDeviceModule devices;
    private static PeerConnectionFactory factory;

    /** libwebrtc is loaded by its factory. */
    @BeforeAll
    static void load() {
        devices = new AudioDeviceModule(AudioLayer.kDummyAudio);
        factory = new PeerConnectionFactory(devices);
    }

    @AfterAll
    static void dispose() {
        factory.dispose();
        devices.dispose();
    }

    /** Left half red, the rest of many colours; alpha is noise. */
    private static MemorySegment picture(Arena arena, PixelFormat format) {
        MemorySegment pixels = arena.allocate(WIDTH * HEIGHT * 4L, 64);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean red = x < WIDTH / 2;
                int[] rgba = {red ? 255 : x * 3, red ? 0 : y * 5, red ? 0 : x + y * 2, x * 31 + y};
                for (int i = 0; i < 4; i++) {
                    long at = 4L * (y * WIDTH + x) + format.name().indexOf("RGBA".charAt(i));
                    pixels.set(ValueLayout.JAVA_BYTE, at, (byte) rgba[i]);
                }
            }
        }
        return pixels;
    }

    private static byte[] shared(PixelFormat format) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            I420Picture target = new I420Picture(arena, WIDTH, HEIGHT);
            LibYuv.load().toI420(picture(arena, format), format, target, 0, HEIGHT);
            return target.data().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static byte[] adaptive(PixelFormat format) throws Exception {
        NativeI420Buffer target = NativeI420Buffer.allocate(WIDTH, HEIGHT);
        try (Arena arena = Arena.ofShared()) {
            VideoBufferConverter.convertToI420(
                    picture(arena, format).asByteBuffer(), target, AdaptiveLane.fourCc(format));
            ByteBuffer all = ByteBuffer.allocate(WIDTH * HEIGHT * 3 / 2);
            plane(all, target.getDataY(), target.getStrideY(), WIDTH, HEIGHT);
            plane(all, target.getDataU(), target.getStrideU(), WIDTH / 2, HEIGHT / 2);
            plane(all, target.getDataV(), target.getStrideV(), WIDTH / 2, HEIGHT / 2);
            return all.array();
        } finally {
            target.release();
        }
    }

    private static void plane(ByteBuffer to, ByteBuffer from, int stride, int width, int height) {
        for (int y = 0; y < height; y++) {
            to.put(from.slice(y * stride, width));
        }
    }

    /** Each format has a function of its own, which may round otherwise on another processor. */
    private static void assertAlike(byte[] expected, byte[] planes, String lane) {
        assertEquals(expected.length, planes.length, lane);
        for (int i = 0; i < planes.length; i++) {
            assertEquals(expected[i] & 0xFF, planes[i] & 0xFF, 2.0, lane + ", byte " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void redIsRedAndTheRestIsWhatItIs(PixelFormat format) throws Exception {
        byte[] planes = shared(format);
        // BT.601, limited range: 16 + 65.5, 128 - 37.8, 128 + 112; libyuv rounds by one.
        assertEquals(82, planes[0] & 0xFF, 1.0, "Y");
        assertEquals(90, planes[WIDTH * HEIGHT] & 0xFF, 1.0, "U");
        assertEquals(240, planes[WIDTH * HEIGHT * 5 / 4] & 0xFF, 1.0, "V");
        assertAlike(shared(PixelFormat.RGBA), planes, "shared lane");
        assertAlike(adaptive(PixelFormat.RGBA), adaptive(format), "adaptive lane");
        assertEquals(82, adaptive(format)[0] & 0xFF, 1.0, "Y of the adaptive lane");
        assertEquals(240, adaptive(format)[WIDTH * HEIGHT * 5 / 4] & 0xFF, 1.0, "V of the adaptive lane");
    }
}
