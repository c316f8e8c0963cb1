package org.macemu.webrtc.signaling.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.Input;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Participant;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Pointers;
import org.macemu.webrtc.api.grpc.Rename;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;

/**
 * The JSON of the WebSocket to the gRPC contract and back, as the comments in {@code signaling.proto} show it.
 *
 * <p>Strict towards the browser: one JSON object per message (RFC 8259: no NaN, no comments), no duplicate keys,
 * nothing after it, bounded sizes and depth. Keys that the contract does not name are ignored, so that a newer client
 * can talk to an older server. Stateless and thread-safe.
 */
@Singleton
public final class SignalingJson {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_NAME = 64;
    private static final int MAX_NUMBER = 40;
    private static final int MAX_QUOTED = 40;

    private final ObjectMapper mapper = new ObjectMapper(JsonFactory.builder()
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

    /**
     * Reads one text message of a browser.
     *
     * @throws MessageException when it does not fit; the connection can stay up
     */
    public BrowserMessage read(String text) throws MessageException {
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
                    "\"type\" is " + quoted(type.textValue()) + "; expected offer, candidate, control, name, pointer, ping,"
                            + " mouse_move,"
                            + " mouse_button, mouse_wheel, key or release_all.");
        };
    }

    private JsonNode parse(String text) throws MessageException {
        try {
            return mapper.readTree(text);
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

    /**
     * Writes a message of the media-service for the browser.
     *
     * @param heartbeat how often the browser is to ping, added to {@code welcome}
     * @return null for a message that is empty or of a kind this version does not know
     */
    public String write(MediaMessage message, Duration heartbeat) {
        return switch (message.getMessageCase()) {
            case WELCOME -> welcome(message.getWelcome(), heartbeat);
            case ANSWER -> answer(message.getAnswer());
            case CANDIDATE -> candidate(message.getCandidate());
            case STATE -> state(message.getState());
            case ERROR -> error(message.getError());
            case GOODBYE -> goodbye(message.getGoodbye());
            case PARTICIPANTS -> participants(message.getParticipants());
            case MOVE -> move(message.getMove());
            case POINTERS -> pointers(message.getPointers());
            case MESSAGE_NOT_SET -> null;
        };
    }

    private String welcome(Welcome welcome, Duration heartbeat) {
        ObjectNode node = message("welcome")
                .put("viewer", welcome.getViewerId())
                .put("heartbeatSeconds", Math.max(1, heartbeat.toSeconds()));
        connectionFacts(node, welcome.getIceServersList(), welcome.getLanesList());
        return node.toString();
    }

    private String move(Move move) {
        ObjectNode node = message("move").put("reason", move.getReason()).put("lane", text(move.getLane()));
        if (!move.getViewerId().isEmpty()) {
            node.put("viewer", move.getViewerId());
            connectionFacts(node, move.getIceServersList(), move.getLanesList());
        }
        return node.toString();
    }

    private static void connectionFacts(ObjectNode node, List<IceServer> iceServers, List<Lane> laneList) {
        ArrayNode servers = node.putArray("iceServers");
        for (IceServer server : iceServers) {
            ObjectNode entry = servers.addObject();
            ArrayNode urls = entry.putArray("urls");
            server.getUrlsList().forEach(urls::add);
            if (!server.getUsername().isEmpty()) {
                entry.put("username", server.getUsername());
            }
            if (!server.getCredential().isEmpty()) {
                entry.put("credential", server.getCredential());
            }
        }
        ArrayNode lanes = node.putArray("lanes");
        laneList.forEach(lane -> lanes.add(text(lane)));
    }

    private String answer(Answer answer) {
        return message("answer")
                .put("sdp", answer.getSdp())
                .put("lane", text(answer.getLane()))
                .toString();
    }

    private String candidate(Candidate candidate) {
        return message("candidate")
                .put("candidate", candidate.getCandidate())
                .put("sdpMid", candidate.getSdpMid())
                .put("sdpMLineIndex", candidate.getSdpMLineIndex())
                .toString();
    }

    private String state(State state) {
        ObjectNode node = message("state")
                .put("emulator", state.getEmulatorConnected() ? "connected" : "disconnected")
                .put("width", state.getWidth())
                .put("height", state.getHeight())
                // JSON has no NaN; a figure that is not one is no figure.
                .put("fps", Double.isFinite(state.getFps()) ? state.getFps() : 0)
                .put("viewers", state.getViewers())
                .put("input", state.getInput())
                .put("controller", state.getController())
                .put("role", text(state.getRole()));
        if (!state.getEmulator().isEmpty()) {
            node.put("emulatorName", state.getEmulator());
        }
        if (!state.getProblem().isEmpty()) {
            node.put("problem", state.getProblem());
        }
        return node.toString();
    }

    private String participants(Participants participants) {
        ObjectNode node = message("participants");
        ArrayNode list = node.putArray("participants");
        for (Participant participant : participants.getParticipantsList()) {
            list.addObject()
                    .put("viewer", participant.getViewerId())
                    .put("name", participant.getName())
                    .put("role", text(participant.getRole()))
                    .put("requests", participant.getRequests());
        }
        return node.toString();
    }

    private String pointers(Pointers pointers) {
        ObjectNode node = message("pointers");
        ArrayNode list = node.putArray("pointers");
        for (Pointers.PointerOf pointer : pointers.getPointersList()) {
            list.addObject()
                    .put("viewer", pointer.getViewerId())
                    .put("name", pointer.getName())
                    .put("x", pointer.getX())
                    .put("y", pointer.getY());
        }
        return node.toString();
    }

    private String error(Error error) {
        return message("error")
                .put("code", error.getCode())
                .put("message", error.getMessage())
                .put("fatal", error.getFatal())
                .toString();
    }

    private String goodbye(Goodbye goodbye) {
        ObjectNode node = message("goodbye").put("reason", goodbye.getReason());
        if (goodbye.hasRetryAfterMs()) {
            node.put("retryAfterMs", goodbye.getRetryAfterMs());
        }
        return node.toString();
    }

    /** An {@code error} of this service. */
    public String error(ErrorCode code, String text, boolean fatal) {
        return message("error")
                .put("code", code.text())
                .put("message", text)
                .put("fatal", fatal)
                .toString();
    }

    /** A {@code goodbye} after which the browser is welcome again. */
    public String goodbye(String reason, Duration retryAfter) {
        return message("goodbye")
                .put("reason", reason)
                .put("retryAfterMs", retryAfter.toMillis())
                .toString();
    }

    /** A {@code goodbye} for good. */
    public String goodbye(String reason) {
        return message("goodbye").put("reason", reason).toString();
    }

    /** The answer to a ping. */
    public String pong(BrowserMessage.Ping ping) {
        ObjectNode node = message("pong");
        if (ping.time() != null) {
            node.set("time", ping.time());
        }
        return node.toString();
    }

    private ObjectNode message(String type) {
        return mapper.createObjectNode().put("type", type);
    }

    private static String text(Lane lane) {
        return switch (lane) {
            case LANE_SHARED -> "shared";
            case LANE_ADAPTIVE -> "adaptive";
            case LANE_AUTO, UNRECOGNIZED -> "auto";
        };
    }

    private static String text(Role role) {
        return switch (role) {
            case ROLE_OWNER -> "owner";
            case ROLE_CONTROLLER -> "controller";
            case ROLE_GUEST, ROLE_UNSPECIFIED, UNRECOGNIZED -> "guest";
        };
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
