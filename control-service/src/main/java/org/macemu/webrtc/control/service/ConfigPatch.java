package org.macemu.webrtc.control.service;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A change of the emulator's preferences: a JSON object whose keys change and whose other keys stay (RFC 7396 without
 * removal, which the emulator's protocol does not have).
 *
 * <p>Emulators keep their preferences as lines of {@code name value}. So a name is one word, and a value is a scalar or
 * a list of scalars (one line each) without control characters: a line end in a value would be a preference of its own.
 *
 * @param json the object, compact, as it goes to the emulator
 */
public record ConfigPatch(String json) {

    /** Bytes of {@code Config.json} in the contract. */
    static final int MAX_JSON_BYTES = 60 * 1024;

    /** Basilisk II has about 60 preferences. */
    static final int MAX_KEYS = 256;

    /** Values of a key that is there more than once, as {@code disk} is. */
    static final int MAX_LIST = 64;

    /** PATH_MAX of Linux: the longest values are file names. */
    static final int MAX_STRING = 4096;

    private static final int MAX_DEPTH = 4;
    private static final int MAX_NUMBER = 32;
    private static final int MAX_QUOTED = 60;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER)
                            .maxStringLength(MAX_JSON_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /**
     * Reads the body of a PATCH.
     *
     * @throws InvalidRequest when it is not such an object
     */
    public static ConfigPatch parse(byte[] body) throws InvalidRequest {
        JsonNode root = read(body);
        if (!root.isObject()) {
            throw new InvalidRequest("The body is " + kind(root)
                    + "; a JSON object with the preferences to change is expected, for example {\"ramsize\":16}.");
        }
        if (root.isEmpty()) {
            throw new InvalidRequest("The object is empty; name at least one preference to change.");
        }
        if (root.size() > MAX_KEYS) {
            throw new InvalidRequest(
                    "The object has " + root.size() + " keys; at most " + MAX_KEYS + " are accepted.");
        }
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            checkKey(entry.getKey());
            checkValue(entry.getKey(), entry.getValue());
        }
        String json = root.toString();
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_JSON_BYTES) {
            throw new InvalidRequest(
                    "The object has " + bytes + " bytes; at most " + MAX_JSON_BYTES + " are accepted.");
        }
        return new ConfigPatch(json);
    }

    private static JsonNode read(byte[] body) throws InvalidRequest {
        if (body == null || body.length == 0) {
            throw new InvalidRequest("The body is empty; a JSON object with the preferences to change is expected.");
        }
        try {
            return JSON.readTree(body);
        } catch (NumberFormatException e) {
            // Jackson's own complaint about an exponent that is longer than any number needs.
            throw new InvalidRequest("The body is not JSON that can be read: a number is out of any range.");
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new InvalidRequest("The body is not JSON that can be read" + where + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new InvalidRequest("The body is not JSON in UTF-8: " + e.getMessage());
        }
    }

    private static void checkKey(String key) throws InvalidRequest {
        if (!KEY.matcher(key).matches()) {
            throw new InvalidRequest("The key " + quoted(key) + " is no name of a preference; 1 to 64 letters, digits,"
                    + " '_', '.' or '-' are expected.");
        }
    }

    private static void checkValue(String key, JsonNode value) throws InvalidRequest {
        if (!value.isArray()) {
            checkScalar(key, value);
            return;
        }
        if (value.size() > MAX_LIST) {
            throw new InvalidRequest(quoted(key) + " has " + value.size() + " values; at most " + MAX_LIST
                    + " are accepted.");
        }
        for (JsonNode element : value) {
            checkScalar(key, element);
        }
    }

    private static void checkScalar(String key, JsonNode value) throws InvalidRequest {
        if (value.isNull()) {
            throw new InvalidRequest(quoted(key)
                    + " is null; a preference can be changed and not removed: send the value it is to have.");
        }
        if (!value.isValueNode()) {
            throw new InvalidRequest(quoted(key) + " is or holds " + kind(value)
                    + "; a string, a number, true, false or a list of these is expected.");
        }
        if (!value.isTextual()) {
            return;
        }
        String text = value.textValue();
        if (text.length() > MAX_STRING) {
            throw new InvalidRequest(quoted(key) + " has " + text.length() + " characters; at most " + MAX_STRING
                    + " are accepted.");
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new InvalidRequest(quoted(key) + " holds a control character; one line of text is expected.");
        }
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING -> "empty";
            case NULL -> "null";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> node.asText();
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            default -> node.getNodeType().name();
        };
    }

    private static String quoted(String text) {
        return '"' + (text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...") + '"';
    }
}
