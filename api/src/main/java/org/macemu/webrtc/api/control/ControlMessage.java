package org.macemu.webrtc.api.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** One line on the control socket. */
public sealed interface ControlMessage {

    /** Value of {@code type} on the wire. */
    String type();

    /** What the server sends to the emulator. */
    sealed interface ToEmulator extends ControlMessage {}

    /** Input of a person; never answered. */
    sealed interface Input extends ToEmulator {}

    /** A request; answered by the emulator. */
    sealed interface Request extends ToEmulator {}

    /** What the emulator sends to the server. */
    sealed interface FromEmulator extends ControlMessage {}

    /** Pointer to a pixel of the Mac's screen. */
    record MouseMove(int x, int y) implements Input {
        @Override
        public String type() {
            return "mouse_move";
        }
    }

    /** Pointer by a distance in pixels, for a pointer that is locked in the browser. */
    record MouseMoveRelative(int dx, int dy) implements Input {
        @Override
        public String type() {
            return "mouse_move";
        }
    }

    /** @param button 0 left, 1 middle, 2 right */
    record MouseButton(int x, int y, int button, boolean pressed) implements Input {
        @Override
        public String type() {
            return "mouse_button";
        }
    }

    /** Lines scrolled; down and right are positive. */
    record MouseWheel(int dx, int dy) implements Input {
        @Override
        public String type() {
            return "mouse_wheel";
        }
    }

    /**
     * A key.
     *
     * @param code the browser's {@code KeyboardEvent.keyCode} number (65 = A)
     * @param location {@code KeyboardEvent.location}: 0 standard, 1 left, 2 right, 3 numeric keypad; absent on the
     *     wire when 0
     */
    record Key(int code, boolean pressed, boolean ctrl, boolean alt, boolean shift, boolean meta, int location)
            implements Input {
        @Override
        public String type() {
            return "key";
        }
    }

    /**
     * The server speaks first; sent to emulators of the first code of version 1 alone, and never answered.
     *
     * @param version of the protocol
     * @param videoShm shared-memory name of the picture
     * @param audioShm shared-memory name of the sound
     */
    record Hello(int version, String videoShm, String audioShm) implements ToEmulator {
        @Override
        public String type() {
            return "hello";
        }
    }

    /** Answered by {@link Config}. */
    record GetConfig() implements Request {
        @Override
        public String type() {
            return "get_config";
        }
    }

    /** Changes the preferences that are present and no other; answered by {@link Ack}. */
    record SetConfig(ObjectNode config) implements Request {
        @Override
        public String type() {
            return "set_config";
        }
    }

    /**
     * Answered by {@link Ack}.
     *
     * @param force without grace, as a Mac's reset button does; absent on the wire when false, and ignored by emulators
     *     that know nothing of it, which restart in their own way
     */
    record Restart(boolean force) implements Request {

        /** With grace. */
        public Restart() {
            this(false);
        }

        @Override
        public String type() {
            return "restart";
        }
    }

    /** Answered by {@link Ack}. */
    record Shutdown() implements Request {
        @Override
        public String type() {
            return "shutdown";
        }
    }

    /** Answered by {@link Storage}. */
    record GetStorage() implements Request {
        @Override
        public String type() {
            return "storage";
        }
    }

    /** Answered by {@link Log}; by an error where nobody keeps one. */
    record GetLog() implements Request {
        @Override
        public String type() {
            return "log";
        }
    }

    /**
     * What the emulator printed lately, and what became of it.
     *
     * @param lines the newest last
     */
    record Log(List<Line> lines) implements FromEmulator {

        /**
         * A line.
         *
         * @param time milliseconds since 1970
         * @param source {@code emulator} or {@code agent}
         */
        public record Line(long time, String source, String text) {}

        public Log {
            lines = List.copyOf(lines);
        }

        @Override
        public String type() {
            return "log";
        }
    }

    /** Answered by {@link Status}. */
    record GetStatus() implements Request {
        @Override
        public String type() {
            return "status";
        }
    }

    /** The preferences. */
    record Config(ObjectNode data) implements FromEmulator {
        @Override
        public String type() {
            return "config";
        }
    }

    /** File names in the ROM and image folders. */
    record Storage(List<String> roms, List<String> disks) implements FromEmulator {
        public Storage {
            roms = List.copyOf(roms);
            disks = List.copyOf(disks);
        }

        @Override
        public String type() {
            return "storage";
        }
    }

    /**
     * The emulator's state; also sent unasked.
     *
     * @param fields every field of the line but {@code type}, {@code running} and {@code fps} among them
     */
    record Status(boolean running, double fps, ObjectNode fields) implements FromEmulator {
        @Override
        public String type() {
            return "status";
        }
    }

    /** A request or a line was refused. Both sides send it. */
    record Error(String message) implements FromEmulator, ToEmulator {
        @Override
        public String type() {
            return "error";
        }
    }

    /** A request was carried out. */
    record Ack() implements FromEmulator {
        @Override
        public String type() {
            return "ack";
        }
    }
}
