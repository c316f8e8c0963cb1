package org.macemu.webrtc.media.emulator.v4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.macemu.webrtc.media.control.MessageWriter;

/**
 * What the server sends in protocol v4: little-endian, each message of a fixed size.
 *
 * <pre>
 *  byte   0      1       2      4
 *        +------+-------+------+-----------------------------------------------------------------------+
 *        | type | flags | 0    | key (1)           u8 ADB code, u8 modifiers, u16 0                    |
 *        |  u8  |  u8   | u16  | mouse (2)         i16 x, i16 y, u8 buttons, 7 x 0, f64 milliseconds   |
 *        |      |       |      | command (3)       u8 command, 3 x 0                                   |
 *        |      |       |      | sound request (5) u32 samples                                         |
 *        |      |       |      | mouse mode (6)    u8 1 relative, 0 absolute, 3 x 0                    |
 *        +------+-------+------+-----------------------------------------------------------------------+
 * </pre>
 */
sealed interface V4Message {

    int COMMAND_START = 1;
    int COMMAND_STOP = 2;
    int COMMAND_RESET = 3;

    byte KEY_DOWN = 1;
    byte ABSOLUTE = 0x10;

    /** A key. @param code of the Apple Desktop Bus, 0 to 127 */
    record Key(int code, boolean pressed) implements V4Message {
        @Override
        public byte[] bytes() {
            // The modifiers are keys of their own; no emulator reads the flags beside them.
            return message(8, 1, pressed ? KEY_DOWN : 0).put((byte) code).array();
        }
    }

    /**
     * Pointer and buttons.
     *
     * @param absolute whether x and y are a place, or a distance
     * @param buttons those that are down: 1 left, 2 right, 4 middle
     * @param click whether one of them went down or up just here
     */
    record Mouse(boolean absolute, int x, int y, int buttons, boolean click) implements V4Message {
        @Override
        public byte[] bytes() {
            return message(24, 2, absolute ? ABSOLUTE : 0)
                    .putShort((short) x)
                    .putShort((short) y)
                    .put((byte) buttons)
                    .putDouble(16, System.nanoTime() / (double) TimeUnit.MILLISECONDS.toNanos(1))
                    .array();
        }
    }

    /** Start, stop or reset. */
    record Command(int command) implements V4Message {
        @Override
        public byte[] bytes() {
            return message(8, 3, 0).put((byte) command).array();
        }
    }

    /** Asks for 20 ms of sound. */
    record SoundRequest() implements V4Message {

        private static final int SAMPLES_AT_48_KHZ = 960;

        @Override
        public byte[] bytes() {
            return message(8, 5, 0).putInt(SAMPLES_AT_48_KHZ).array();
        }
    }

    /** Whether the next pointer messages are distances. */
    record MouseMode(boolean relative) implements V4Message {
        @Override
        public byte[] bytes() {
            return message(8, 6, 0).put((byte) (relative ? 1 : 0)).array();
        }
    }

    /** The message as it is sent. */
    byte[] bytes();

    private static ByteBuffer message(int size, int type, int flags) {
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) 0);
    }

    /**
     * How they wait: the last place counts, distances add up, and one request for sound is enough. A click stays where
     * it was.
     */
    final class Format implements MessageWriter.Format<V4Message> {

        @Override
        public byte[] encode(V4Message message) {
            return message.bytes();
        }

        @Override
        public V4Message merge(V4Message waiting, V4Message next) {
            if (next instanceof SoundRequest && waiting instanceof SoundRequest) {
                return next;
            }
            if (next instanceof Mouse n
                    && waiting instanceof Mouse w
                    && n.absolute == w.absolute
                    && n.buttons == w.buttons
                    && !w.click) {
                return n.absolute ? n : new Mouse(false, bound(w.x + n.x), bound(w.y + n.y), n.buttons, n.click);
            }
            return null;
        }

        private static int bound(int distance) {
            return Math.clamp(distance, Short.MIN_VALUE, Short.MAX_VALUE);
        }

        @Override
        public boolean isInput(V4Message message) {
            return message instanceof Key || message instanceof Mouse;
        }
    }
}
