package org.macemu.webrtc.media.storage;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/**
 * A name in a folder, never a path. Files that the owner put there himself may have any name that is one name, is text
 * and is not hidden; a new name must also mean the same everywhere: to the emulator's preferences (where a leading
 * asterisk means read-only), to other systems that see the volume, and to people who read it.
 *
 * @param text the name
 */
public record FileName(String text) {

    /** Bytes of a name in the file systems of Linux. */
    static final int MAX_BYTES = 255;

    /** New names leave room for what tools append, such as {@code .backup}. */
    static final int MAX_NEW_BYTES = 200;

    private static final int MAX_QUOTED = 60;

    /** Separators of some system, wildcards, and what Windows does not store. */
    private static final String NOT_IN_NEW_NAMES = "\\:*?\"<>|";

    private static final Set<String> DEVICES = Set.of(
            "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1",
            "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9");

    /**
     * A name that a file may have already.
     *
     * @throws StorageException when no file of the storage can have it
     */
    public static FileName existing(String text) throws StorageException {
        if (text.isEmpty()) {
            throw invalid(text, "it is empty");
        }
        if (text.startsWith(".")) {
            throw invalid(text, "names that begin with a dot are hidden");
        }
        if (text.indexOf('/') >= 0) {
            throw invalid(text, "it is a path; the folders have no folders");
        }
        if (text.codePoints().anyMatch(FileName::isControl)) {
            throw invalid(text, "it holds a control character");
        }
        if (bytes(text) > MAX_BYTES) {
            throw invalid(text, "it has " + bytes(text) + " bytes; a file name has at most " + MAX_BYTES);
        }
        return new FileName(text);
    }

    /**
     * A name that a new file may have.
     *
     * @throws StorageException with the reason why not
     */
    public static FileName fresh(String text) throws StorageException {
        FileName name = existing(text);
        if (bytes(text) > MAX_NEW_BYTES) {
            throw invalid(text, "it has " + bytes(text) + " bytes in UTF-8; at most " + MAX_NEW_BYTES + " are taken");
        }
        int forbidden = text.chars().filter(c -> NOT_IN_NEW_NAMES.indexOf(c) >= 0).findFirst().orElse(-1);
        if (forbidden >= 0) {
            throw invalid(text, "it holds " + (char) forbidden);
        }
        if (text.codePoints().anyMatch(FileName::isInvisible)) {
            throw invalid(text, "it holds a character that is not seen or has no meaning");
        }
        if (!text.equals(text.strip()) || text.endsWith(".")) {
            throw invalid(text, "it begins or ends with a blank, or ends with a dot");
        }
        if (!Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
            throw invalid(text, "it is not in Unicode's composed form (NFC)");
        }
        String stem = text.contains(".") ? text.substring(0, text.indexOf('.')) : text;
        if (DEVICES.contains(stem.strip().toUpperCase(Locale.ROOT))) {
            throw invalid(text, "other systems take it for a device");
        }
        return name;
    }

    /** Names with the same key cannot be told apart somewhere: case and composition do not count. */
    public String key() {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
        return Normalizer.normalize(
                composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
    }

    /** The part behind the last dot in lower case, empty without one. */
    String extension() {
        int dot = text.lastIndexOf('.');
        return dot < 0 ? "" : text.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static boolean isControl(int character) {
        // U+FFFD stands for bytes that are no UTF-8: such a name cannot be said back.
        return Character.getType(character) == Character.CONTROL || character == 0xFFFD;
    }

    private static boolean isInvisible(int character) {
        return switch (Character.getType(character)) {
            case Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.SPACE_SEPARATOR -> character != ' ';
            default -> false;
        };
    }

    private static int bytes(String text) throws StorageException {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            return encoded.remaining();
        } catch (CharacterCodingException e) {
            throw invalid(text, "it is no text");
        }
    }

    private static StorageException invalid(String text, String why) {
        return new StorageException(
                Kind.FILE_NAME_INVALID,
                quoted(text) + " cannot be the name of a file here: " + why + ". A plain name such as System7.img is"
                        + " expected.");
    }

    /** For messages: printable, and not endless. */
    static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints()
                .limit(MAX_QUOTED)
                .map(c -> isControl(c) || isInvisible(c) ? '?' : c)
                .forEach(shown::appendCodePoint);
        return shown.append(text.codePointCount(0, text.length()) > MAX_QUOTED ? "...\"" : "\"").toString();
    }

    @Override
    public String toString() {
        return quoted(text);
    }
}
