package org.macemu.webrtc.control.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.grpc.SendInputRequest;

/** What programs may ask for, and the keys that come of it. */
class InputPlanTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static InputPlan parse(String body) throws InvalidRequest {
        return InputPlan.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    /** Keys as {@code 65+} for down and {@code 65-} for up. */
    private static List<String> keys(InputPlan plan) throws Exception {
        List<String> keys = new ArrayList<>();
        for (SendInputRequest.Step step : plan.request().getStepsList()) {
            JsonNode key = JSON.readTree(step.getJson());
            keys.add(key.path("code").asInt() + (key.path("pressed").asBoolean() ? "+" : "-"));
        }
        return keys;
    }

    @Test
    void textIsTypedWithShiftWhereItNeedsIt() throws Exception {
        InputPlan plan = parse("{\"type\":\"aB!\\r\\n\"}");
        assertEquals(
                List.of("65+", "65-", "16+", "66+", "66-", "16-", "16+", "49+", "49-", "16-", "13+", "13-"),
                keys(plan));
        JsonNode capital = JSON.readTree(plan.request().getSteps(3).getJson());
        assertTrue(capital.path("shift").asBoolean());
        assertFalse(JSON.readTree(plan.request().getSteps(0).getJson()).path("shift").asBoolean());
        assertEquals(
                plan.waitMs(),
                plan.request().getStepsList().stream().mapToInt(SendInputRequest.Step::getWaitMs).sum());
    }

    @Test
    void everyPrintableCharacterHasAKeyOfItsOwn() throws Exception {
        for (char c = ' '; c < 0x7f; c++) {
            List<String> keys = keys(parse(JSON.writeValueAsString(JSON.createObjectNode().put("type", "" + c))));
            assertTrue(keys.size() == 2 || keys.size() == 4, c + ": " + keys);
        }
    }

    @Test
    void aChordIsReleasedInTheOtherOrder() throws Exception {
        InputPlan plan = parse("{\"press\":[\"meta\",\"Shift\",\"q\"]}");
        assertEquals(List.of("91+", "16+", "81+", "81-", "16-", "91-"), keys(plan));
        JsonNode q = JSON.readTree(plan.request().getSteps(2).getJson());
        assertTrue(q.path("meta").asBoolean() && q.path("shift").asBoolean());
        assertFalse(q.path("ctrl").asBoolean());
        JsonNode lastUp = JSON.readTree(plan.request().getSteps(5).getJson());
        assertFalse(lastUp.path("meta").asBoolean());
    }

    @Test
    void aDoubleClickMovesFirst() throws Exception {
        InputPlan plan = parse("{\"click\":{\"x\":10,\"y\":20,\"count\":2}}");
        assertEquals(5, plan.request().getStepsCount());
        assertEquals("{\"type\":\"mouse_move\",\"x\":10,\"y\":20}", plan.request().getSteps(0).getJson());
        assertEquals(
                "{\"type\":\"mouse_button\",\"x\":10,\"y\":20,\"button\":0,\"pressed\":true}",
                plan.request().getSteps(3).getJson());
    }

    @Test
    void stepsArePassedOn() throws Exception {
        InputPlan plan = parse("{\"steps\":[{\"input\":{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3},\"waitMs\":7},"
                + "{\"input\":{\"type\":\"release_all\"}}]}");
        assertEquals("{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3}", plan.request().getSteps(0).getJson());
        assertEquals(7, plan.waitMs());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "null", "{}", "{\"type\":\"\"}", "{\"type\":1}", "{\"type\":\"\u00e9\"}",
                "{\"type\":\"\\u0000\"}", "{\"type\":\"a\",\"press\":[\"a\"]}", "{\"press\":[]}",
                "{\"press\":[\"hyper\"]}", "{\"press\":[\"a\",\"A\"]}", "{\"press\":[1]}", "{\"press\":\"a\"}",
                "{\"press\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"]}", "{\"click\":{}}",
                "{\"click\":{\"x\":-1,\"y\":0}}", "{\"click\":{\"x\":1.5,\"y\":0}}",
                "{\"click\":{\"x\":1,\"y\":99999}}", "{\"click\":{\"x\":1,\"y\":1,\"button\":3}}",
                "{\"click\":{\"x\":1,\"y\":1,\"count\":4}}", "{\"click\":{\"x\":1,\"y\":1,\"z\":1}}",
                "{\"steps\":[]}", "{\"steps\":[{}]}", "{\"steps\":[{\"input\":{\"type\":\"shutdown\"}}]}",
                "{\"steps\":[{\"input\":{\"type\":\"key\"},\"waitMs\":10001}]}",
                "{\"steps\":[{\"input\":{\"type\":\"key\"},\"waitMs\":-1}]}",
                "{\"steps\":[{\"input\":{\"type\":\"key\"},\"wait\":1}]}", "{\"type\":\"a\"}{}", "{\"launch\":1}"})
    void anythingElseIsRefused(String body) {
        String message = assertThrows(InvalidRequest.class, () -> parse(body)).getMessage();
        assertTrue(message.contains("expected") || message.contains("not JSON") || message.contains("US keyboard"),
                message);
    }

    @Test
    void lengthAndTimeAreBounded() {
        assertThrows(InvalidRequest.class, () -> parse("{\"type\":\"" + "x".repeat(1001) + "\"}"));
        assertThrows(InvalidRequest.class, () -> parse("{\"type\":\"" + "X".repeat(1000) + "\"}"));
        String step = "{\"input\":{\"type\":\"release_all\"},\"waitMs\":10000}";
        assertThrows(InvalidRequest.class, () -> parse("{\"steps\":[" + (step + ",").repeat(6) + step + "]}"));
        assertThrows(
                InvalidRequest.class,
                () -> parse("{\"steps\":[{\"input\":{\"type\":\"key\",\"x\":\"" + "x".repeat(1024) + "\"}}]}"));
    }
}
