package org.macemu.webrtc.signaling.message;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.api.grpc.Participant;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointers;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.Welcome;

/**
 * Writes what a browser is told: the messages of the gRPC contract and this service's own as the JSON of the WebSocket,
 * as the comments in {@code signaling.proto} show it. Stateless.
 */
public final class ServerMessageWriter {

    private ServerMessageWriter() {}

    /**
     * Writes a message of the media-service for the browser.
     *
     * @param heartbeat how often the browser is to ping, added to {@code welcome}
     * @return null for a message that is empty or of a kind this version does not know
     */
    public static String write(MediaMessage message, Duration heartbeat) {
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

    private static String welcome(Welcome welcome, Duration heartbeat) {
        ObjectNode node = message("welcome")
                .put("viewer", welcome.getViewerId())
                .put("heartbeatSeconds", Math.max(1, heartbeat.toSeconds()));
        connectionFacts(node, welcome.getIceServersList(), welcome.getLanesList());
        return node.toString();
    }

    private static String move(Move move) {
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

    private static String answer(Answer answer) {
        return message("answer")
                .put("sdp", answer.getSdp())
                .put("lane", text(answer.getLane()))
                .toString();
    }

    private static String candidate(Candidate candidate) {
        return message("candidate")
                .put("candidate", candidate.getCandidate())
                .put("sdpMid", candidate.getSdpMid())
                .put("sdpMLineIndex", candidate.getSdpMLineIndex())
                .toString();
    }

    private static String state(State state) {
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

    private static String participants(Participants participants) {
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

    private static String pointers(Pointers pointers) {
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

    private static String error(Error error) {
        return message("error")
                .put("code", error.getCode())
                .put("message", error.getMessage())
                .put("fatal", error.getFatal())
                .toString();
    }

    private static String goodbye(Goodbye goodbye) {
        ObjectNode node = message("goodbye").put("reason", goodbye.getReason());
        if (goodbye.hasRetryAfterMs()) {
            node.put("retryAfterMs", goodbye.getRetryAfterMs());
        }
        return node.toString();
    }

    /** An {@code error} of this service. */
    public static String error(ErrorCode code, String text, boolean fatal) {
        return message("error")
                .put("code", code.text())
                .put("message", text)
                .put("fatal", fatal)
                .toString();
    }

    /** A {@code goodbye} after which the browser is welcome again. */
    public static String goodbye(String reason, Duration retryAfter) {
        return message("goodbye")
                .put("reason", reason)
                .put("retryAfterMs", retryAfter.toMillis())
                .toString();
    }

    /** A {@code goodbye} for good. */
    public static String goodbye(String reason) {
        return message("goodbye").put("reason", reason).toString();
    }

    /** The answer to a ping. */
    public static String pong(BrowserMessage.Ping ping) {
        ObjectNode node = message("pong");
        if (ping.time() != null) {
            node.set("time", ping.time());
        }
        return node.toString();
    }

    private static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
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
}
