package org.macemu.webrtc.api.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.macemu.webrtc.api.control.ControlMessage.Ack;
import org.macemu.webrtc.api.control.ControlMessage.Config;
import org.macemu.webrtc.api.control.ControlMessage.Error;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.GetConfig;
import org.macemu.webrtc.api.control.ControlMessage.GetLog;
import org.macemu.webrtc.api.control.ControlMessage.GetStatus;
import org.macemu.webrtc.api.control.ControlMessage.GetStorage;
import org.macemu.webrtc.api.control.ControlMessage.Hello;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.Log;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlMessage.Restart;
import org.macemu.webrtc.api.control.ControlMessage.SetConfig;
import org.macemu.webrtc.api.control.ControlMessage.Shutdown;
import org.macemu.webrtc.api.control.ControlMessage.Status;
import org.macemu.webrtc.api.control.ControlMessage.Storage;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/**
 * Bytes of {@link ControlMessage}s. Writes compact JSON (no blanks between tokens, {@code type} first, fields in the
 * order of the design), because emulators match strings instead of parsing; reads any valid JSON.
 */
public final class ControlCodec {

    /**
     * A line is at most this long. What is written counts the newline in, what is read does not: drivers differ in
     * this, and so each understands the other.
     */
    public static final int MAX_LINE_BYTES = 64 * 1024;

    private static final int MAX_NAMES = 4096;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxStringLength(MAX_LINE_BYTES)
                            .maxNumberLength(64)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A preference that nobody changed goes back as it came: 1.50 stays 1.50, 1E+999 does not become infinite.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private ControlCodec() {}

