package org.macemu.webrtc.signaling.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Control;
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

/** The JSON forms shown in signaling.proto, and what a hostile browser may send instead. */
class SignalingJsonTest {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final SignalingJson json = new SignalingJson();

    // ---- from the browser

    @ParameterizedTest
    @CsvSource({"auto,LANE_AUTO", "shared,LANE_SHARED", "adaptive,LANE_ADAPTIVE"})
    void readsAnOffer(String lane, Lane expected) throws MessageException {
        var offer = assertInstanceOf(
                BrowserMessage.Offer.class,
                json.read("{\"type\":\"offer\",\"sdp\":\"v=0\\r\\no=- 1 1 IN IP4 0.0.0.0\\r\\n\",\"lane\":\"" + lane
                        + "\",\"later\":1}"));
        assertEquals("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", offer.message().getOffer().getSdp());
        assertEquals(expected, offer.message().getOffer().getLane());
    }

    @Test
    void anOfferWithoutALaneLeavesTheChoice() throws MessageException {
        var offer = assertInstanceOf(BrowserMessage.Offer.class, json.read("{\"type\":\"offer\",\"sdp\":\"v=0\"}"));
        assertEquals(Lane.LANE_AUTO, offer.message().getOffer().getLane());
    }

    @Test
    void readsTheGreatestOfferWithEveryLineEndEscaped() throws MessageException {
        String sdp = "v=0\r\n" + "a=\r\n".repeat((MessageLimits.MAX_SDP_BYTES - 5) / 4);
        var offer = assertInstanceOf(BrowserMessage.Offer.class, json.read(offer(sdp.replace("\r\n", "\\r\\n"))));
        assertEquals(sdp, offer.message().getOffer().getSdp());
    }

    @Test
    void readsACandidate() throws MessageException {
        var candidate = assertInstanceOf(
                        BrowserMessage.Candidate.class,
                        json.read("{\"type\":\"candidate\","
                                + "\"candidate\":\"candidate:1 1 udp 1 127.0.0.1 5000 typ host\","
                                + "\"sdpMid\":\"1\",\"sdpMLineIndex\":1,\"usernameFragment\":\"x\"}"))
                .message()
                .getCandidate();
        assertEquals("candidate:1 1 udp 1 127.0.0.1 5000 typ host", candidate.getCandidate());
        assertEquals("1", candidate.getSdpMid());
        assertEquals(1, candidate.getSdpMLineIndex());
    }

