package org.macemu.webrtc.system;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys a visitor can press, as browsers report them: {@code KeyboardEvent.code}, the legacy {@code keyCode} of a US
 * board (UI Events, appendix on legacy key attributes; Windows virtual-key codes for the rest), and {@code location}.
 * Written independently of the page's own table, which is compared with it.
 */
final class BrowserKeys {

    /**
     * A key.
     *
     * @param number what the emulator receives as {@code code}
     * @param location 0 standard, 1 left, 2 right, 3 keypad
     */
    record BrowserKey(String code, int number, int location) {

        /** The bit of this modifier in the debugging protocol's events: 1 Alt, 2 Control, 4 Meta, 8 Shift; else 0. */
        int modifierFlag() {
            return switch (code) {
                case "AltLeft", "AltRight" -> 1;
                case "ControlLeft", "ControlRight" -> 2;
                case "MetaLeft", "MetaRight" -> 4;
                case "ShiftLeft", "ShiftRight" -> 8;
                default -> 0;
            };
        }
    }

    private static final String NAMED = """
            Backspace 8 0, Tab 9 0, Enter 13 0, Pause 19 0, CapsLock 20 0, Escape 27 0, Space 32 0,
            PageUp 33 0, PageDown 34 0, End 35 0, Home 36 0, ArrowLeft 37 0, ArrowUp 38 0, ArrowRight 39 0,
            ArrowDown 40 0, PrintScreen 44 0, Insert 45 0, Delete 46 0, ScrollLock 145 0, Power 152 0,
            ShiftLeft 16 1, ShiftRight 16 2, ControlLeft 17 1, ControlRight 17 2, AltLeft 18 1, AltRight 18 2,
            MetaLeft 91 1, MetaRight 92 2,
            NumLock 144 3, NumpadMultiply 106 3, NumpadAdd 107 3, NumpadSubtract 109 3, NumpadDecimal 110 3,
            NumpadDivide 111 3, NumpadEnter 13 3, NumpadEqual 187 3,
            Semicolon 186 0, Equal 187 0, Comma 188 0, Minus 189 0, Period 190 0, Slash 191 0, Backquote 192 0,
            BracketLeft 219 0, Backslash 220 0, BracketRight 221 0, Quote 222 0, IntlBackslash 226 0
            """;

    private BrowserKeys() {}

    static List<BrowserKey> all() {
        List<BrowserKey> keys = new ArrayList<>();
        for (char letter = 'A'; letter <= 'Z'; letter++) {
            keys.add(new BrowserKey("Key" + letter, letter, 0));
        }
        for (int digit = 0; digit <= 9; digit++) {
            keys.add(new BrowserKey("Digit" + digit, '0' + digit, 0));
            keys.add(new BrowserKey("Numpad" + digit, 96 + digit, 3));
        }
        for (int f = 1; f <= 12; f++) {
            keys.add(new BrowserKey("F" + f, 111 + f, 0));
        }
        for (String row : NAMED.strip().split(",\\s*")) {
            String[] words = row.split(" ");
            keys.add(new BrowserKey(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2])));
        }
        return keys;
    }

    static BrowserKey of(String code) {
        return all().stream()
                .filter(key -> key.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No key " + code));
    }
}