    /**
     * The message as one line, newline included.
     *
     * @throws IllegalArgumentException when the line is longer than {@link #MAX_LINE_BYTES}
     */
    public static byte[] encode(ControlMessage message) {
        byte[] json;
        try {
            json = JSON.writeValueAsBytes(toJson(message));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "A " + message.type() + " message cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
        if (json.length >= MAX_LINE_BYTES) {
            throw new IllegalArgumentException("A " + message.type() + " message of " + (json.length + 1)
                    + " bytes with its newline: at most " + MAX_LINE_BYTES);
        }
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static ObjectNode toJson(ControlMessage message) {
        ObjectNode out = JSON.createObjectNode().put("type", message.type());
        switch (message) {
            case MouseMove m -> out.put("x", m.x()).put("y", m.y());
            case MouseMoveRelative m -> out.put("dx", m.dx()).put("dy", m.dy());
            case MouseButton m -> out.put("x", m.x())
                    .put("y", m.y())
                    .put("button", m.button())
                    .put("pressed", m.pressed());
            case MouseWheel m -> out.put("dx", m.dx()).put("dy", m.dy());
            case Key k -> {
                out.put("code", k.code())
                        .put("pressed", k.pressed())
                        .put("ctrl", k.ctrl())
                        .put("alt", k.alt())
                        .put("shift", k.shift())
                        .put("meta", k.meta());
                if (k.location() != 0) {
                    out.put("location", k.location());
                }
            }
            case Hello h -> out.put("version", h.version())
                    .put("video_shm", h.videoShm())
                    .put("audio_shm", h.audioShm());
            case SetConfig c -> out.set("config", c.config());
            case Config c -> out.set("data", c.data());
            case Storage s -> {
                out.set("roms", JSON.valueToTree(s.roms()));
                out.set("disks", JSON.valueToTree(s.disks()));
            }
            case Status s -> {
                out.put("running", s.running());
                if (!Double.isFinite(s.fps()) || s.fps() < 0) {
                    out.put("fps", 0);
                } else if (s.fps() == Math.rint(s.fps())) {
                    out.put("fps", (long) s.fps());
                } else {
                    out.put("fps", s.fps());
                }
                s.fields().properties().forEach(e -> {
                    if (!out.has(e.getKey())) {
                        out.set(e.getKey(), e.getValue());
                    }
                });
            }
            case Log l -> {
                ArrayNode lines = out.putArray("lines");
                l.lines().forEach(line -> lines.addObject()
                        .put("time", line.time())
                        .put("source", line.source())
                        .put("text", line.text()));
            }
            case Error e -> out.put("message", e.message());
            case GetConfig g -> {}
            case Restart r -> {
                if (r.force()) {
                    out.put("force", true);
                }
            }
            case GetLog g -> {}
            case Shutdown s -> {}
            case GetStorage g -> {}
            case GetStatus g -> {}
            case Ack a -> {}
        }
        return out;
    }

    /**
     * Reads what an emulator sent.
     *
     * @throws ControlProtocolException when it is no message from an emulator
     */
    public static FromEmulator decodeFromEmulator(byte[] line) throws ControlProtocolException {
        ObjectNode in = object(line);
        return switch (type(in)) {
            case "config" -> new Config(object(in, "data"));
            case "storage" -> new Storage(names(in, "roms"), names(in, "disks"));
            case "status" -> status(in);
            case "log" -> log(in);
            case "error" -> new Error(in.path("message").isTextual() ? in.get("message").textValue() : "no message");
            case "ack" -> new Ack();
            case String other -> throw unknown(other, "config, storage, status, log, error, ack");
        };
    }

    /**
     * Reads what a server sent.
     *
     * @throws ControlProtocolException when it is no message to an emulator
     */
    public static ToEmulator decodeToEmulator(byte[] line) throws ControlProtocolException {
        ObjectNode in = object(line);
        return switch (type(in)) {
            case "get_config" -> new GetConfig();
            case "set_config" -> new SetConfig(object(in, "config"));
            case "restart" -> new Restart(in.path("force").asBoolean(false));
            case "shutdown" -> new Shutdown();
            case "storage" -> new GetStorage();
            case "status" -> new GetStatus();
            case "log" -> new GetLog();
            case "hello" -> new Hello(
                    integer(in, "version", 1, Integer.MAX_VALUE), text(in, "video_shm"), text(in, "audio_shm"));
            case "error" -> new Error(in.path("message").asText("no message"));
            case "mouse_move", "mouse_button", "mouse_wheel", "key" -> input(in);
            case String other -> throw unknown(
                    other,
                    "mouse_move, mouse_button, mouse_wheel, key, get_config, set_config, restart, shutdown, storage,"
                            + " status, log, hello, error");
        };
    }

    /**
     * Reads an input message.
     *
     * @throws ControlProtocolException when it is none, or a number in it is missing, no integer or out of range
     */
    public static Input decodeInput(byte[] json) throws ControlProtocolException {
        return input(object(json));
    }

    private static Input input(ObjectNode in) throws ControlProtocolException {
        return switch (type(in)) {
            case "mouse_move" -> in.has("dx") || in.has("dy")
                    ? new MouseMoveRelative(coordinate(in, "dx"), coordinate(in, "dy"))
                    : new MouseMove(coordinate(in, "x"), coordinate(in, "y"));
            case "mouse_button" -> new MouseButton(
                    coordinate(in, "x"), coordinate(in, "y"), integer(in, "button", 0, 2), bool(in, "pressed"));
            case "mouse_wheel" -> new MouseWheel(coordinate(in, "dx"), coordinate(in, "dy"));
            case "key" -> new Key(
                    integer(in, "code", 1, 255),
                    bool(in, "pressed"),
                    modifier(in, "ctrl"),
                    modifier(in, "alt"),
                    modifier(in, "shift"),
                    modifier(in, "meta"),
                    in.has("location") ? integer(in, "location", 0, 3) : 0);
            case String other -> throw unknown(other, "mouse_move, mouse_button, mouse_wheel, key");
        };
    }

    private static Status status(ObjectNode in) throws ControlProtocolException {
        JsonNode fps = in.path("fps");
        double rate = fps.isNumber() && Double.isFinite(fps.doubleValue()) ? Math.max(0, fps.doubleValue()) : 0;
        ObjectNode fields = in.deepCopy();
        fields.remove("type");
        return new Status(bool(in, "running"), rate, fields);
    }

    private static Log log(ObjectNode in) throws ControlProtocolException {
        JsonNode array = in.path("lines");
        if (!array.isArray() || array.size() > MAX_NAMES) {
            throw wrong(in, "lines", "an array of at most " + MAX_NAMES + " lines");
        }
        List<Log.Line> lines = new ArrayList<>(array.size());
        for (JsonNode line : array) {
            if (!line.path("time").isIntegralNumber() || !line.path("text").isTextual()) {
                throw wrong(in, "lines", "objects with time, source and text");
            }
            lines.add(new Log.Line(
                    line.path("time").longValue(),
                    line.path("source").asText(""),
                    line.path("text").textValue()));
        }
        return new Log(lines);
    }

    private static ObjectNode object(byte[] line) throws ControlProtocolException {
        if (line.length > MAX_LINE_BYTES) {
            throw new ControlProtocolException("A line of " + line.length + " bytes: at most " + MAX_LINE_BYTES);
        }
        JsonNode node;
        try {
            // Decoded here, because the parser would guess UTF-16 and UTF-32 from binary.
            node = JSON.readTree(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString());
        } catch (CharacterCodingException e) {
            throw new ControlProtocolException("Not valid JSON (not UTF-8): " + excerpt(line));
        } catch (NumberFormatException e) {
            throw new ControlProtocolException("Not valid JSON (a number is out of any range): " + excerpt(line));
        } catch (JsonProcessingException e) {
            throw new ControlProtocolException("Not valid JSON (" + excerpt(utf8(e.getOriginalMessage())) + "): "
                    + excerpt(line));
        }
        if (!(node instanceof ObjectNode object)) {
            throw new ControlProtocolException("Expected a JSON object with a \"type\", found: " + excerpt(line));
        }
        return object;
    }

    private static String type(ObjectNode in) throws ControlProtocolException {
        JsonNode type = in.path("type");
        if (!type.isTextual()) {
            throw new ControlProtocolException(
                    type.isMissingNode() ? "No \"type\" in the message" : "\"type\" is no string");
        }
        return type.textValue();
    }

    private static ObjectNode object(ObjectNode in, String field) throws ControlProtocolException {
        if (in.path(field) instanceof ObjectNode object) {
            return object;
        }
        throw wrong(in, field, "an object");
    }

    private static List<String> names(ObjectNode in, String field) throws ControlProtocolException {
        JsonNode array = in.path(field);
        if (!array.isArray() || array.size() > MAX_NAMES) {
            throw wrong(in, field, "an array of at most " + MAX_NAMES + " names");
        }
        List<String> names = new ArrayList<>(array.size());
        for (JsonNode name : array) {
            if (!name.isTextual()) {
                throw wrong(in, field, "an array of strings");
            }
            names.add(name.textValue());
        }
        return names;
    }

    /** No Mac's screen is wider than a segment can hold; 32,767 is what an i16 of an emulator takes. */
    private static int coordinate(ObjectNode in, String field) throws ControlProtocolException {
        return integer(in, field, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    private static int integer(ObjectNode in, String field, int min, int max) throws ControlProtocolException {
        JsonNode n = in.path(field);
        if (!n.isIntegralNumber() || !n.canConvertToInt() || n.intValue() < min || n.intValue() > max) {
            throw wrong(in, field, "an integer of " + min + " to " + max);
        }
        return n.intValue();
    }

    private static String text(ObjectNode in, String field) throws ControlProtocolException {
        if (!in.path(field).isTextual()) {
            throw wrong(in, field, "a string");
        }
        return in.get(field).textValue();
    }

    private static boolean bool(ObjectNode in, String field) throws ControlProtocolException {
        JsonNode b = in.path(field);
        if (!b.isBoolean()) {
            throw wrong(in, field, "true or false");
        }
        return b.booleanValue();
    }

    private static boolean modifier(ObjectNode in, String field) throws ControlProtocolException {
        return in.has(field) && bool(in, field);
    }

    private static ControlProtocolException wrong(ObjectNode in, String field, String expected) {
        JsonNode found = in.path(field);
        return new ControlProtocolException("\"" + field + "\" of " + in.path("type").asText()
                + ": expected " + expected + ", found "
                + (found.isMissingNode() ? "nothing" : excerpt(utf8(found.toString()))));
    }

    private static ControlProtocolException unknown(String type, String expected) {
        return new ControlProtocolException(
                "Unknown type \"" + excerpt(utf8(type)) + "\": expected one of " + expected);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** At most 60 printable characters of hostile bytes, for a message or a log line. */
    private static String excerpt(byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, 60), StandardCharsets.UTF_8)
                .replaceAll("[\\p{Cntrl}\\uFFFD]", "?");
        return bytes.length > 60 ? text + "..." : text;
    }
}