    @Test
    void readsTheEndOfCandidates() throws MessageException {
        var candidate = assertInstanceOf(
                        BrowserMessage.Candidate.class,
                        json.read("{\"type\":\"candidate\",\"candidate\":\"\",\"sdpMid\":null,\"sdpMLineIndex\":null}"))
                .message()
                .getCandidate();
        assertEquals(Candidate.getDefaultInstance(), candidate);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"mouse_move\",\"x\":100,\"y\":200}",
                "{ \"x\" : 1.5e2, \"type\":\"mouse_move\" , \"y\":-1}",
                "{\"type\":\"mouse_button\",\"x\":100,\"y\":200,\"button\":0,\"pressed\":true}",
                "{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3}",
                "{\"type\":\"key\",\"code\":65,\"pressed\":true,\"ctrl\":false}",
                "{\"type\":\"release_all\"}"
            })
    void passesInputOnAsItCame(String text) throws MessageException {
        var input = assertInstanceOf(BrowserMessage.Input.class, json.read(text));
        assertEquals(text, input.message().getInput().getJson());
    }

    @ParameterizedTest
    @ValueSource(strings = {"123.4", "0", "1.7e12", "-5"})
    void answersAPingWithItsTime(String time) throws MessageException {
        var ping = assertInstanceOf(BrowserMessage.Ping.class, json.read("{\"type\":\"ping\",\"time\":" + time + "}"));
        assertTrue(json.pong(ping).startsWith("{\"type\":\"pong\",\"time\":"));
    }

    @Test
    void answersAPingWithoutATime() throws MessageException {
        var ping = assertInstanceOf(BrowserMessage.Ping.class, json.read("{\"type\":\"ping\"}"));
        assertEquals("{\"type\":\"pong\"}", json.pong(ping));
    }

    static Stream<Arguments> hostile() {
        String big = "x".repeat(2_000);
        return Stream.of(
                Arguments.of("", "message_invalid"),
                Arguments.of("   ", "message_invalid"),
                Arguments.of("hello", "message_invalid"),
                Arguments.of("null", "message_invalid"),
                Arguments.of("17", "message_invalid"),
                Arguments.of("\"offer\"", "message_invalid"),
                Arguments.of("[]", "message_invalid"),
                Arguments.of("[{\"type\":\"ping\"}]", "message_invalid"),
                Arguments.of("{}", "message_invalid"),
                Arguments.of("{\"type\":null}", "message_invalid"),
                Arguments.of("{\"type\":7}", "message_invalid"),
                Arguments.of("{\"type\":{}}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\"", "message_invalid"),
                Arguments.of("{\"type\":\"ping\"}{\"type\":\"ping\"}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\"} x", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"type\":\"offer\"}", "message_invalid"),
                Arguments.of("{'type':'ping'}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"time\":NaN}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"time\":\"now\"}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"time\":" + "9".repeat(50) + "}", "message_invalid"),
                Arguments.of("{\"type\":\"mouse_move\",\"x\":NaN,\"y\":1}", "message_invalid"),
                Arguments.of("{\"type\":\"mouse_move\",\"x\":-Infinity,\"y\":1}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\",\"a\":" + "[".repeat(1_000) + "}", "message_invalid"),
                Arguments.of("{\"" + big + "\":1,\"type\":\"ping\"}", "message_invalid"),
                Arguments.of("{\"type\":\"ping\\u0000\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"" + big + "\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"join\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"control\"}", "message_invalid"),
                Arguments.of("{\"type\":\"control\",\"action\":\"seize\"}", "message_invalid"),
                Arguments.of("{\"type\":\"control\",\"action\":\"grant\",\"viewer\":7}", "message_invalid"),
                Arguments.of(
                        "{\"type\":\"control\",\"action\":\"grant\",\"viewer\":\"" + "v".repeat(65) + "\"}",
                        "message_invalid"),
                Arguments.of("{\"type\":\"OFFER\",\"sdp\":\"v=0\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"goodbye\",\"reason\":\"x\"}", "message_unknown_type"),
                Arguments.of("{\"type\":\"offer\"}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":null}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":[\"v=0\"]}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"\"}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"<html>\"}", "sdp_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"v=0\",\"lane\":\"fast\"}", "message_invalid"),
                Arguments.of("{\"type\":\"offer\",\"sdp\":\"v=0\",\"lane\":3}", "message_invalid"),
                Arguments.of(offer("v=0" + "x".repeat(MessageLimits.MAX_SDP_BYTES)), "sdp_too_large"),
                // 30,000 characters of three bytes each.
                Arguments.of(offer("v=0" + "\u20ac".repeat(30_000)), "sdp_too_large"),
                Arguments.of(offer("v=0" + "x".repeat(MessageLimits.MAX_MESSAGE_BYTES)), "message_too_large"),
                Arguments.of("x".repeat(200_000), "message_too_large"),
                Arguments.of("\u20ac".repeat(34_000), "message_too_large"),
                Arguments.of("{\"type\":\"candidate\"}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":null}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":\"typ host\"}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":\"candidate:1\\r\\na=x\"}", "candidate_invalid"),
                Arguments.of("{\"type\":\"candidate\",\"candidate\":\"candidate:" + big + "\"}", "candidate_invalid"),
                Arguments.of(candidate("\"sdpMid\":1}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMid\":\"" + big + "\"}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":-1}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":1.5}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":1e300}"), "candidate_invalid"),
                Arguments.of(candidate("\"sdpMLineIndex\":\"0\"}"), "candidate_invalid"),
                Arguments.of("{\"type\":\"key\",\"code\":65,\"x\":\"" + big + "\"}", "input_invalid"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refusesWhatDoesNotFit(String text, String code) {
        MessageException refusal = assertThrows(MessageException.class, () -> json.read(text));
        assertEquals(code, refusal.code().text());
        assertTrue(refusal.getMessage().length() < 300, () -> "echoes too much: " + refusal.getMessage());
    }

    @Test
    void readsAnyUtf16WithoutFailing() throws MessageException {
        // An unpaired surrogate cannot be written as UTF-8; it must not end the call.
        var input = assertInstanceOf(BrowserMessage.Input.class, json.read("{\"type\":\"key\",\"a\":\"\ud800\"}"));
        assertTrue(input.message().toByteArray().length > 0);
    }

    // ---- to the browser

    @Test
    void writesTheFormsOfTheContract() throws Exception {
        assertJson(
                "{\"type\":\"welcome\",\"viewer\":\"v-3f\",\"heartbeatSeconds\":15,\"iceServers\":[{\"urls\":"
                        + "[\"stun:a\",\"turn:b\"],\"username\":\"u\",\"credential\":\"c\"},{\"urls\":[\"stun:d\"]}],"
                        + "\"lanes\":[\"shared\",\"adaptive\"]}",
                MediaMessage.newBuilder()
                        .setWelcome(Welcome.newBuilder()
                                .setViewerId("v-3f")
                                .addIceServers(IceServer.newBuilder()
                                        .addUrls("stun:a")
                                        .addUrls("turn:b")
                                        .setUsername("u")
                                        .setCredential("c"))
                                .addIceServers(IceServer.newBuilder().addUrls("stun:d"))
                                .addLanes(Lane.LANE_SHARED)
                                .addLanes(Lane.LANE_ADAPTIVE)));
        assertJson(
                "{\"type\":\"answer\",\"sdp\":\"v=0\\r\\n\",\"lane\":\"adaptive\"}",
                MediaMessage.newBuilder()
                        .setAnswer(Answer.newBuilder().setSdp("v=0\r\n").setLane(Lane.LANE_ADAPTIVE)));
        assertJson(
                "{\"type\":\"candidate\",\"candidate\":\"candidate:1\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}",
                MediaMessage.newBuilder()
                        .setCandidate(Candidate.newBuilder().setCandidate("candidate:1").setSdpMid("0")));
        assertJson(
                "{\"type\":\"state\",\"emulator\":\"connected\",\"width\":640,\"height\":480,\"fps\":59.5,"
                        + "\"viewers\":2,\"input\":true,\"controller\":\"v-1\",\"role\":\"owner\","
                        + "\"emulatorName\":\"Basilisk II\"}",
                MediaMessage.newBuilder()
                        .setState(State.newBuilder()
                                .setEmulatorConnected(true)
                                .setWidth(640)
                                .setHeight(480)
                                .setFps(59.5)
                                .setViewers(2)
                                .setInput(true)
                                .setController("v-1")
                                .setRole(Role.ROLE_OWNER)
                                .setEmulator("Basilisk II")));
        assertJson(
                "{\"type\":\"state\",\"emulator\":\"disconnected\",\"width\":0,\"height\":0,\"fps\":0,\"viewers\":0,"
                        + "\"input\":false,\"controller\":\"\",\"role\":\"guest\"}",
                MediaMessage.newBuilder().setState(State.newBuilder().setFps(Double.NaN)));
        assertJson(
                "{\"type\":\"error\",\"code\":\"sdp_invalid\",\"message\":\"no \\\"m=\\\"\",\"fatal\":false}",
                MediaMessage.newBuilder()
                        .setError(Error.newBuilder().setCode("sdp_invalid").setMessage("no \"m=\"")));
        assertJson(
                "{\"type\":\"participants\",\"participants\":[{\"viewer\":\"v-1\",\"name\":\"Ada\","
                        + "\"role\":\"controller\","
                        + "\"requests\":true}]}",
                MediaMessage.newBuilder()
                        .setParticipants(Participants.newBuilder()
                                .addParticipants(Participant.newBuilder()
                                        .setViewerId("v-1")
                                        .setName("Ada")
                                        .setRole(Role.ROLE_CONTROLLER)
                                        .setRequests(true))));
        assertJson(
                "{\"type\":\"pointers\",\"pointers\":[{\"viewer\":\"v-1\",\"name\":\"Ada\",\"x\":3,\"y\":4}]}",
                MediaMessage.newBuilder()
                        .setPointers(Pointers.newBuilder()
                                .addPointers(Pointers.PointerOf.newBuilder()
                                        .setViewerId("v-1")
                                        .setName("Ada")
                                        .setX(3)
                                        .setY(4))));
        assertJson(
                "{\"type\":\"move\",\"reason\":\"network\",\"lane\":\"adaptive\"}",
                MediaMessage.newBuilder()
                        .setMove(Move.newBuilder().setReason("network").setLane(Lane.LANE_ADAPTIVE)));
        assertJson(
                "{\"type\":\"move\",\"reason\":\"drain\",\"lane\":\"auto\",\"viewer\":\"v-2\","
                        + "\"iceServers\":[{\"urls\":[\"stun:s\"]}],\"lanes\":[\"shared\"]}",
                MediaMessage.newBuilder()
                        .setMove(Move.newBuilder()
                                .setReason("drain")
                                .setViewerId("v-2")
                                .addIceServers(IceServer.newBuilder().addUrls("stun:s"))
                                .addLanes(Lane.LANE_SHARED)));
        assertJson(
                "{\"type\":\"goodbye\",\"reason\":\"shutdown\",\"retryAfterMs\":0}",
                MediaMessage.newBuilder()
                        .setGoodbye(Goodbye.newBuilder().setReason("shutdown").setRetryAfterMs(0)));
        assertJson(
                "{\"type\":\"goodbye\",\"reason\":\"removed\"}",
                MediaMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason("removed")));
    }

    @Test
    void readsControlMessages() throws Exception {
        BrowserMessage.Control grant =
                (BrowserMessage.Control) json.read("{\"type\":\"control\",\"action\":\"grant\",\"viewer\":\"v-1\"}");
        assertEquals(Control.Action.ACTION_GRANT, grant.message().getControl().getAction());
        assertEquals("v-1", grant.message().getControl().getViewerId());
        BrowserMessage.Control take = (BrowserMessage.Control) json.read("{\"type\":\"control\",\"action\":\"take\"}");
        assertEquals(Control.Action.ACTION_TAKE, take.message().getControl().getAction());
    }

    @Test
    void writesNothingForAMessageOfUnknownKind() {
        assertNull(json.write(MediaMessage.getDefaultInstance(), HEARTBEAT));
    }

    private void assertJson(String expected, MediaMessage.Builder message) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        String written = json.write(message.build(), HEARTBEAT);
        // Compared as text of the same tree, so that 0 and 0.0 are the number they are to a browser.
        assertEquals(
                mapper.readTree(expected).toString().replace(":0.0", ":0"),
                mapper.readTree(written).toString().replace(":0.0", ":0"));
    }

    /** The end of candidates with these fields, which close the object. */
    private static String candidate(String fields) {
        return "{\"type\":\"candidate\",\"candidate\":\"\"," + fields;
    }

    private static String offer(String sdp) {
        return "{\"type\":\"offer\",\"sdp\":\"" + sdp + "\"}";
    }
}
