package org.macemu.webrtc.media.emulator.v4;

import java.util.List;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;

/**
 * Says in messages of protocol v4 what a person does. Remembers what v4 wants to be told with every message: which
 * buttons are down, and whether the pointer goes by places or by distances. One per connection; its owner locks.
 */
final class V4Input {

    /** A browser numbers left, middle, right; v4 has a bit for each of left, right, middle. */
    private static final int[] BUTTON_BITS = {1, 4, 2};

    private int buttons;
    private boolean relative;
    private boolean modeKnown;

    /** The messages that say it; none for what v4 has no words for: wheels, and keys that no Mac has. */
    List<V4Message> translate(Input input) {
        return switch (input) {
            case Key k -> AdbKeys.code(k.code(), k.location())
                    .stream()
                    .mapToObj(code -> (V4Message) new V4Message.Key(code, k.pressed()))
                    .toList();
            case MouseMove m -> pointer(false, m.x(), m.y(), false);
            case MouseMoveRelative m -> pointer(true, m.dx(), m.dy(), false);
            case MouseButton b -> {
                int bit = BUTTON_BITS[b.button()];
                buttons = b.pressed() ? buttons | bit : buttons & ~bit;
                // After distances the place in the message is a guess: following it would make the pointer jump.
                yield relative ? pointer(true, 0, 0, true) : pointer(false, b.x(), b.y(), true);
            }
            case MouseWheel w -> List.of();
        };
    }

    private List<V4Message> pointer(boolean byDistance, int x, int y, boolean click) {
        V4Message moved = new V4Message.Mouse(!byDistance, x, y, buttons, click);
        if (modeKnown && relative == byDistance) {
            return List.of(moved);
        }
        modeKnown = true;
        relative = byDistance;
        return List.of(new V4Message.MouseMode(byDistance), moved);
    }
}
