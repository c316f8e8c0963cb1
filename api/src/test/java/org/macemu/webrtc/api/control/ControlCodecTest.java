package org.macemu.webrtc.api.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.Config;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.SetConfig;
import org.macemu.webrtc.api.control.ControlMessage.Status;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

class ControlCodecTest {

    static List<ControlMessages.Documented> documented() {
        return ControlMessages.documented();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("documented")
    void writesTheDocumentedLineByteForByte(ControlMessages.Documented d) {
        assertEquals(d.line() + "\n", new String(ControlCodec.encode(d.message()), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("documented")
    void readsTheDocumentedLine(ControlMessages.Documented d) throws ControlProtocolException {
        assertReads(d, d.line());
    }

    /** As C programs print it: a blank after each colon and comma, and a carriage return at the end. */
    @ParameterizedTest
    @MethodSource("documented")
    void readsTheLineWithBlanksAndCarriageReturn(ControlMessages.Documented d) throws ControlProtocolException {
        assertReads(d, " " + d.line().replace(":", " : ").replace(",", ", ").replace("{", "{ ") + "\t\r");
    }

    private static void assertReads(ControlMessages.Documented d, String line) throws ControlProtocolException {
        if (d.message() instanceof FromEmulator) {
            assertEquals(d.message(), ControlCodec.decodeFromEmulator(utf8(line)));
        }
        if (d.message() instanceof ToEmulator) {
            assertEquals(d.message(), ControlCodec.decodeToEmulator(utf8(line)));
        }
        if (d.message() instanceof Input) {
            assertEquals(d.message(), ControlCodec.decodeInput(utf8(line)));
        }
    }

    @Test
    void theTableHoldsEveryMessage() {
        assertEquals(
                ControlMessages.records(ControlMessage.class).collect(Collectors.toSet()),
                documented().stream().map(d -> d.message().getClass()).collect(Collectors.toSet()));
    }

    @Test
    void readsModifiersThatAreLeftOutAndIgnoresUnknownFields() throws ControlProtocolException {
        assertEquals(
                new ControlMessage.Key(65, true, false, false, false, false, 0),
                ControlCodec.decodeInput(utf8("{\"type\":\"key\",\"code\":65,\"pressed\":true,\"repeat\":null}")));
    }

    /** What a browser or an emulator may send, and what must be named in the answer. */
    @ParameterizedTest
    @ValueSource(strings = {
        "NaN|Not valid JSON|{'type':'mouse_move','x':NaN,'y':1}",
        "Infinity|Not valid JSON|{'type':'mouse_move','x':1,'y':-Infinity}",
        "float|expected an integer|{'type':'mouse_move','x':1.5,'y':1}",
        "whole float|expected an integer|{'type':'mouse_move','x':1.0,'y':1}",
        "exponent|expected an integer|{'type':'mouse_move','x':1e2,'y':1}",
        "huge exponent|found 1E+999|{'type':'mouse_move','x':1e999,'y':1}",
        "endless exponent|Not valid JSON|{'type':'mouse_move','x':1e99999999999,'y':1}",
        "huge|found 99999999999999999999|{'type':'mouse_move','x':99999999999999999999,'y':1}",
        "long number|Not valid JSON|{'type':'mouse_move','x':"
                + "11111111111111111111111111111111111111111111111111111111111111111111,'y':1}",
        "above 16 bits|found 32768|{'type':'mouse_move','x':1,'y':32768}",
        "below 16 bits|found -32769|{'type':'mouse_move','x':-32769,'y':1}",
        "text|found \"1\"|{'type':'mouse_move','x':'1','y':1}",
        "null|found null|{'type':'mouse_move','x':null,'y':1}",
        "missing|found nothing|{'type':'mouse_move','x':1}",
        "array|found [1]|{'type':'mouse_move','x':[1],'y':1}",
        "one of two|found nothing|{'type':'mouse_move','dx':1}",
        "fourth button|0 to 2, found 3|{'type':'mouse_button','x':1,'y':1,'button':3,'pressed':true}",
        "negative button|found -1|{'type':'mouse_button','x':1,'y':1,'button':-1,'pressed':true}",
        "pressed as number|true or false, found 1|{'type':'mouse_button','x':1,'y':1,'button':0,'pressed':1}",
        "pressed as text|true or false|{'type':'key','code':65,'pressed':'true'}",
        "code as text|1 to 255, found \"KeyA\"|{'type':'key','code':'KeyA','pressed':true}",
        "code 0|found 0|{'type':'key','code':0,'pressed':true}",
        "code 256|found 256|{'type':'key','code':256,'pressed':true}",
        "modifier as number|true or false|{'type':'key','code':65,'pressed':true,'ctrl':0}",
        "location 4|0 to 3, found 4|{'type':'key','code':65,'pressed':true,'location':4}",
        "wheel|expected an integer|{'type':'mouse_wheel','dx':0,'dy':1e308}",
        "unknown type|Unknown type \"mouse_down\"|{'type':'mouse_down','x':1,'y':1}",
        "type as number|\"type\" is no string|{'type':1}",
        "no type|No \"type\"|{'x':1,'y':1}",
        "duplicate key|Duplicate field|{'type':'mouse_move','x':1,'x':2,'y':1}",
        "array of messages|Expected a JSON object|[{'type':'mouse_move','x':1,'y':1}]",
        "text alone|Expected a JSON object|'mouse_move'",
        "null alone|Expected a JSON object|null",
        "empty|Expected a JSON object|",
        "blank|Expected a JSON object| \t\r",
        "half a line|Not valid JSON|{'type':'mouse_mo",
        "two messages|Not valid JSON|{'type':'restart'}{'type':'restart'}",
        "comment|Not valid JSON|{'type':'restart'/*now*/}",
        "trailing comma|Not valid JSON|{'type':'restart',}",
        "single quotes|Not valid JSON|{\u2032type\u2032:1}",
        "control character|Not valid JSON|{'type':'mouse_\u0001move'}",
        "deep nesting|Not valid JSON|{'type':[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}",
    })
    void refusesInputThatIsNoneAndSaysWhy(String row) {
        String[] columns = row.split("\\|", 3);
        byte[] line = utf8(columns[2].replace('\'', '"'));
        String message = assertThrows(ControlProtocolException.class, () -> ControlCodec.decodeInput(line), columns[0])
                .getMessage();
        assertTrue(message.contains(columns[1]), columns[0] + ": " + message);
        assertTrue(message.length() < 400, columns[0] + " is answered at length: " + message);
        // Whoever relays such a line must find it refused on the other readers, too.
        assertThrows(ControlProtocolException.class, () -> ControlCodec.decodeFromEmulator(line));
        assertThrows(ControlProtocolException.class, () -> ControlCodec.decodeToEmulator(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "config without data|\"data\" of config: expected an object, found nothing|{'type':'config'}",
        "config of an array|expected an object, found [1]|{'type':'config','data':[1]}",
        "storage without disks|\"disks\" of storage|{'type':'storage','roms':[]}",
        "storage of numbers|an array of strings|{'type':'storage','roms':[1],'disks':[]}",
        "storage of a text|an array|{'type':'storage','roms':'a','disks':[]}",
        "status without running|\"running\" of status: expected true or false, found nothing|{'type':'status','fps':1}",
        "input|Unknown type \"key\"|{'type':'key','code':65,'pressed':true}",
    })
    void refusesAnswersThatAreNone(String row) {
        String[] columns = row.split("\\|", 3);
        byte[] line = utf8(columns[2].replace('\'', '"'));
        String message = assertThrows(
                        ControlProtocolException.class, () -> ControlCodec.decodeFromEmulator(line), columns[0])
                .getMessage();
        assertTrue(message.contains(columns[1]), columns[0] + ": " + message);
    }

    @Test
    void refusesMoreNamesThanAFolderShows() {
        String names = "\"a\",".repeat(4096) + "\"a\"";
        byte[] line = utf8("{\"type\":\"storage\",\"roms\":[],\"disks\":[" + names + "]}");
        assertThrows(ControlProtocolException.class, () -> ControlCodec.decodeFromEmulator(line));
    }

    @Test
    void refusesBytesThatAreNoUtf8() {
        List<byte[]> lines = List.of(
                new byte[] {'{', '"', 't', 'y', 'p', 'e', '"', ':', '"', (byte) 0xFF, '"', '}'},
                new byte[] {'{', '"', 't', 'y', 'p', 'e', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'},
                new byte[] {(byte) 0x80, (byte) 0x81},
                new byte[] {0},
                "{\"type\":\"restart\"}".getBytes(StandardCharsets.UTF_16BE),
                "{\"type\":\"restart\"}".getBytes(StandardCharsets.UTF_16LE),
                "{\"type\":\"restart\"}".getBytes(Charset.forName("UTF-32BE")));
        for (byte[] line : lines) {
            String message =
                    assertThrows(ControlProtocolException.class, () -> ControlCodec.decodeToEmulator(line))
                            .getMessage();
            assertTrue(message.startsWith("Not valid JSON"), message);
            assertTrue(message.codePoints().noneMatch(Character::isISOControl), "no control characters reach a log");
        }
    }

    @Test
    void bindsALineToItsLength() throws ControlProtocolException {
        String filler = "x".repeat(ControlCodec.MAX_LINE_BYTES - "{\"type\":\"ack\",\"f\":\"\"}".length());
        byte[] longest = utf8("{\"type\":\"ack\",\"f\":\"" + filler + "\"}");
        assertEquals(ControlCodec.MAX_LINE_BYTES, longest.length);
        assertEquals(new ControlMessage.Ack(), ControlCodec.decodeFromEmulator(longest));
        byte[] tooLong = utf8("{\"type\":\"ack\",\"f\":\"x" + filler + "\"}");
        assertTrue(assertThrows(ControlProtocolException.class, () -> ControlCodec.decodeFromEmulator(tooLong))
                .getMessage()
                .contains("65537 bytes: at most 65536"));
    }

    /** Drivers count the newline into their 64 KiB, so nothing longer is ever written. */
    @Test
    void writesNoLineThatADriverWouldDrop() {
        int around = "{\"type\":\"error\",\"message\":\"\"}\n".length();
        String longest = "x".repeat(ControlCodec.MAX_LINE_BYTES - around);
        assertEquals(ControlCodec.MAX_LINE_BYTES, ControlCodec.encode(new ControlMessage.Error(longest)).length);
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> ControlCodec.encode(new ControlMessage.Error(longest + "x")));
        assertTrue(refused.getMessage().contains("65537 bytes"), refused.getMessage());
        assertTrue(refused.getMessage().length() < 400, "the message does not repeat the line");
    }

    /** Changing one preference must not rewrite another: numbers come back as they were written. */
    @ParameterizedTest
    @ValueSource(strings = {
        "1", "-0.5", "1.50", "100.0", "0.1", "1E+5", "1E+999", "12345678901234567890123456789", "0.30000000000000004",
        "true", "null", "\"a\\\"b\"", "[1,[2,{\"c\":[]}]]", "\"\u00e9\u6f22\ud83d\ude00\""
    })
    void carriesPreferencesUnchanged(String value) throws ControlProtocolException {
        String line = "{\"type\":\"config\",\"data\":{\"v\":" + value + "}}";
        FromEmulator config = ControlCodec.decodeFromEmulator(utf8(line));
        assertEquals(line + "\n", new String(ControlCodec.encode(config), StandardCharsets.UTF_8));
        ObjectNode data = assertInstanceOf(Config.class, config).data();
        assertArrayEquals(
                utf8("{\"type\":\"set_config\",\"config\":{\"v\":" + value + "}}\n"),
                ControlCodec.encode(new SetConfig(data)));
    }

    @Test
    void aNewlineInAMessageStaysOneLine() {
        byte[] line = ControlCodec.encode(new ControlMessage.Error("two\nlines\r\u2028"));
        for (int i = 0; i < line.length - 1; i++) {
            assertFalse(line[i] == '\n' || line[i] == '\r', "newline within the line");
        }
        assertEquals('\n', line[line.length - 1]);
    }

    @Test
    void aTextThatIsNoUnicodeIsWrittenEscaped() throws ControlProtocolException {
        ControlMessage.Error error = new ControlMessage.Error("half \ud800");
        byte[] line = ControlCodec.encode(error);
        assertEquals(
                "{\"type\":\"error\",\"message\":\"half \\uD800\"}\n", new String(line, StandardCharsets.US_ASCII));
        assertEquals(error, ControlCodec.decodeFromEmulator(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-5", "\"many\"", "null", "[]"})
    void anImpossibleRateIsNone(String fps) throws ControlProtocolException {
        Status status = (Status)
                ControlCodec.decodeFromEmulator(utf8("{\"type\":\"status\",\"running\":false,\"fps\":" + fps + "}"));
        assertEquals(0, status.fps());
        assertFalse(status.running());
    }

    @Test
    void aStatusKeepsItsFurtherFields() throws ControlProtocolException {
        String line = "{\"type\":\"status\",\"running\":true,\"fps\":29.97,\"width\":640,\"height\":480}";
        Status status = (Status) ControlCodec.decodeFromEmulator(utf8(line));
        assertEquals(29.97, status.fps());
        assertEquals(640, status.fields().get("width").intValue());
        assertEquals(line + "\n", new String(ControlCodec.encode(status), StandardCharsets.UTF_8));
        Status bare = new Status(true, Double.NaN, JsonNodeFactory.instance.objectNode());
        assertEquals("{\"type\":\"status\",\"running\":true,\"fps\":0}\n",
                new String(ControlCodec.encode(bare), StandardCharsets.UTF_8));
    }

    /** The list in the answer to an unknown type is what a developer of an emulator goes by. */
    @Test
    void theAnswerToAnUnknownTypeListsExactlyTheTypesThatAreRead() {
        assertEquals(types(ToEmulator.class), listed(() -> ControlCodec.decodeToEmulator(utf8("{\"type\":\"x\"}"))));
        assertEquals(
                types(FromEmulator.class), listed(() -> ControlCodec.decodeFromEmulator(utf8("{\"type\":\"x\"}"))));
        assertEquals(types(Input.class), listed(() -> ControlCodec.decodeInput(utf8("{\"type\":\"x\"}"))));
    }

    private static Set<String> types(Class<? extends ControlMessage> direction) {
        return documented().stream()
                .map(ControlMessages.Documented::message)
                .filter(direction::isInstance)
                .map(ControlMessage::type)
                .collect(Collectors.toSet());
    }

    private static Set<String> listed(Executable decode) {
        String message = assertThrows(ControlProtocolException.class, decode).getMessage();
        return Set.of(message.substring(message.indexOf("one of ") + "one of ".length()).split(", "));
    }
}
