package org.macemu.webrtc.media.input;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.media.capture.VideoStatus;

/**
 * Turns the input messages of viewers into those of the emulator, and knows which viewer holds what: a key goes down
 * once and up once however often a browser says so, and everything a viewer holds is released when it leaves.
 *
 * <p>Called by the threads of any lane and of signalling; the router's own monitor orders them, held for microseconds.
 * Whoever moves the controls from one viewer to another holds it too, so that no key of the first arrives after its
 * keys were released.
 */
public final class InputRouter {

    /** Longest input message of a viewer, bytes. */
    public static final int MAX_MESSAGE_BYTES = 1024;

    private static final Pattern RELEASE_ALL =
            Pattern.compile("\\s*\\{\\s*\"type\"\\s*:\\s*\"release_all\"\\s*}\\s*");

    /** Decides, under the router's monitor, whose input goes on to the emulator. */
    @FunctionalInterface
    public interface Gate {
        boolean admits(String viewer);
    }

    private record HeldKey(int code, int location) {}

    private static final class Held {
        private final Set<HeldKey> keys = new HashSet<>();
        private final Set<Integer> buttons = new HashSet<>();
    }

    private final Consumer<Input> emulator;
    private volatile Gate gate = viewer -> true;
    private final Supplier<VideoStatus> screen;
    private final Map<String, Held> held = new HashMap<>();
    private int pointerX;
    private int pointerY;

    /**
     * The viewer that last moved the pointer by a distance, null when it was moved to a place. A browser with a locked
     * pointer does not know where the Mac's pointer is: the place in its button messages is none, and following it would
     * make the pointer jump.
     */
    private String relative;

    /**
     * @param emulator takes messages without blocking
     * @param screen the size that coordinates are bounded by
     */
    public InputRouter(Consumer<Input> emulator, Supplier<VideoStatus> screen) {
        this.emulator = emulator;
        this.screen = screen;
    }

    /** Sets who decides; everybody is admitted until then. */
    public void gate(Gate newGate) {
        gate = newGate;
    }

    /**
     * Routes one message of a viewer.
     *
     * @param json as documented at {@code Input} in signaling.proto; hostile
     * @return false when the viewer does not hold the controls; the message went nowhere
     * @throws ControlProtocolException when it is no input message; says what was found and expected
     */
    public boolean route(String viewer, String json) throws ControlProtocolException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_MESSAGE_BYTES) {
            throw new ControlProtocolException(
                    "An input message of " + bytes.length + " bytes: at most " + MAX_MESSAGE_BYTES);
        }
        if (RELEASE_ALL.matcher(json).matches()) {
            releaseAll(viewer);
            return true;
        }
        Input input = ControlCodec.decodeInput(bytes);
        synchronized (this) {
            if (!gate.admits(viewer)) {
                return false;
            }
            Held mine = held.computeIfAbsent(viewer, v -> new Held());
            switch (input) {
                case Key k -> {
                    HeldKey key = new HeldKey(k.code(), k.location());
                    if (k.pressed() ? mine.keys.add(key) : mine.keys.remove(key)) {
                        emulator.accept(k);
                    }
                }
                case MouseButton b -> {
                    if (b.pressed() ? mine.buttons.add(b.button()) : mine.buttons.remove(b.button())) {
                        emulator.accept(button(viewer, b));
                    }
                }
                case MouseMove m -> {
                    relative = null;
                    moveTo(m.x(), m.y());
                    emulator.accept(new MouseMove(pointerX, pointerY));
                }
                case MouseMoveRelative m -> {
                    relative = viewer;
                    moveTo(pointerX + m.dx(), pointerY + m.dy());
                    emulator.accept(m);
                }
                case MouseWheel w -> emulator.accept(w);
            }
            return true;
        }
    }

    /** Releases every key and button that the viewer holds; it is asked for, lost the controls, or left. */
    public synchronized void releaseAll(String viewer) {
        Held mine = held.remove(viewer);
        if (mine == null) {
            return;
        }
        for (HeldKey key : mine.keys) {
            emulator.accept(new Key(key.code, false, false, false, false, false, key.location));
        }
        for (int button : mine.buttons) {
            emulator.accept(new MouseButton(pointerX, pointerY, button, false));
        }
    }

    /** A new emulator has nothing down. */
    public synchronized void forget() {
        held.clear();
        relative = null;
    }

    private MouseButton button(String viewer, MouseButton b) {
        if (!viewer.equals(relative)) {
            moveTo(b.x(), b.y());
            if (relative != null) {
                // Emulators follow a place again once the pointer was moved to one.
                relative = null;
                emulator.accept(new MouseMove(pointerX, pointerY));
            }
        }
        return new MouseButton(pointerX, pointerY, b.button(), b.pressed());
    }

    private void moveTo(int x, int y) {
        VideoStatus s = screen.get();
        pointerX = Math.clamp(x, 0, s.width() > 0 ? s.width() - 1 : Short.MAX_VALUE);
        pointerY = Math.clamp(y, 0, s.height() > 0 ? s.height() - 1 : Short.MAX_VALUE);
    }
}
