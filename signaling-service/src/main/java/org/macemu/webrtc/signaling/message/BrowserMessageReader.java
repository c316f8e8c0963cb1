package org.macemu.webrtc.signaling.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Input;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Rename;
import org.macemu.webrtc.api.grpc.ViewerMessage;

/**
 * Reads what a browser says: the JSON of the WebSocket to the gRPC contract, as the comments in {@code signaling.proto}
 * show it.
 *
 * <p>Strict: one JSON object per message (RFC 8259: no NaN, no comments), no duplicate keys, nothing after it, bounded
 * sizes and depth. Keys that the contract does not name are ignored, so that a newer client can talk to an older server.
 * Stateless.
 */
public final class BrowserMessageReader {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_NAME = 64;
    private static final int MAX_NUMBER = 40;
    private static final int MAX_QUOTED = 40;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNameLength(MAX_NAME)
                            .maxNumberLength(MAX_NUMBER)
                            .maxStringLength(MessageLimits.MAX_MESSAGE_BYTES)
                            .maxDocumentLength(MessageLimits.MAX_MESSAGE_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private BrowserMessageReader() {}

    /**
     * Reads one text message of a browser.
     *
     * @throws MessageException when it does not fit; the connection can stay up
     */
    public static BrowserMessage read(String text) throws MessageException {
        if (exceeds(text, MessageLimits.MAX_MESSAGE_BYTES)) {
            throw new MessageException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "The message has " + text.length() + " characters; at most " + MessageLimits.MAX_MESSAGE_BYTES
                            + " bytes are read.");
        }
        JsonNode root = parse(text);
        if (!root.isObject()) {
            throw invalid("The message is " + kind(root) + "; a JSON object with a \"type\" is expected.");
        }
        JsonNode type = root.path("type");
        if (!type.isTextual()) {
            throw invalid("\"type\" is " + kind(type) + "; a string is expected.");
        }
        return switch (type.textValue()) {
            case "offer" -> offer(root);
            case "candidate" -> candidate(root);
            case "mouse_move", "mouse_button", "mouse_wheel", "key", "release_all" -> input(text);
            case "control" -> control(root);
            case "name" -> name(root);
            case "pointer" -> pointer(root);
            case "ping" -> ping(root);
            default -> throw new MessageException(
                    ErrorCode.MESSAGE_UNKNOWN_TYPE,
                    "\"type\" is " + quoted(type.textValue()) + "; expected offer, candidate, control, name, pointer,"
                            + " ping, mouse_move, mouse_button, mouse_wheel, key or release_all.");
        };
    }

