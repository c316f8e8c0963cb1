package org.macemu.webrtc.signaling.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.signaling.message.BrowserMessageReader.read;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

/** The JSON forms that signaling.proto shows. */
class ServerMessageWriterTest {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    @ParameterizedTest
    @ValueSource(strings = {"123.4", "0", "1.7e12", "-5"})
    void answersAPingWithItsTime(String time) throws MessageException {
        var ping = assertInstanceOf(BrowserMessage.Ping.class, read("{\"type\":\"ping\",\"time\":" + time + "}"));
        assertTrue(ServerMessageWriter.pong(ping).startsWith("{\"type\":\"pong\",\"time\":"));
    }

    @Test
    void answersAPingWithoutATime() throws MessageException {
        var ping = assertInstanceOf(BrowserMessage.Ping.class, read("{\"type\":\"ping\"}"));
        assertEquals("{\"type\":\"pong\"}", ServerMessageWriter.pong(ping));
    }

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
    void writesNothingForAMessageOfUnknownKind() {
        assertNull(ServerMessageWriter.write(MediaMessage.getDefaultInstance(), HEARTBEAT));
    }

    private void assertJson(String expected, MediaMessage.Builder message) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        String written = ServerMessageWriter.write(message.build(), HEARTBEAT);
        // Compared as text of the same tree, so that 0 and 0.0 are the number they are to a browser.
        assertEquals(
                mapper.readTree(expected).toString().replace(":0.0", ":0"),
                mapper.readTree(written).toString().replace(":0.0", ":0"));
    }
}
