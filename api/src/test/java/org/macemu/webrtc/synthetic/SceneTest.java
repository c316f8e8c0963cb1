package org.macemu.webrtc.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;

/** Drawing only what changed must end in the same picture as drawing everything. */
class SceneTest {

    private static final long FRAME_NANOS = 16_666_667;

    @ParameterizedTest
    @EnumSource(SceneKind.class)
    void whatIsDrawnStepByStepIsWhatIsDrawnAtOnce(SceneKind kind) {
        Canvas stepped = new Canvas(322, 241);
        Scene scene = kind.create(322, 241);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffers = arena.allocate(3L * 322 * 241 * 4);
            for (int frame = 0; frame < 200; frame++) {
                scene.draw(stepped, frame * FRAME_NANOS);
                MemorySegment buffer = buffers.asSlice(frame % 3 * 322L * 241 * 4, 322L * 241 * 4);
                stepped.copyTo(buffer, frame % 3);
                if (frame % 20 == 19) {
                    Canvas fresh = new Canvas(322, 241);
                    kind.create(322, 241).draw(fresh, frame * FRAME_NANOS);
                    assertArrayEquals(fresh.pixels(), stepped.pixels(), "frame " + frame);
                    assertArrayEquals(
                            fresh.pixels(),
                            buffer.toArray(ValueLayout.JAVA_INT_UNALIGNED),
                            "buffer " + frame % 3 + " at frame " + frame);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = SceneKind.class, names = "DESKTOP", mode = EnumSource.Mode.EXCLUDE)
    void whatMovesMoves(SceneKind kind) {
        Canvas canvas = new Canvas(640, 480);
        Scene scene = kind.create(640, 480);
        scene.draw(canvas, 0);
        int[] before = canvas.pixels().clone();
        scene.draw(canvas, 10 * FRAME_NANOS);
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            changed += before[i] != canvas.pixels()[i] ? 1 : 0;
        }
        assertTrue(changed > (kind == SceneKind.MOTION ? before.length / 2 : 10), changed + " pixels changed");
    }

    @Test
    void theDitherIsOneBit() {
        Canvas canvas = new Canvas(640, 480);
        SceneKind.DITHER.create(640, 480).draw(canvas, 1_000_000_000);
        for (int pixel : canvas.pixels()) {
            assertTrue(pixel == Canvas.BLACK || pixel == Canvas.WHITE);
        }
    }

    /** No size breaks a scene, its code or its marks. */
    @ParameterizedTest
    @CsvSource({"1,1", "3,700", "700,3", "17,17", "321,33", "1366,769", "1920,1080"})
    void anySizeIsDrawn(int width, int height) {
        for (SceneKind kind : SceneKind.values()) {
            Canvas canvas = new Canvas(width, height);
            Scene scene = kind.create(width, height);
            InputMarks marks = new InputMarks();
            marks.received(new MouseMove(32_767, -32_768), width, height);
            for (int frame = 0; frame < 3; frame++) {
                marks.lift(canvas);
                scene.draw(canvas, frame * 10 * FRAME_NANOS);
                BarCode.encode(canvas, 1);
                marks.draw(canvas);
            }
            for (int pixel : canvas.pixels()) {
                assertEquals(0xFF, pixel >>> 24, () -> kind + ": every pixel is drawn and opaque");
            }
        }
    }

    @Test
    void theMarksFollowTheInputAndLeaveNoTrace() {
        Canvas canvas = new Canvas(640, 480);
        SceneKind.DESKTOP.create(640, 480).draw(canvas, 0);
        int[] still = canvas.pixels().clone();
        InputMarks marks = new InputMarks();
        marks.received(new MouseMove(300, 300), 640, 480);
        marks.received(new MouseMoveRelative(-20, 15), 640, 480);
        marks.draw(canvas);
        assertEquals(Canvas.WHITE, canvas.pixel(280, 315));
        assertEquals(Canvas.BLACK, canvas.pixel(282, 320));
        assertEquals(Canvas.rgb(InputMarks.GREY), canvas.pixel(20, 52));
        assertEquals(Canvas.WHITE, canvas.pixel(52, 52));
        marks.lift(canvas);
        for (int y = 64; y < 480; y++) {
            for (int x = 0; x < 640; x++) {
                assertEquals(still[y * 640 + x], canvas.pixel(x, y));
            }
        }
        marks.received(new MouseButton(1, 1, 0, true), 640, 480);
        marks.received(new MouseButton(1, 1, 2, true), 640, 480);
        marks.received(new MouseButton(1, 1, 0, false), 640, 480);
        marks.received(new Key(66, true, false, false, false, false, 0), 640, 480);
        marks.draw(canvas);
        assertEquals(Canvas.rgb(InputMarks.RED), canvas.pixel(20, 52), "one of two buttons is still down");
        assertEquals(Canvas.rgb(InputMarks.keyColor(66)), canvas.pixel(52, 52));
        marks.lift(canvas);
        marks.received(new MouseButton(1, 1, 2, false), 640, 480);
        marks.received(new Key(66, false, false, false, false, false, 0), 640, 480);
        marks.draw(canvas);
        assertEquals(Canvas.rgb(InputMarks.GREY), canvas.pixel(20, 52));
        assertEquals(Canvas.BLACK, canvas.pixel(52, 52), "the key went up");
    }
}
