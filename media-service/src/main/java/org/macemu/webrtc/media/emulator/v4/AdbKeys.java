package org.macemu.webrtc.media.emulator.v4;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * From a browser's {@code keyCode} and {@code location} to the code of the Apple Desktop Bus: the keys of Apple's extended
 * keyboard. Synonyms are what Firefox calls the same keys.
 */
final class AdbKeys {

    private static final int RIGHT = 2;
    private static final int KEYPAD = 3;

    /** Letters from keyCode 65 on, in the alphabet's order. */
    private static final int[] LETTERS = {
        0x00, 0x0b, 0x08, 0x02, 0x0e, 0x03, 0x05, 0x04, 0x22, 0x26, 0x28, 0x25, 0x2e,
        0x2d, 0x1f, 0x23, 0x0c, 0x0f, 0x01, 0x11, 0x20, 0x09, 0x0d, 0x07, 0x10, 0x06
    };

    /** Digits from keyCode 48 on. */
    private static final int[] DIGITS = {0x1d, 0x12, 0x13, 0x14, 0x15, 0x17, 0x16, 0x1a, 0x1c, 0x19};

    /** The keypad's digits from keyCode 96 on, then * + separator - . /. */
    private static final int[] KEYPAD_KEYS = {
        0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5b, 0x5c, 0x43, 0x45, 0x41, 0x4e, 0x41, 0x4b
    };

    /** F1 from keyCode 112 on, to F15. */
    private static final int[] FUNCTION_KEYS = {
        0x7a, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6d, 0x67, 0x6f, 0x69, 0x6b, 0x71
    };

    /** keyCode and ADB code of the others. */
    private static final int[][] OTHERS = {
        {8, 0x33}, {9, 0x30}, {12, 0x47}, {13, 0x24}, {16, 0x38}, {17, 0x36}, {18, 0x3a}, {19, 0x71}, {20, 0x39},
        {27, 0x35}, {32, 0x31}, {33, 0x74}, {34, 0x79}, {35, 0x77}, {36, 0x73}, {37, 0x3b}, {38, 0x3e}, {39, 0x3c},
        {40, 0x3d}, {44, 0x69}, {45, 0x72}, {46, 0x75}, {47, 0x72}, {59, 0x29}, {60, 0x0a}, {61, 0x18}, {91, 0x37},
        {92, 0x37}, {93, 0x37}, {144, 0x47}, {145, 0x6b}, {152, 0x7f}, {173, 0x1b}, {186, 0x29}, {187, 0x18},
        {188, 0x2b}, {189, 0x1b}, {190, 0x2f}, {191, 0x2c}, {192, 0x32}, {219, 0x21}, {220, 0x2a}, {221, 0x1e},
        {222, 0x27}, {223, 0x32}, {224, 0x37}, {225, 0x7c}, {226, 0x0a}
    };

    /** keyCode and ADB code where the right key of a pair has a code of its own. */
    private static final int[][] RIGHT_KEYS = {{16, 0x7b}, {17, 0x7d}, {18, 0x7c}};

    /** keyCode and ADB code of keypad keys that are numbered like another: without Num Lock, and Enter and =. */
    private static final int[][] ON_KEYPAD = {
        {12, 0x57}, {13, 0x4c}, {33, 0x5c}, {34, 0x55}, {35, 0x53}, {36, 0x59}, {37, 0x56}, {38, 0x5b}, {39, 0x58},
        {40, 0x54}, {45, 0x52}, {46, 0x41}, {61, 0x51}, {187, 0x51}
    };

    private static final int NONE = -1;
    private static final int[] ANYWHERE = new int[256];
    private static final Map<Integer, Integer> RIGHT_ONLY = new HashMap<>();
    private static final Map<Integer, Integer> KEYPAD_ONLY = new HashMap<>();

    static {
        Arrays.fill(ANYWHERE, NONE);
        System.arraycopy(LETTERS, 0, ANYWHERE, 65, LETTERS.length);
        System.arraycopy(DIGITS, 0, ANYWHERE, 48, DIGITS.length);
        System.arraycopy(KEYPAD_KEYS, 0, ANYWHERE, 96, KEYPAD_KEYS.length);
        System.arraycopy(FUNCTION_KEYS, 0, ANYWHERE, 112, FUNCTION_KEYS.length);
        for (int[] key : OTHERS) {
            ANYWHERE[key[0]] = key[1];
        }
        for (int[] key : RIGHT_KEYS) {
            RIGHT_ONLY.put(key[0], key[1]);
        }
        for (int[] key : ON_KEYPAD) {
            KEYPAD_ONLY.put(key[0], key[1]);
        }
    }

    private AdbKeys() {}

    /** The code, or empty for a key that a Mac does not have. */
    static OptionalInt code(int keyCode, int location) {
        int anywhere = keyCode >= 0 && keyCode < ANYWHERE.length ? ANYWHERE[keyCode] : NONE;
        int code =
                switch (location) {
                    case RIGHT -> RIGHT_ONLY.getOrDefault(keyCode, anywhere);
                    case KEYPAD -> KEYPAD_ONLY.getOrDefault(keyCode, anywhere);
                    default -> anywhere;
                };
        return code == NONE ? OptionalInt.empty() : OptionalInt.of(code);
    }
}