    private static JsonNode parse(String text) throws MessageException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw invalid("The message is not JSON that can be read" + where + ": "
                    + shortened(e.getOriginalMessage()));
        }
    }

    private static BrowserMessage offer(JsonNode root) throws MessageException {
        JsonNode sdp = root.path("sdp");
        if (!sdp.isTextual()) {
            throw new MessageException(
                    ErrorCode.SDP_INVALID, "\"sdp\" is " + kind(sdp) + "; a string with the offer's SDP is expected.");
        }
        String value = sdp.textValue();
        if (exceeds(value, MessageLimits.MAX_SDP_BYTES)) {
            throw new MessageException(
                    ErrorCode.SDP_TOO_LARGE,
                    "The SDP has " + value.length() + " characters; at most " + MessageLimits.MAX_SDP_BYTES
                            + " bytes are accepted.");
        }
        if (!value.startsWith("v=0")) {
            throw new MessageException(
                    ErrorCode.SDP_INVALID,
                    "The SDP begins with " + quoted(value) + "; \"v=0\" is expected (RFC 8866, section 5.1).");
        }
        return new BrowserMessage.Offer(ViewerMessage.newBuilder()
                .setOffer(Offer.newBuilder().setSdp(value).setLane(lane(root.path("lane"))))
                .build());
    }

    private static Lane lane(JsonNode lane) throws MessageException {
        if (lane.isMissingNode() || lane.isNull()) {
            return Lane.LANE_AUTO;
        }
        return switch (lane.asText()) {
            case "auto" -> Lane.LANE_AUTO;
            case "shared" -> Lane.LANE_SHARED;
            case "adaptive" -> Lane.LANE_ADAPTIVE;
            default -> throw invalid("\"lane\" is " + quoted(lane.asText()) + "; expected auto, shared or adaptive.");
        };
    }

    private static BrowserMessage candidate(JsonNode root) throws MessageException {
        JsonNode line = root.path("candidate");
        if (!line.isTextual()) {
            throw badCandidate("\"candidate\" is " + kind(line)
                    + "; a string is expected, empty at the end of candidates.");
        }
        String value = line.textValue();
        if (exceeds(value, MessageLimits.MAX_CANDIDATE_BYTES)) {
            throw badCandidate("The candidate has " + value.length() + " characters; at most "
                    + MessageLimits.MAX_CANDIDATE_BYTES + " bytes are accepted.");
        }
        if (!value.isEmpty() && !value.startsWith("candidate:")) {
            throw badCandidate("The candidate begins with " + quoted(value)
                    + "; \"candidate:\" is expected (RFC 8839, section 5.1).");
        }
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw badCandidate("The candidate holds a control character; one line of text is expected.");
        }
        JsonNode mid = root.path("sdpMid");
        if (!absent(mid) && (!mid.isTextual() || exceeds(mid.textValue(), MessageLimits.MAX_SDP_MID_BYTES))) {
            throw badCandidate("\"sdpMid\" is " + kind(mid) + "; a string of at most "
                    + MessageLimits.MAX_SDP_MID_BYTES + " bytes is expected.");
        }
        JsonNode index = root.path("sdpMLineIndex");
        if (!absent(index)
                && (!index.canConvertToExactIntegral()
                        || !index.canConvertToInt()
                        || index.intValue() < 0
                        || index.intValue() > MessageLimits.MAX_M_LINE_INDEX)) {
            throw badCandidate("\"sdpMLineIndex\" is " + shortened(index.toString()) + "; an integer from 0 to "
                    + MessageLimits.MAX_M_LINE_INDEX + " is expected.");
        }
        return new BrowserMessage.Candidate(ViewerMessage.newBuilder()
                .setCandidate(Candidate.newBuilder()
                        .setCandidate(value)
                        .setSdpMid(absent(mid) ? "" : mid.textValue())
                        .setSdpMLineIndex(absent(index) ? 0 : index.intValue()))
                .build());
    }

    /** The fields of input are checked where all input arrives, data channels included: in the media-service. */
    private static BrowserMessage input(String text) throws MessageException {
        if (exceeds(text, MessageLimits.MAX_INPUT_BYTES)) {
            throw new MessageException(
                    ErrorCode.INPUT_INVALID,
                    "The input message has " + text.length() + " characters; at most " + MessageLimits.MAX_INPUT_BYTES
                            + " bytes are accepted.");
        }
        return new BrowserMessage.Input(
                ViewerMessage.newBuilder().setInput(Input.newBuilder().setJson(text)).build());
    }

    private static BrowserMessage control(JsonNode root) throws MessageException {
        JsonNode action = root.path("action");
        Control.Action wanted =
                switch (action.asText()) {
                    case "request" -> Control.Action.ACTION_REQUEST;
                    case "release" -> Control.Action.ACTION_RELEASE;
                    case "take" -> Control.Action.ACTION_TAKE;
                    case "grant" -> Control.Action.ACTION_GRANT;
                    case "deny" -> Control.Action.ACTION_DENY;
                    default -> throw invalid("\"action\" is " + kind(action)
                            + "; expected request, release, take, grant or deny.");
                };
        JsonNode viewer = root.path("viewer");
        if (!absent(viewer) && (!viewer.isTextual() || exceeds(viewer.textValue(), MessageLimits.MAX_VIEWER_BYTES))) {
            throw invalid("\"viewer\" is " + kind(viewer) + "; a viewer's id of at most "
                    + MessageLimits.MAX_VIEWER_BYTES + " bytes is expected.");
        }
        return new BrowserMessage.Control(ViewerMessage.newBuilder()
                .setControl(Control.newBuilder()
                        .setAction(wanted)
                        .setViewerId(absent(viewer) ? "" : viewer.textValue()))
                .build());
    }

    private static BrowserMessage name(JsonNode root) throws MessageException {
        JsonNode name = root.path("name");
        if (!name.isTextual() || name.textValue().length() > MessageLimits.MAX_PERSON_NAME) {
            throw invalid("\"name\" is " + kind(name) + "; a string of at most " + MessageLimits.MAX_PERSON_NAME
                    + " characters is expected.");
        }
        return new BrowserMessage.Sharing(ViewerMessage.newBuilder()
                .setRename(Rename.newBuilder().setName(name.textValue()))
                .build());
    }

    private static BrowserMessage pointer(JsonNode root) throws MessageException {
        JsonNode x = root.path("x");
        JsonNode y = root.path("y");
        Pointer.Builder pointer = Pointer.newBuilder();
        if (!absent(x) || !absent(y)) {
            pointer.setShown(true).setX(coordinate("x", x)).setY(coordinate("y", y));
        }
        return new BrowserMessage.Sharing(
                ViewerMessage.newBuilder().setPointer(pointer).build());
    }

    private static int coordinate(String name, JsonNode value) throws MessageException {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0
                || value.intValue() > Short.MAX_VALUE) {
            throw invalid("\"" + name + "\" is " + kind(value) + "; Mac pixels from 0 to " + Short.MAX_VALUE
                    + " are expected.");
        }
        return value.intValue();
    }

    private static BrowserMessage ping(JsonNode root) throws MessageException {
        JsonNode time = root.path("time");
        if (absent(time)) {
            return new BrowserMessage.Ping(null);
        }
        if (!time.isNumber()) {
            throw invalid("\"time\" is " + kind(time) + "; a number is expected.");
        }
        return new BrowserMessage.Ping(time);
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static boolean exceeds(String text, int bytes) {
        // A UTF-16 unit takes at most three bytes of UTF-8: most messages are measured without encoding them.
        if (text.length() > bytes) {
            return true;
        }
        return text.length() * 3L > bytes && text.getBytes(UTF_8).length > bytes;
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING -> "missing";
            case NULL -> "null";
            case STRING -> "the string " + quoted(node.textValue());
            case NUMBER -> "the number " + shortened(node.asText());
            case BOOLEAN -> node.asText();
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            default -> node.getNodeType().name();
        };
    }

    private static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    private static String shortened(String text) {
        return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
    }

    private static MessageException invalid(String message) {
        return new MessageException(ErrorCode.MESSAGE_INVALID, message);
    }

    private static MessageException badCandidate(String message) {
        return new MessageException(ErrorCode.CANDIDATE_INVALID, message);
    }
}
