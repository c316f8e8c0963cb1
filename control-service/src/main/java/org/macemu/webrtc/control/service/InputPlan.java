package org.macemu.webrtc.control.service;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.macemu.webrtc.api.grpc.SendInputRequest;

/**
 * Input of a program as the steps that reach the Mac: one of {@code type}, {@code press}, {@code click} or
 * {@code steps}.
 *
 * @param request the steps with their waits
 * @param waitMs how long they take altogether
 */
public record InputPlan(SendInputRequest request, int waitMs) {

    /** Characters of one text. */
    static final int MAX_TEXT = 1_000;

    /** Keys held at once. */
    static final int MAX_CHORD = 8;

    /** Steps given one by one. */
    static final int MAX_STEPS = 1_000;

    /** One request waits no longer than this altogether, in milliseconds. */
    static final int MAX_WAIT_MS = 60_000;

    /** Bytes of one input message in the contract. */
    static final int MAX_INPUT_BYTES = 1024;

    private static final int MAX_STEP_WAIT_MS = 10_000;
    private static final int MAX_CLICKS = 3;
    private static final int MAX_COORDINATE = 16_383;
    private static final int MAX_QUOTED = 60;

    /** The Mac looks at its keyboard sixty times a second: a key is down and up for more than one look each. */
    private static final int KEY_MS = 20;

    /** Within a double click of every setting of the Mac's control panel. */
    private static final int CLICK_MS = 60;

    private static final Set<String> ACTIONS = Set.of("type", "press", "click", "steps");
    private static final Set<String> INPUTS =
            Set.of("mouse_move", "mouse_button", "mouse_wheel", "key", "release_all");
    private static final String EXPECTED = "one of {\"type\":\"text\"}, {\"press\":[\"meta\",\"q\"]},"
            + " {\"click\":{\"x\":10,\"y\":20}} or {\"steps\":[...]} is expected";

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(6)
                            .maxNumberLength(32)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Reads the body of a POST.
     *
     * @throws InvalidRequest when it is none of the four
     */
    public static InputPlan parse(byte[] body) throws InvalidRequest {
        JsonNode root = read(body);
        if (!root.isObject() || root.size() != 1 || !ACTIONS.contains(root.fieldNames().next())) {
            throw new InvalidRequest("The body is " + quoted(root.toString()) + "; " + EXPECTED + ".");
        }
        String action = root.fieldNames().next();
        JsonNode value = root.get(action);
        Steps steps = new Steps();
        switch (action) {
            case "type" -> type(value, steps);
            case "press" -> press(value, steps);
            case "click" -> click(value, steps);
            default -> raw(value, steps);
        }
        return steps.plan();
    }

    private static JsonNode read(byte[] body) throws InvalidRequest {
        if (body == null || body.length == 0) {
            throw new InvalidRequest("The body is empty; " + EXPECTED + ".");
        }
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new InvalidRequest("The body is not JSON that can be read: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InvalidRequest("The body is not JSON in UTF-8: " + e.getMessage());
        }
    }

    private static void type(JsonNode value, Steps steps) throws InvalidRequest {
        if (!value.isTextual() || value.textValue().isEmpty() || value.textValue().length() > MAX_TEXT) {
            throw new InvalidRequest("type is " + quoted(value.toString()) + "; a text of 1 to " + MAX_TEXT
                    + " characters is expected.");
        }
        String text = value.textValue().replace("\r\n", "\n").replace('\r', '\n');
        for (int i = 0; i < text.length(); i++) {
            UsKeyboard.Stroke stroke = UsKeyboard.stroke(text.charAt(i));
            if (stroke == null) {
                throw new InvalidRequest("Character " + (i + 1) + " of the text is U+"
                        + String.format("%04X", (int) text.charAt(i)) + "; a US keyboard types printable ASCII, line"
                        + " ends and tabs.");
            }
            if (stroke.shift()) {
                steps.key(UsKeyboard.SHIFT, true, Set.of(UsKeyboard.SHIFT), KEY_MS);
            }
            Set<UsKeyboard.Key> held = stroke.shift() ? Set.of(UsKeyboard.SHIFT) : Set.of();
            steps.key(stroke.key(), true, held, KEY_MS);
            steps.key(stroke.key(), false, held, KEY_MS);
            if (stroke.shift()) {
                steps.key(UsKeyboard.SHIFT, false, Set.of(), KEY_MS);
            }
        }
    }

