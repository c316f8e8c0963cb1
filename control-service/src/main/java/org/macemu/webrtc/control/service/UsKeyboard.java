package org.macemu.webrtc.control.service;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The keys of a US board: from names and characters to the {@code KeyboardEvent.keyCode} numbers that the control
 * protocol carries. Stateless.
 */
final class UsKeyboard {

    /**
     * A key.
     *
     * @param code {@code KeyboardEvent.keyCode}
     * @param location {@code KeyboardEvent.location}: 0 standard, 1 left
     */
    record Key(int code, int location) {}

    /**
     * A character.
     *
     * @param shift whether Shift is held while the key is pressed
     */
    record Stroke(Key key, boolean shift) {}

    static final Key SHIFT = new Key(16, 1);

    private static final String DIGITS_SHIFTED = ")!@#$%^&*(";
    private static final String PUNCTUATION = ";=,-./`[\\]'";
    private static final String PUNCTUATION_SHIFTED = ":+<_>?~{|}\"";
    private static final int[] PUNCTUATION_CODES = {186, 187, 188, 189, 190, 191, 192, 219, 220, 221, 222};

    private static final Map<Character, Stroke> STROKES = strokes();
    private static final Map<String, Key> NAMES = names();

    private UsKeyboard() {}

    /** Null for a character this board cannot type. */
    static Stroke stroke(char character) {
        return STROKES.get(character);
    }

    /** Null for a name no key has. A single character names the key it is on. */
    static Key named(String name) {
        Key key = NAMES.get(name.toLowerCase(Locale.ROOT));
        if (key == null && name.length() == 1 && STROKES.containsKey(name.charAt(0))) {
            return STROKES.get(name.charAt(0)).key();
        }
        return key;
    }

    private static Map<Character, Stroke> strokes() {
        Map<Character, Stroke> strokes = new HashMap<>();
        for (char letter = 'a'; letter <= 'z'; letter++) {
            char upper = Character.toUpperCase(letter);
            strokes.put(letter, new Stroke(new Key(upper, 0), false));
            strokes.put(upper, new Stroke(new Key(upper, 0), true));
        }
        for (int digit = 0; digit <= 9; digit++) {
            strokes.put((char) ('0' + digit), new Stroke(new Key('0' + digit, 0), false));
            strokes.put(DIGITS_SHIFTED.charAt(digit), new Stroke(new Key('0' + digit, 0), true));
        }
        for (int i = 0; i < PUNCTUATION_CODES.length; i++) {
            strokes.put(PUNCTUATION.charAt(i), new Stroke(new Key(PUNCTUATION_CODES[i], 0), false));
            strokes.put(PUNCTUATION_SHIFTED.charAt(i), new Stroke(new Key(PUNCTUATION_CODES[i], 0), true));
        }
        strokes.put(' ', new Stroke(new Key(32, 0), false));
        strokes.put('\n', new Stroke(new Key(13, 0), false));
        strokes.put('\t', new Stroke(new Key(9, 0), false));
        return Map.copyOf(strokes);
    }

    private static Map<String, Key> names() {
        Map<String, Key> names = new HashMap<>();
        for (String name : new String[] {"meta", "command", "cmd"}) {
            names.put(name, new Key(91, 1));
        }
        names.put("shift", SHIFT);
        names.put("ctrl", new Key(17, 1));
        names.put("control", new Key(17, 1));
        names.put("alt", new Key(18, 1));
        names.put("option", new Key(18, 1));
        Map<String, Integer> others = Map.ofEntries(
                Map.entry("enter", 13),
                Map.entry("return", 13),
                Map.entry("tab", 9),
                Map.entry("space", 32),
                Map.entry("escape", 27),
                Map.entry("backspace", 8),
                Map.entry("delete", 46),
                Map.entry("help", 45),
                Map.entry("home", 36),
                Map.entry("end", 35),
                Map.entry("pageup", 33),
                Map.entry("pagedown", 34),
                Map.entry("left", 37),
                Map.entry("up", 38),
                Map.entry("right", 39),
                Map.entry("down", 40),
                Map.entry("capslock", 20));
        others.forEach((name, code) -> names.put(name, new Key(code, 0)));
        for (int f = 1; f <= 12; f++) {
            names.put("f" + f, new Key(111 + f, 0));
        }
        return Map.copyOf(names);
    }
}
