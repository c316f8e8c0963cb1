package org.macemu.webrtc.media.input;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.media.capture.VideoStatus;

/** Input of two hostile viewers, a message a line: whatever they send, nothing is down once both are released. */
public final class InputFuzz {

    private InputFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Set<String> down = new HashSet<>();
        InputRouter router = new InputRouter(
                input -> {
                    switch (input) {
                        case Key k -> change(down, "key " + k.code() + "/" + k.location(), k.pressed());
                        case MouseButton b -> {
                            change(down, "button " + b.button(), b.pressed());
                            inside(b.x(), b.y());
                        }
                        default -> {
                            // Moves hold nothing.
                        }
                    }
                },
                () -> new VideoStatus(640, 480, 60, 1, ""));
        int number = 0;
        for (String line : new String(data, StandardCharsets.UTF_8).split("\n")) {
            // Hand-overs are the audience's; here each viewer has its turn and is released.
            String viewer = "v" + (number++ / 8 & 1);
            if (number % 8 == 0) {
                router.releaseAll(viewer);
            }
            try {
                router.route(viewer, line);
            } catch (ControlProtocolException e) {
                if (e.getMessage().isBlank()) {
                    throw new AssertionError("no reason", e);
                }
            }
        }
        router.releaseAll("v0");
        router.releaseAll("v1");
        if (!down.isEmpty()) {
            throw new AssertionError("still down: " + down);
        }
    }

    private static void change(Set<String> down, String what, boolean pressed) {
        if (pressed) {
            down.add(what);
        } else {
            down.remove(what);
        }
    }

    private static void inside(int x, int y) {
        if (x < 0 || x >= 640 || y < 0 || y >= 480) {
            throw new AssertionError("clicked at " + x + ", " + y);
        }
    }
}
