package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.TestBrowser;

/** What goes in at one end of the service comes out at the other. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class RelayIT {

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    private ScriptedMedia media;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.start(mediaPort);
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    @Test
    void joinsWithAnIdAnAddressAndARole() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            assertTrue(call.join().getViewerId().matches("[A-Za-z0-9_-]{1,64}"), call.join().getViewerId());
            assertEquals("127.0.0.1", call.join().getRemoteAddress());
            assertEquals(Role.ROLE_OWNER, call.join().getRole());
            JsonNode welcome = browser.next("welcome");
            assertEquals(call.join().getViewerId(), welcome.path("viewer").asText());
            assertEquals(15, welcome.path("heartbeatSeconds").asInt());
            assertTrue(welcome.path("iceServers").isArray());
            assertEquals("adaptive", welcome.path("lanes").path(0).asText());
        }
    }

    @Test
    void relaysOfferAnswerAndCandidates() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            String sdp = "v=0\\r\\ns=\u00fcmlaut \ud83d\ude80\\r\\n";
            browser.send("{\"type\":\"offer\",\"sdp\":\"" + sdp + "\",\"lane\":\"shared\"}");
            ViewerMessage offer = call.next();
            assertEquals("v=0\r\ns=\u00fcmlaut \ud83d\ude80\r\n", offer.getOffer().getSdp());
            assertEquals(Lane.LANE_SHARED, offer.getOffer().getLane());
            browser.send("{\"type\":\"candidate\",\"candidate\":\"candidate:9 1 udp 5 192.0.2.1 9 typ host\","
                    + "\"sdpMid\":\"video\",\"sdpMLineIndex\":1}");
            assertEquals(
                    Candidate.newBuilder()
                            .setCandidate("candidate:9 1 udp 5 192.0.2.1 9 typ host")
                            .setSdpMid("video")
                            .setSdpMLineIndex(1)
                            .build(),
                    call.next().getCandidate());

            call.send(MediaMessage.newBuilder()
                    .setAnswer(Answer.newBuilder().setSdp("v=0\r\n").setLane(Lane.LANE_SHARED))
                    .build());
            JsonNode answer = browser.next("answer");
            assertEquals("v=0\r\n", answer.path("sdp").asText());
            assertEquals("shared", answer.path("lane").asText());
            call.send(MediaMessage.newBuilder()
                    .setCandidate(Candidate.newBuilder().setCandidate("candidate:1").setSdpMid("0"))
                    .build());
            assertEquals("candidate:1", browser.next("candidate").path("candidate").asText());
            call.send(MediaMessage.newBuilder()
                    .setState(State.newBuilder().setEmulatorConnected(true).setWidth(640).setHeight(480))
                    .build());
            assertEquals(640, browser.next("state").path("width").asInt());
        }
    }

    @Test
    void passesInputOnInOrderAndVerbatim() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                String text = i % 3 == 0
                        ? "{ \"type\":\"mouse_move\", \"x\":" + i + ",\"y\":1}"
                        : "{\"type\":\"key\",\"code\":65,\"pressed\":" + (i % 3 == 1) + ",\"n\":" + i + "}";
                sent.add(text);
                browser.send(text);
            }
            List<String> received = new ArrayList<>();
            for (int i = 0; i < sent.size(); i++) {
                received.add(call.next().getInput().getJson());
            }
            assertEquals(sent, received);
        }
    }

    @Test
    void relaysMessagesOfTheGreatestSizeBothWays() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            String sdp = "v=0" + "x".repeat(64 * 1024 - 3);
            browser.send("{\"type\":\"offer\",\"sdp\":\"" + sdp + "\"}");
            assertEquals(sdp, call.next().getOffer().getSdp());
            call.send(MediaMessage.newBuilder()
                    .setAnswer(Answer.newBuilder().setSdp(sdp))
                    .build());
            assertEquals(sdp, browser.next("answer").path("sdp").asText());
        }
    }

    @Test
    void aGoodbyeIsTheLastMessage() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            call.send(MediaMessage.newBuilder()
                    .setGoodbye(Goodbye.newBuilder().setReason("replaced"))
                    .build());
            JsonNode goodbye = browser.next("goodbye");
            assertEquals("replaced", goodbye.path("reason").asText());
            assertTrue(goodbye.path("retryAfterMs").isMissingNode());
            assertEquals(1000, browser.closed().code());
            assertEquals("half-closed", call.end());
            assertEquals(0, media.waitingCalls(), "it does not join again");
        }
    }

    @Test
    void aFatalErrorClosesAndOthersDoNot() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            call.send(MediaMessage.newBuilder()
                    .setError(Error.newBuilder().setCode("sdp_invalid").setMessage("no m="))
                    .build());
            assertEquals("sdp_invalid", browser.next("error").path("code").asText());
            browser.send("{\"type\":\"ping\",\"time\":1}");
            browser.next("pong");
            call.send(MediaMessage.newBuilder()
                    .setError(Error.newBuilder().setCode("capacity_reached").setMessage("full").setFatal(true))
                    .build());
            JsonNode error = browser.next("error");
            assertEquals("capacity_reached", error.path("code").asText());
            assertTrue(error.path("fatal").asBoolean());
            assertEquals("capacity_reached", browser.closed().reason());
        }
    }

    @Test
    void viewersAreKeptApart() throws Exception {
        try (TestBrowser first = TestBrowser.open(port);
                TestBrowser second = TestBrowser.open(port)) {
            ScriptedMedia.Call a = media.nextCall();
            ScriptedMedia.Call b = media.nextCall();
            assertNotEquals(a.join().getViewerId(), b.join().getViewerId());
            boolean ordered = first.next("welcome").path("viewer").asText().equals(a.join().getViewerId());
            second.next("welcome");
            ScriptedMedia.Call callOfFirst = ordered ? a : b;
            ScriptedMedia.Call callOfSecond = ordered ? b : a;
            first.send("{\"type\":\"key\",\"code\":65,\"pressed\":true}");
            assertEquals("{\"type\":\"key\",\"code\":65,\"pressed\":true}", callOfFirst.next().getInput().getJson());
            callOfSecond.send(MediaMessage.newBuilder()
                    .setAnswer(Answer.newBuilder().setSdp("for the second"))
                    .build());
            assertEquals("for the second", second.next("answer").path("sdp").asText());
            assertEquals(0, callOfSecond.waiting());
            assertNull(first.poll(100));
        }
    }

    @Test
    void moreBrowsersThanOneConnectionCarries() throws Exception {
        // A Vert.x server allows 100 calls on one HTTP/2 connection.
        List<TestBrowser> browsers = new ArrayList<>();
        try {
            for (int i = 0; i < 130; i++) {
                browsers.add(TestBrowser.open(port));
            }
            Set<String> ids = new HashSet<>();
            for (TestBrowser browser : browsers) {
                ids.add(browser.next("welcome").path("viewer").asText());
            }
            assertEquals(browsers.size(), ids.size());
        } finally {
            for (TestBrowser browser : browsers) {
                browser.close();
            }
        }
        for (int i = 0; i < browsers.size(); i++) {
            assertEquals("half-closed", media.nextCall().end());
        }
    }
}
