package org.macemu.webrtc.media.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.media.storage.StorageException.Kind;

class FileNameTest {

    /** No file of the storage has these, whoever put it there. */
    static Stream<String> neverNames() {
        return Stream.of(
                "", ".", "..", "...", ".hidden", ".u-0.part", "/", "/etc/passwd", "a/b", "../a", "a/..", "a/../b",
                "..\u0000", "a\u0000.img", "\u0000", "a\nrom /etc/passwd", "a\r", "a\tb", "\u001b[31m", "a\u007f",
                "a\u0085b", "\uFFFD.img", "a\uD800", "\uDC00b", "x".repeat(256), "\u00e4".repeat(128));
    }

    @ParameterizedTest
    @MethodSource("neverNames")
    void whatIsNoNameIsRefused(String text) {
        for (StorageException e : new StorageException[] {
            assertThrows(StorageException.class, () -> FileName.existing(text)),
            assertThrows(StorageException.class, () -> FileName.fresh(text))
        }) {
            assertEquals(Kind.FILE_NAME_INVALID, e.kind());
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
            assertTrue(e.getMessage().length() < 300, e.getMessage());
        }
    }

    /** The owner may have such files; nobody makes new ones. */
    @ParameterizedTest
    @ValueSource(
            strings = {"a\\b", "a\\..\\b", "C:a", "a:b", "*System7.img", "a?", "a|b", "<b>.img", "\"a\"", " a", "a ", "a.",
                "a\u202egmi.exe", "a\u200b.img", "\ufeffa", "a\u2028b", "a\u00a0b", "e\u0301.img", "\u212b.img", "CON",
                "nul", "com1.img", "Aux.rom", "LPT9", "a\ue000", "a\uFFFF"})
    void aNewNameMeansTheSameEverywhere(String text) throws Exception {
        assertEquals(text, FileName.existing(text).text());
        assertEquals(
                Kind.FILE_NAME_INVALID,
                assertThrows(StorageException.class, () -> FileName.fresh(text)).kind());
    }

    @Test
    void newNamesLeaveRoom() throws Exception {
        assertEquals(200, FileName.fresh("x".repeat(200)).text().length());
        assertThrows(StorageException.class, () -> FileName.fresh("x".repeat(201)));
        assertThrows(StorageException.class, () -> FileName.fresh("\u00e4".repeat(101)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Quadra.ROM", "Mac OS 8.1 (fran\u00e7ais).toast", "\u6f22\u5b57.img", "a..b", "console", "ROM",
                "100%.img", "a'b;c&d", "\ud83d\udcbe.img", "%2e%2e", "-rf", "~root"})
    void ordinaryNamesAreTaken(String text) throws Exception {
        assertEquals(text, FileName.fresh(text).text());
    }

    @ParameterizedTest
    @CsvSource({"Quadra.ROM,quadra.rom", "STRASSE,stra\u00dfe", "\u00e9.img,e\u0301.img", "\u212a.img,k.img",
        "\ufb01le,file", "\u03a3.img,\u03c2.img"})
    void namesThatCannotBeToldApartHaveTheSameKey(String one, String other) {
        assertEquals(new FileName(one).key(), new FileName(other).key());
        assertNotEquals(new FileName(one).key(), new FileName(other + "x").key());
    }

    @Test
    void messagesShowNoTricks() throws Exception {
        String shown = new FileName("a\u202e\u0007" + "b".repeat(100)).toString();
        assertTrue(shown.startsWith("\"a??b") && shown.endsWith("...\""), shown);
        assertFalse(FileName.quoted("a").contains("..."));
    }
}
