package org.macemu.webrtc.media.emulator.v4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of the browser to keys of the Mac. */
class AdbKeysTest {

    private static final Pattern ROW =
            Pattern.compile("\\['(\\w+)', (\\d+), (STANDARD|LEFT|RIGHT|KEYPAD), 0x([0-9a-f]+)]");

    /** What the page sends for a key, and the key that it means by it, is written in the page's own table. */
    @Test
    void everyKeyOfThePageIsTheKeyThatItMeans() throws Exception {
        Path table = Path.of(System.getProperty("basedir", ""))
                .toAbsolutePath()
                .resolve("../control-service/src/main/resources/META-INF/resources/client/keymap.js");
        List<MatchResult> rows = ROW.matcher(Files.readString(table)).results().toList();
        assertTrue(rows.size() > 95, rows.size() + " rows");
        for (MatchResult row : rows) {
            int location = List.of("STANDARD", "LEFT", "RIGHT", "KEYPAD").indexOf(row.group(3));
            assertEquals(
                    OptionalInt.of(Integer.parseInt(row.group(4), 16)),
                    AdbKeys.code(Integer.parseInt(row.group(2)), location),
                    row.group(1));
        }
    }

    /** Other pages and programs send what browsers call the keys: without a location, without Num Lock, in Firefox. */
    @ParameterizedTest
    @CsvSource({
        "16,0,56", "17,0,54", "18,0,58", "91,0,55", "93,2,55", "224,1,55", "225,2,124", "59,0,41", "61,0,24",
        "173,0,27", "45,3,82", "46,3,65", "12,3,87", "33,3,92", "124,0,105", "125,0,107", "126,0,113"
    })
    void synonyms(int keyCode, int location, int adb) {
        assertEquals(OptionalInt.of(adb), AdbKeys.code(keyCode, location));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "255,0", "256,0", "-1,0", "41,0", "174,0", "231,3", "-2147483648,2"})
    void aKeyThatAMacDoesNotHave(int keyCode, int location) {
        assertEquals(OptionalInt.empty(), AdbKeys.code(keyCode, location));
    }
}