    private static void press(JsonNode value, Steps steps) throws InvalidRequest {
        if (!value.isArray() || value.isEmpty() || value.size() > MAX_CHORD) {
            throw new InvalidRequest("press is " + quoted(value.toString()) + "; a list of 1 to " + MAX_CHORD
                    + " keys is expected.");
        }
        List<UsKeyboard.Key> keys = new ArrayList<>();
        for (JsonNode name : value) {
            UsKeyboard.Key key = name.isTextual() ? UsKeyboard.named(name.textValue()) : null;
            if (key == null || keys.contains(key)) {
                throw new InvalidRequest("press has the key " + quoted(name.toString()) + "; different keys are"
                        + " expected: a character of a US keyboard, or a name such as meta, shift, ctrl, alt, enter,"
                        + " tab, escape, backspace, space, left, up, f1.");
            }
            keys.add(key);
        }
        for (int i = 0; i < keys.size(); i++) {
            steps.key(keys.get(i), true, Set.copyOf(keys.subList(0, i + 1)), KEY_MS);
        }
        for (int i = keys.size() - 1; i >= 0; i--) {
            steps.key(keys.get(i), false, Set.copyOf(keys.subList(0, i)), KEY_MS);
        }
    }

    private static void click(JsonNode value, Steps steps) throws InvalidRequest {
        if (!value.isObject()) {
            throw new InvalidRequest("click is " + quoted(value.toString())
                    + "; an object with x and y is expected, and button and count if need be.");
        }
        only(value, Set.of("x", "y", "button", "count"), "click");
        int x = integer(value, "x", -1, 0, MAX_COORDINATE);
        int y = integer(value, "y", -1, 0, MAX_COORDINATE);
        int button = integer(value, "button", 0, 0, 2);
        int count = integer(value, "count", 1, 1, MAX_CLICKS);
        steps.add(message("mouse_move").put("x", x).put("y", y), CLICK_MS);
        for (int i = 0; i < count; i++) {
            for (boolean pressed : new boolean[] {true, false}) {
                steps.add(
                        message("mouse_button")
                                .put("x", x)
                                .put("y", y)
                                .put("button", button)
                                .put("pressed", pressed),
                        CLICK_MS);
            }
        }
    }

    private static void raw(JsonNode value, Steps steps) throws InvalidRequest {
        if (!value.isArray() || value.isEmpty() || value.size() > MAX_STEPS) {
            throw new InvalidRequest("steps is " + quoted(value.toString()) + "; a list of 1 to " + MAX_STEPS
                    + " steps is expected.");
        }
        for (JsonNode step : value) {
            JsonNode input = step.path("input");
            if (!input.isObject() || !INPUTS.contains(input.path("type").asText())) {
                throw new InvalidRequest("A step is " + quoted(step.toString()) + "; {\"input\":{\"type\":\"key\",...},"
                        + "\"waitMs\":20} is expected, of type mouse_move, mouse_button, mouse_wheel, key or"
                        + " release_all.");
            }
            only(step, Set.of("input", "waitMs"), "A step");
            if (input.toString().getBytes(StandardCharsets.UTF_8).length > MAX_INPUT_BYTES) {
                throw new InvalidRequest("An input message has at most " + MAX_INPUT_BYTES + " bytes.");
            }
            steps.add(input, integer(step, "waitMs", 0, 0, MAX_STEP_WAIT_MS));
        }
    }

    private static void only(JsonNode object, Set<String> expected, String where) throws InvalidRequest {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!expected.contains(name)) {
                throw new InvalidRequest(where + " has " + quoted(name) + "; " + expected + " are expected.");
            }
        }
    }

    private static int integer(JsonNode object, String name, int absent, int min, int max) throws InvalidRequest {
        JsonNode value = object.path(name);
        if (value.isMissingNode() && absent >= min) {
            return absent;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw new InvalidRequest(name + " is " + (value.isMissingNode() ? "missing" : quoted(value.toString()))
                    + "; a whole number from " + min + " to " + max + " is expected.");
        }
        return value.intValue();
    }

    private static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static String quoted(String text) {
        return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
    }

    private static final class Steps {

        private final SendInputRequest.Builder request = SendInputRequest.newBuilder();
        private int waitMs;

        void key(UsKeyboard.Key key, boolean pressed, Set<UsKeyboard.Key> held, int wait) throws InvalidRequest {
            add(
                    message("key")
                            .put("code", key.code())
                            .put("pressed", pressed)
                            .put("ctrl", held.contains(UsKeyboard.named("ctrl")))
                            .put("alt", held.contains(UsKeyboard.named("alt")))
                            .put("shift", held.contains(UsKeyboard.SHIFT))
                            .put("meta", held.contains(UsKeyboard.named("meta")))
                            .put("location", key.location()),
                    wait);
        }

        void add(JsonNode input, int wait) throws InvalidRequest {
            waitMs += wait;
            if (waitMs > MAX_WAIT_MS) {
                throw new InvalidRequest("The steps take more than " + MAX_WAIT_MS / 1000
                        + " s altogether; send them in several requests.");
            }
            request.addSteps(SendInputRequest.Step.newBuilder().setJson(input.toString()).setWaitMs(wait));
        }

        InputPlan plan() {
            return new InputPlan(request.build(), waitMs);
        }
    }
}
