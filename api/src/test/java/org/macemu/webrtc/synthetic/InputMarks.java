package org.macemu.webrtc.synthetic;

import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;

/**
 * Shows the input in the picture, so that a browser's test can see it come back. Pixels are those of the Mac's screen.
 *
 * <pre>
 *   x     8 .. 31          40 .. 63          72 ..
 *       +---------+      +---------+      +---------------+
 * y 40  | button  |      |   key   |      | KEY 65        |   the number of the last key, letters of 10 x 14 pixels
 *   63  +---------+      +---------+      +---------------+   on white, 120 x 24 pixels
 * </pre>
 *
 * <ul>
 *   <li><b>button</b>: {@link #RED} while a button is down, {@link #GREY} otherwise. The outermost pixels of the
 *       square are black; measure its inner 16 x 16 pixels.
 *   <li><b>key</b>: white before the first key; {@link #keyColor} of the last key while it is down, black after it
 *       went up.
 *   <li><b>pointer</b>: an arrow of 12 x 17 pixels, black with a white outline, its tip at the last position of the
 *       mouse; none before the first. It lies above everything, the bar code too.
 * </ul>
 *
 * {@link #received} is called by the control connection's thread, everything else by the thread that draws.
 */
final class InputMarks {

    static final int TOP = 40;
    static final int SIDE = 24;
    static final int BUTTON_LEFT = 8;
    static final int KEY_LEFT = 40;
    static final int TEXT_LEFT = 72;
    static final int TEXT_WIDTH = 120;
    static final int RED = 0xE00000;
    static final int GREY = 0x808080;

    private static final int POINTER_WIDTH = 12;
    private static final String[] POINTER = {
        "#...........",
        "##..........",
        "#o#.........",
        "#oo#........",
        "#ooo#.......",
        "#oooo#......",
        "#ooooo#.....",
        "#oooooo#....",
        "#ooooooo#...",
        "#oooooooo#..",
        "#oooooo#####",
        "#ooo#oo#....",
        "#oo##oo#....",
        "#o#..#oo#...",
        "##...#oo#...",
        "#.....#oo#..",
        "......####..",
    };

    /** What the marks show. */
    private record State(int x, int y, int buttons, int keyCode, boolean keyDown) {}

    private static final State NOTHING = new State(-1, -1, 0, 0, false);

    private final Canvas beneath = new Canvas(POINTER_WIDTH, POINTER.length);
    private volatile State state = NOTHING;
    private int pointerX = -1;
    private int pointerY;

    /** {@code 0xRRGGBB} of a key: each bit of the colour is a bit of the code, so that neighbours differ clearly. */
    static int keyColor(int code) {
        int red = (code & 1) * 160 + (code >> 3 & 1) * 60;
        int green = (code >> 1 & 1) * 160 + (code >> 4 & 1) * 60;
        int blue = (code >> 2 & 1) * 160 + (code >> 5 & 1) * 60;
        return red << 16 | green << 8 | blue;
    }

    void received(Input input, int width, int height) {
        State s = state;
        state = switch (input) {
            case MouseMove m -> at(s, m.x(), m.y(), width, height);
            case MouseMoveRelative m -> at(s, s.x + m.dx(), s.y + m.dy(), width, height);
            case MouseButton m -> {
                int bit = 1 << m.button();
                State moved = at(s, m.x(), m.y(), width, height);
                yield new State(
                        moved.x, moved.y, m.pressed() ? s.buttons | bit : s.buttons & ~bit, s.keyCode, s.keyDown);
            }
            case Key k -> new State(s.x, s.y, s.buttons, k.code(), k.pressed());
            case MouseWheel w -> s;
        };
    }

    private static State at(State s, int x, int y, int width, int height) {
        return new State(
                Math.clamp(x, 0, width - 1), Math.clamp(y, 0, height - 1), s.buttons, s.keyCode, s.keyDown);
    }

    void reset() {
        state = NOTHING;
    }

    /** Takes the pointer away, so that the scene finds its own pixels. */
    void lift(Canvas canvas) {
        if (pointerX >= 0) {
            canvas.blit(beneath, pointerX, pointerY);
            pointerX = -1;
        }
    }

    /** Draws all marks; the pointer was lifted before. */
    void draw(Canvas canvas) {
        State s = state;
        square(canvas, BUTTON_LEFT, s.buttons != 0 ? RED : GREY);
        square(canvas, KEY_LEFT, s.keyCode == 0 ? 0xFFFFFF : s.keyDown ? keyColor(s.keyCode) : 0);
        if (s.keyCode != 0) {
            canvas.fill(TEXT_LEFT, TOP, TEXT_WIDTH, SIDE, Canvas.WHITE);
            BitmapFont.draw(canvas, TEXT_LEFT + 4, TOP + 5, "KEY " + s.keyCode, Canvas.BLACK, 2);
        }
        if (s.x >= 0) {
            pointer(canvas, Math.min(s.x, canvas.width() - 1), Math.min(s.y, canvas.height() - 1));
        }
    }

    private static void square(Canvas canvas, int left, int color) {
        canvas.fill(left, TOP, SIDE, SIDE, Canvas.rgb(color));
        canvas.frame(left, TOP, SIDE, SIDE, Canvas.BLACK);
    }

    private void pointer(Canvas canvas, int x, int y) {
        beneath.blit(canvas, x, y, POINTER_WIDTH, POINTER.length, 0, 0);
        pointerX = x;
        pointerY = y;
        for (int row = 0; row < POINTER.length; row++) {
            for (int column = 0; column < POINTER_WIDTH; column++) {
                switch (POINTER[row].charAt(column)) {
                    case '#' -> canvas.fill(x + column, y + row, 1, 1, Canvas.WHITE);
                    case 'o' -> canvas.fill(x + column, y + row, 1, 1, Canvas.BLACK);
                    default -> {}
                }
            }
        }
    }
}
