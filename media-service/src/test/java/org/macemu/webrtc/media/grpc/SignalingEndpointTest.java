package org.macemu.webrtc.media.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.testing.IsolatedNames;
import org.macemu.webrtc.media.testing.SignalingCall;
import org.macemu.webrtc.media.testing.WebRtcReceiver;
import org.macemu.webrtc.synthetic.SyntheticEmulator;

/** Calls as signaling-service makes them, well-behaved and not, against the started application. */
@QuarkusTest
@QuarkusTestResource(IsolatedNames.class)
class SignalingEndpointTest {

    private static final Duration LIMIT = SignalingCall.LIMIT;

    @TestHTTPResource
    URL url;

    @Inject
    MediaServer server;

    private ManagedChannel channel;
    private final List<WebRtcReceiver> receivers = new ArrayList<>();

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress(url.getHost(), url.getPort()).usePlaintext().build();
    }

    @AfterEach
    void nobodyIsLeft() throws Exception {
        receivers.forEach(WebRtcReceiver::close);
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
        await("viewers left behind", () -> server.audience().watching() == 0 && server.audience().joined() == 0);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            Thread.sleep(10);
        }
    }

    private String offer() throws Exception {
        WebRtcReceiver receiver = new WebRtcReceiver();
        receivers.add(receiver);
        return receiver.makeOffer().sdp;
    }

    @Test
    void welcomesAndTellsTheState() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-1", Role.ROLE_CONTROLLER);
        MediaMessage welcome = call.await(MediaMessage::hasWelcome);
        assertEquals("v-1", welcome.getWelcome().getViewerId());
        assertTrue(welcome.getWelcome().getLanesList().contains(Lane.LANE_ADAPTIVE));
        MediaMessage state = call.await(MediaMessage::hasState);
        assertFalse(state.getState().getEmulatorConnected());
        assertTrue(state.getState().getInput());
        assertEquals(0, call.received().indexOf(welcome), "the welcome comes first");
        call.halfClose();
        assertNull(call.awaitEnd());
    }

    @Test
    void refusesACallThatDoesNotBeginWithAJoin() throws Exception {
        SignalingCall call = SignalingCall.open(channel);
        call.offer("v=0", Lane.LANE_AUTO);
        MediaMessage error = call.awaitError("message_invalid");
        assertTrue(error.getError().getFatal());
        assertTrue(error.getError().getMessage().contains("offer"), error.getError().getMessage());
        assertNull(call.awaitEnd());
    }

    @Test
    void refusesAViewerIdOfOtherCharacters() throws Exception {
        for (String id : List.of("", "a b", "x".repeat(65), "../..", "v\n1")) {
            SignalingCall call = SignalingCall.join(channel, id, Role.ROLE_GUEST);
            assertTrue(call.awaitError("message_invalid").getError().getFatal(), id);
            assertNull(call.awaitEnd());
        }
    }

    @Test
    void halfCloseEndsTheViewer() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-half", Role.ROLE_GUEST);
        call.offer(offer(), Lane.LANE_ADAPTIVE);
        call.await(MediaMessage::hasAnswer);
        assertEquals(1, server.audience().watching());
        call.halfClose();
        assertNull(call.awaitEnd());
        await("half-closed viewer", () -> server.audience().watching() == 0);
    }

    @Test
    void cancellingEndsTheViewer() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-cancel", Role.ROLE_GUEST);
        call.offer(offer(), Lane.LANE_ADAPTIVE);
        call.await(MediaMessage::hasAnswer);
        call.cancel();
        await("cancelled viewer", () -> server.audience().watching() == 0 && server.audience().joined() == 0);
    }

    @Test
    void aConnectionThatBreaksEndsItsViewers() throws Exception {
        ManagedChannel other =
                NettyChannelBuilder.forAddress(url.getHost(), url.getPort()).usePlaintext().build();
        SignalingCall call = SignalingCall.join(other, "v-broken", Role.ROLE_GUEST);
        call.await(MediaMessage::hasWelcome);
        other.shutdownNow();
        await("viewer of a broken connection", () -> server.audience().joined() == 0);
    }

    @Test
    void theSameViewerAgainReplacesTheFirst() throws Exception {
        SignalingCall first = SignalingCall.join(channel, "v-twice", Role.ROLE_GUEST);
        first.await(MediaMessage::hasWelcome);
        SignalingCall second = SignalingCall.join(channel, "v-twice", Role.ROLE_GUEST);
        MediaMessage goodbye = first.await(MediaMessage::hasGoodbye);
        assertEquals("replaced", goodbye.getGoodbye().getReason());
        assertFalse(goodbye.getGoodbye().hasRetryAfterMs());
        assertNull(first.awaitEnd());
        second.await(MediaMessage::hasState);
        assertEquals(1, server.audience().joined());
        second.halfClose();
    }

    @Test
    void garbageIsNoOffer() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-garbage", Role.ROLE_GUEST);
        String good = offer();
        List<String> garbage = List.of(
                "hello",
                "v=0",
                "v=0\r\n",
                "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
                "v=0\r\n" + "a=x\r\n".repeat(5_000),
                good.replace("a=fingerprint:sha-256", "a=fingerprint:sha-0"),
                good.replace("a=ice-ufrag", "a=ice-nothing"),
                good.replace("m=video 9", "m=video 99999999999"),
                good.substring(0, good.indexOf("m=video") + 20));
        long before = 0;
        for (Lane lane : List.of(Lane.LANE_ADAPTIVE, Lane.LANE_AUTO)) {
            for (String sdp : garbage) {
                call.offer(sdp, lane);
                long expected = ++before;
                await(lane + " on " + sdp.substring(0, Math.min(40, sdp.length())) + ": " + call.received(), () ->
                        call.errors("sdp_invalid") + call.errors("lane_unavailable") >= expected);
            }
        }
        call.offer("v=0" + "x".repeat(64 * 1024), Lane.LANE_AUTO);
        assertFalse(call.awaitError("sdp_too_large").getError().getFatal());
        await("places of refused offers", () -> server.audience().watching() == 0);

        call.offer(good, Lane.LANE_ADAPTIVE);
        call.await(MediaMessage::hasAnswer);
        call.halfClose();
    }

    @Test
    void aThousandCandidatesAreAnsweredOnce() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-flood", Role.ROLE_GUEST);
        call.offer(offer(), Lane.LANE_ADAPTIVE);
        for (int i = 0; i < 1_000; i++) {
            call.candidate("candidate:" + i + " 1 udp 2122260223 127.0.0.1 " + (10_000 + i) + " typ host", "0");
        }
        call.awaitError("too_many_candidates");
        call.await(MediaMessage::hasAnswer);
        assertEquals(1, call.errors("too_many_candidates"));
        call.halfClose();
        assertNull(call.awaitEnd());
    }

    @Test
    void hostileCandidatesDoNotEndTheCall() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-cand", Role.ROLE_GUEST);
        call.candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host", "0");
        call.offer(offer(), Lane.LANE_ADAPTIVE);
        call.candidate("hello", "0");
        call.candidate("candidate:" + "9".repeat(2_000), "0");
        call.candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host", "m".repeat(10_000));
        call.candidate("candidate:", "0");
        call.candidate("candidate:nonsense that no parser takes", "no such section");
        call.candidate("", "0");
        await("refused candidates: " + call.received(), () -> call.errors("candidate_invalid") >= 3);
        call.await(MediaMessage::hasAnswer);
        call.halfClose();
        assertNull(call.awaitEnd());
    }

    @Test
    void emptyMessagesAndASecondJoinAreErrors() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-odd", Role.ROLE_GUEST);
        call.send(ViewerMessage.getDefaultInstance());
        call.awaitError("message_unknown_type");
        call.send(SignalingCall.joinMessage("v-odd", Role.ROLE_OWNER));
        call.awaitError("message_invalid");
        call.input("{\"type\":\"key\",\"code\":65,\"pressed\":true}");
        call.awaitError("input_not_allowed");
        call.halfClose();
    }

    @Test
    void takesNoMoreViewersThanItHasRoomFor() throws Exception {
        List<SignalingCall> calls = new ArrayList<>();
        for (int i = 0; i < IsolatedNames.MAX_VIEWERS; i++) {
            SignalingCall call = SignalingCall.join(channel, "v-room-" + i, Role.ROLE_GUEST);
            call.offer(offer(), Lane.LANE_ADAPTIVE);
            call.await(MediaMessage::hasAnswer);
            calls.add(call);
        }
        assertFalse(server.isReady(), "ready although full");
        SignalingCall late = SignalingCall.join(channel, "v-late", Role.ROLE_GUEST);
        late.offer(offer(), Lane.LANE_ADAPTIVE);
        assertFalse(late.awaitError("capacity_reached").getError().getFatal());
        calls.get(0).halfClose();
        await("room again", () -> server.audience().watching() == IsolatedNames.MAX_VIEWERS - 1);
        late.offer(offer(), Lane.LANE_ADAPTIVE);
        late.await(MediaMessage::hasAnswer);
        calls.forEach(c -> {
            if (c != calls.get(0)) {
                c.halfClose();
            }
        });
        late.halfClose();
    }

    /** A caller that floods and does not read: its call is ended, so that answers do not pile up. */
    @Test
    void whoeverDoesNotReadIsCutOff() throws Exception {
        SignalingCall deaf = SignalingCall.deaf(channel);
        deaf.send(SignalingCall.joinMessage("v-deaf", Role.ROLE_GUEST));
        await("the deaf viewer", () -> server.audience().joined() == 1);
        long begin = System.nanoTime();
        for (int i = 0; i < 20_000 && server.audience().joined() == 1; i++) {
            deaf.send(ViewerMessage.getDefaultInstance());
        }
        await("end of the deaf viewer", () -> server.audience().joined() == 0);
        assertTrue(System.nanoTime() - begin < IsolatedNames.IDLE_MILLIS * 900_000, "only the idle time-out ended it");
        deaf.cancel();
    }

    @Test
    void aSessionWithoutMediaEndsByItself() throws Exception {
        SignalingCall idle = SignalingCall.join(channel, "v-idle", Role.ROLE_GUEST);
        SignalingCall mute = SignalingCall.open(channel);
        MediaMessage goodbye = idle.await(MediaMessage::hasGoodbye);
        assertEquals("error", goodbye.getGoodbye().getReason());
        assertTrue(goodbye.getGoodbye().getRetryAfterMs() > 0);
        assertNull(idle.awaitEnd());
        assertNull(mute.awaitEnd());
    }

    @Test
    void tellsOfTheEmulatorAndGivesItInput() throws Exception {
        SignalingCall call = SignalingCall.join(channel, "v-mac", Role.ROLE_CONTROLLER);
        call.await(MediaMessage::hasState);
        SyntheticEmulator emulator =
                SyntheticEmulator.start(IsolatedNames.emulator().size(320, 240).fps(20).build());
        try {
            call.await(m -> m.hasState() && m.getState().getEmulatorConnected());
            // What the emulator calls itself comes with its first status.
            call.await(m -> m.hasState() && !m.getState().getEmulator().isEmpty());
            call.await(m -> m.hasState() && m.getState().getWidth() == 320 && m.getState().getHeight() == 240);
            call.input("{\"type\":\"key\",\"code\":65,\"pressed\":true}");
            emulator.awaitInput(i -> i instanceof Key k && k.code() == 65 && k.pressed(), LIMIT);
            call.input("{\"type\":\"key\",\"code\":\"KeyA\",\"pressed\":true}");
            call.awaitError("input_invalid");
            call.input("{\"type\":\"mouse_move\",\"x\":NaN,\"y\":1e300}");
            await("two refused inputs", () -> call.errors("input_invalid") == 2);
            // Leaving with a key down: the key goes up.
            call.halfClose();
            emulator.awaitInput(i -> i instanceof Key k && k.code() == 65 && !k.pressed(), LIMIT);

            SignalingCall witness = SignalingCall.join(channel, "v-witness", Role.ROLE_GUEST);
            witness.await(m -> m.hasState() && m.getState().getEmulatorConnected());
            int seen = witness.received().size();
            emulator.disconnect(Duration.ofMillis(300));
            await("word of the end", () -> witness.received().stream()
                    .skip(seen)
                    .anyMatch(m -> m.hasState() && !m.getState().getEmulatorConnected()));
            int gone = witness.received().size();
            await("word of the return", () -> witness.received().stream()
                    .skip(gone)
                    .anyMatch(m -> m.hasState()
                            && m.getState().getEmulatorConnected()
                            && !m.getState().getEmulator().isEmpty()));
            witness.halfClose();
        } finally {
            emulator.close();
        }
        await("emulator gone", () -> !server.isEmulatorConnected());
    }
}
