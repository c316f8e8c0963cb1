package org.macemu.webrtc.media.session;

import java.util.concurrent.atomic.AtomicInteger;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointers;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.media.lane.Lane;

/** What one browser is told, as messages. Any thread; nothing blocks. */
final class ToBrowser {

    /**
     * Errors told to one browser; a page makes a handful. One that makes more is sent away, which also bounds what lies
     * unread on a call that nobody reads.
     */
    private static final int MAX_ERRORS = 300;

    private final ViewerSession.Outbox outbox;
    private final AtomicInteger errors = new AtomicInteger();

    ToBrowser(ViewerSession.Outbox outbox) {
        this.outbox = outbox;
    }

    void welcome(String viewer, Iterable<IceServer> iceServers, Iterable<Lane> lanes) {
        Welcome.Builder welcome = Welcome.newBuilder().setViewerId(viewer).addAllIceServers(iceServers);
        lanes.forEach(lane -> welcome.addLanes(wireName(lane)));
        outbox.send(MediaMessage.newBuilder().setWelcome(welcome).build());
    }

    void answer(String sdp, Lane lane) {
        outbox.send(MediaMessage.newBuilder()
                .setAnswer(Answer.newBuilder().setSdp(sdp).setLane(wireName(lane)))
                .build());
    }

    void candidate(String candidate, String sdpMid, int sdpMLineIndex) {
        outbox.send(MediaMessage.newBuilder()
                .setCandidate(Candidate.newBuilder()
                        .setCandidate(candidate)
                        .setSdpMid(sdpMid == null ? "" : sdpMid)
                        .setSdpMLineIndex(sdpMLineIndex))
                .build());
    }

    void state(State state) {
        outbox.send(MediaMessage.newBuilder().setState(state).build());
    }

    void pointers(Pointers pointers) {
        outbox.send(MediaMessage.newBuilder().setPointers(pointers).build());
    }

    void participants(Participants participants) {
        outbox.send(MediaMessage.newBuilder().setParticipants(participants).build());
    }

    /** Asks the page to make a second connection elsewhere before it closes this one. */
    void move(String reason) {
        move(Move.newBuilder().setReason(reason));
    }

    /** Asks the page to make a second connection on another lane of this place. */
    void moveTo(Lane lane) {
        move(Move.newBuilder().setReason("network").setLane(wireName(lane)));
    }

    private void move(Move.Builder move) {
        outbox.send(MediaMessage.newBuilder().setMove(move).build());
    }

    /** Returns false, and says nothing, when this browser was told too many errors already. */
    boolean error(String code, String message, boolean fatal) {
        if (errors.incrementAndGet() > MAX_ERRORS) {
            return false;
        }
        outbox.send(MediaMessage.newBuilder()
                .setError(Error.newBuilder().setCode(code).setMessage(message).setFatal(fatal))
                .build());
        return true;
    }

    /** The last message of a session; the call ends with it. */
    void goodbye(String reason, Integer retryAfterMillis) {
        Goodbye.Builder goodbye = Goodbye.newBuilder().setReason(reason);
        if (retryAfterMillis != null) {
            goodbye.setRetryAfterMs(retryAfterMillis);
        }
        outbox.send(MediaMessage.newBuilder().setGoodbye(goodbye).build());
        end();
    }

    void end() {
        outbox.complete();
    }

    private static org.macemu.webrtc.api.grpc.Lane wireName(Lane lane) {
        return lane.name().equals("shared")
                ? org.macemu.webrtc.api.grpc.Lane.LANE_SHARED
                : org.macemu.webrtc.api.grpc.Lane.LANE_ADAPTIVE;
    }
}
