package org.macemu.webrtc.control.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigPatchTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ramsize\":16}|{\"ramsize\":16}",
                " { \"rom\" : \"Quadra.ROM\" , \"nosound\" : false } |{\"rom\":\"Quadra.ROM\",\"nosound\":false}",
                "{\"disk\":[\"a.img\",\"*b.img\"],\"disk2\":[]}|{\"disk\":[\"a.img\",\"*b.img\"],\"disk2\":[]}",
                "{\"x\":12345678901234567890,\"y\":0.1000}|{\"x\":12345678901234567890,\"y\":0.1}",
                "{\"name\":\"\u00dcbung \ud83d\udcbe\"}|{\"name\":\"\u00dcbung \ud83d\udcbe\"}",
                "{\"empty\":\"\"}|{\"empty\":\"\"}",
            })
    void keepsWhatFits(String body, String json) throws InvalidRequest {
        assertEquals(json, ConfigPatch.parse(body.getBytes(UTF_8)).json());
    }

    static Stream<Arguments> misfits() {
        String keys = IntStream.rangeClosed(0, ConfigPatch.MAX_KEYS)
                .mapToObj(i -> "\"k" + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
        String list = "{\"a\":[" + "1,".repeat(ConfigPatch.MAX_LIST) + "1]}";
        String strings = IntStream.range(0, 16)
                .mapToObj(i -> "\"k" + i + "\":\"" + "x".repeat(ConfigPatch.MAX_STRING) + '"')
                .collect(Collectors.joining(",", "{", "}"));
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of("   ", "empty"),
                Arguments.of("{", "not JSON"),
                Arguments.of("[{\"a\":1}]", "an array"),
                Arguments.of("null", "null"),
                Arguments.of("17", "a number"),
                Arguments.of("\"{}\"", "a string"),
                Arguments.of("true", "true"),
                Arguments.of("{}", "at least one"),
                Arguments.of("{\"a\":1} {\"b\":1}", "not JSON"),
                Arguments.of("{\"a\":1,\"a\":2}", "Duplicate"),
                Arguments.of("{a:1}", "not JSON"),
                Arguments.of("{\"a\":NaN}", "not JSON"),
                Arguments.of("{\"a\":1,}", "not JSON"),
                Arguments.of("{\"a\":" + "9".repeat(40) + "}", "not JSON"),
                Arguments.of("{\"a\":" + "[".repeat(100_000) + "}", "not JSON"),
                Arguments.of("{\"a\":null}", "null"),
                Arguments.of("{\"a\":{\"b\":1}}", "an object"),
                Arguments.of("{\"a\":[[1]]}", "an array"),
                Arguments.of("{\"a\":[{}]}", "an object"),
                Arguments.of("{\"a\":[null]}", "null"),
                Arguments.of("{\"\":1}", "name of a preference"),
                Arguments.of("{\"a b\":1}", "name of a preference"),
                Arguments.of("{\"-a\":1}", "name of a preference"),
                Arguments.of("{\"a\\nrom\":1}", "name of a preference"),
                Arguments.of("{\"../a\":1}", "name of a preference"),
                Arguments.of("{\"" + "x".repeat(65) + "\":1}", "name of a preference"),
                Arguments.of("{\"a\":\"b\\nrom evil\"}", "control character"),
                Arguments.of("{\"a\":\"b\\u0000\"}", "control character"),
                Arguments.of("{\"a\":[\"b\\r\"]}", "control character"),
                Arguments.of("{\"a\":\"" + "x".repeat(ConfigPatch.MAX_STRING + 1) + "\"}", "at most 4096"),
                Arguments.of(keys, "at most 256"),
                Arguments.of(list, "at most 64"),
                Arguments.of(strings, "at most 61440"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void refusesTheRest(String body, String reason) {
        InvalidRequest refusal = assertThrows(InvalidRequest.class, () -> ConfigPatch.parse(body.getBytes(UTF_8)));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertTrue(refusal.getMessage().length() < 500, refusal.getMessage());
    }

    @Test
    void refusesWhatIsNotUtf8() {
        for (byte[] bytes : new byte[][] {
            {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'},
            {0, 1, 2, 3},
            {(byte) 0xfe, (byte) 0xff, 0, '{'}
        }) {
            assertThrows(InvalidRequest.class, () -> ConfigPatch.parse(bytes));
        }
        assertThrows(InvalidRequest.class, () -> ConfigPatch.parse(null));
    }
}
