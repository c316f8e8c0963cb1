package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.WhepPlayer;

/** WHEP as draft-ietf-wish-whep has it: what is answered to what, status by status and header by header. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class WhepIT {

    private static final String SDP = "application/sdp";
    private static final String FRAGMENT = "application/trickle-ice-sdpfrag";
    private static final String ANSWER =
            """
            v=0\r
            o=- 1 1 IN IP4 127.0.0.1\r
            s=-\r
            t=0 0\r
            a=group:BUNDLE 0\r
            a=ice-lite\r
            m=video 5004 UDP/TLS/RTP/SAVPF 96\r
            c=IN IP4 127.0.0.1\r
            a=candidate:1 1 udp 2130706431 127.0.0.1 5004 typ host\r
            a=end-of-candidates\r
            a=ice-ufrag:%s\r
            a=ice-pwd:serverpasswordserverpassword\r
            a=mid:0\r
            a=sendonly\r
            a=msid:macemu-picture picture\r
            a=rtcp-mux\r
            a=rtcp-rsize\r
            """;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    private ScriptedMedia media;
    private WhepPlayer player;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.startSilent(mediaPort);
        player = new WhepPlayer(port);
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    static MediaMessage state(boolean running) {
        return MediaMessage.newBuilder()
                .setState(State.newBuilder().setEmulatorConnected(running))
                .build();
    }

    static MediaMessage answer(String ufrag) {
        return MediaMessage.newBuilder()
                .setAnswer(Answer.newBuilder().setSdp(ANSWER.formatted(ufrag)).setLane(Lane.LANE_SHARED))
                .build();
    }

    private static MediaMessage error(String code, String text) {
        return MediaMessage.newBuilder()
                .setError(Error.newBuilder().setCode(code).setMessage(text))
                .build();
    }

    private static void welcome(ScriptedMedia.Call call, IceServer... servers) {
        call.send(MediaMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setViewerId(call.join().getViewerId())
                        .addAllIceServers(List.of(servers)))
                .build());
    }

    /** A session that stands. */
    private record Session(ScriptedMedia.Call call, HttpResponse<String> created, String path, String tag) {}

    private Session open() throws Exception {
        CompletableFuture<HttpResponse<String>> created = player.offer();
        ScriptedMedia.Call call = media.nextCall();
        welcome(call);
        call.send(state(true));
        assertTrue(call.next().hasOffer());
        call.send(answer("first"));
        HttpResponse<String> response = created.join();
        assertEquals(201, response.statusCode(), response.body());
        return new Session(
                call,
                response,
                response.headers().firstValue("Location").orElseThrow(),
                response.headers().firstValue("ETag").orElseThrow());
    }

    static String problem(HttpResponse<String> response, int status) throws Exception {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals("application/problem+json", response.headers().firstValue("Content-Type").orElse(""));
        var problem = new ObjectMapper().readTree(response.body());
        assertEquals(status, problem.path("status").asInt());
        return problem.path("detail").asText();
    }

    @Test
    void anOfferIsAnswered() throws Exception {
        CompletableFuture<HttpResponse<String>> created = player.offer();
        ScriptedMedia.Call call = media.nextCall();
        assertEquals(Role.ROLE_GUEST, call.join().getRole(), "WHEP is for watching");
        welcome(
                call,
                IceServer.newBuilder().addUrls("stun:stun.example.org").build(),
                IceServer.newBuilder()
                        .addUrls("turn:turn.example.org?transport=udp")
                        .addUrls("turns:turn.example.org")
                        .setUsername("1700000000:v")
                        .setCredential("a\"b")
                        .build());
        call.send(state(true));
        ViewerMessage offer = call.next();
        assertEquals(WhepPlayer.OFFER, offer.getOffer().getSdp());
        assertEquals(Lane.LANE_SHARED, offer.getOffer().getLane());
        call.send(answer("first"));

        HttpResponse<String> response = created.join();
        assertEquals(201, response.statusCode(), response.body());
        var headers = response.headers();
        assertEquals(SDP, headers.firstValue("Content-Type").orElse(""));
        assertTrue(headers.firstValue("Location").orElse("").matches("/whep/[A-Za-z0-9_-]{22}"));
        assertTrue(headers.firstValue("ETag").orElse("").matches("\"[A-Za-z0-9_-]+\""), "a strong entity tag");
        assertEquals(FRAGMENT, headers.firstValue("Accept-Patch").orElse(""));
        assertEquals(
                List.of(
                        "<stun:stun.example.org>; rel=\"ice-server\"",
                        "<turn:turn.example.org?transport=udp>; rel=\"ice-server\"; username=\"1700000000:v\";"
                                + " credential=\"a\\\"b\"; credential-type=\"password\"",
                        "<turns:turn.example.org>; rel=\"ice-server\"; username=\"1700000000:v\";"
                                + " credential=\"a\\\"b\"; credential-type=\"password\""),
                headers.allValues("Link"));
        // One media stream, RTCP on the port of RTP only.
        assertTrue(response.body().contains("a=msid:macemu picture\r\n"), response.body());
        assertTrue(response.body().contains("a=rtcp-mux\r\na=rtcp-mux-only\r\n"), response.body());
        assertFalse(response.body().contains("macemu-picture"));
    }

    @Test
    void aSessionIsDeletedOnce() throws Exception {
        Session session = open();
        // An entity tag is ignored where none is needed.
        assertEquals(200, player.send("DELETE", session.path(), null, "If-Match", "\"x\"").statusCode());
        assertEquals("half-closed", session.call().end());
        problem(player.send("DELETE", session.path(), null), 404);
        problem(
                player.send("PATCH", session.path(), "a=end-of-candidates", "Content-Type", FRAGMENT, "If-Match", "*"),
                404);
    }

    @Test
    void candidatesTrickle() throws Exception {
        Session session = open();
        String candidate = "candidate:1 1 udp 2130706431 192.0.2.1 61764 typ host";
        HttpResponse<String> response = player.send(
                "PATCH",
                session.path(),
                "a=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:abcd\r\n"
                        + "a=ice-pwd:0123456789abcdefghijklmn\r\na=" + candidate + "\r\na=end-of-candidates\r\n",
                "Content-Type", FRAGMENT, "If-Match", session.tag());
        assertEquals(204, response.statusCode(), response.body());
        assertTrue(response.headers().firstValue("ETag").isEmpty());
        var first = session.call().next().getCandidate();
        assertEquals(candidate, first.getCandidate());
        assertEquals("0", first.getSdpMid());
        assertEquals("", session.call().next().getCandidate().getCandidate(), "the end of candidates");
    }

    @Test
    void iceRestarts() throws Exception {
        Session session = open();
        CompletableFuture<HttpResponse<String>> patched = player.start(
                "PATCH",
                session.path(),
                "a=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:ysXw\r\n"
                        + "a=ice-pwd:vw5LmwG4y/e6dPPzAP9Gp5k0\r\na=candidate:1 1 udp 1 192.0.2.1 61764 typ host\r\n",
                "Content-Type", FRAGMENT, "If-Match", "*");
        String offer = session.call().next().getOffer().getSdp();
        assertEquals(
                WhepPlayer.OFFER
                        .replace("a=ice-ufrag:abcd", "a=ice-ufrag:ysXw")
                        .replace("0123456789abcdefghijklmn", "vw5LmwG4y/e6dPPzAP9Gp5k0"),
                offer, "nothing but the credentials has changed, and the version, which was 2 already");
        session.call().send(answer("second"));
        HttpResponse<String> response = patched.join();
        assertEquals(200, response.statusCode(), response.body());
        assertEquals(FRAGMENT, response.headers().firstValue("Content-Type").orElse(""));
        String tag = response.headers().firstValue("ETag").orElseThrow();
        assertFalse(tag.equals(session.tag()));
        assertEquals(
                "a=group:BUNDLE 0\r\na=ice-lite\r\nm=video 5004 UDP/TLS/RTP/SAVPF 96\r\n"
                        + "a=candidate:1 1 udp 2130706431 127.0.0.1 5004 typ host\r\na=end-of-candidates\r\n"
                        + "a=ice-ufrag:second\r\na=ice-pwd:serverpasswordserverpassword\r\na=mid:0\r\n",
                response.body());
        assertTrue(session.call().next().hasCandidate(), "the candidates follow the restart");
        // Candidates of the ICE session that is over.
        problem(
                player.send("PATCH", session.path(), "a=end-of-candidates", "Content-Type", FRAGMENT, "If-Match",
                        session.tag()),
                412);
        assertEquals(
                204,
                player.send("PATCH", session.path(), "a=end-of-candidates", "Content-Type", FRAGMENT, "If-Match", tag)
                        .statusCode());
    }

    @Test
    void aRestartThatIsRefusedLeavesTheSession() throws Exception {
        Session session = open();
        CompletableFuture<HttpResponse<String>> patched = player.start(
                "PATCH",
                session.path(),
                "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPPzAP9Gp5k0\r\n",
                "Content-Type", FRAGMENT, "If-Match", "*");
        assertTrue(session.call().next().hasOffer());
        // A second one while the first is under way.
        problem(
                player.send("PATCH", session.path(), "a=ice-ufrag:zzzz\r\na=ice-pwd:vw5LmwG4y/e6dPPzAP9Gp5k0\r\n",
                        "Content-Type", FRAGMENT, "If-Match", "*"),
                409);
        session.call().send(error("sdp_invalid", "not now"));
        assertTrue(problem(patched.join(), 422).contains("not now"));
        assertEquals(
                204,
                player.send("PATCH", session.path(), "a=end-of-candidates", "Content-Type", FRAGMENT, "If-Match",
                                session.tag())
                        .statusCode());
        assertFalse(session.call().ended());
    }

    static Stream<Arguments> patches() {
        String credentials = "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPPzAP9Gp5k0\r\n";
        return Stream.of(
                Arguments.of("no entity tag", "a=end-of-candidates", FRAGMENT, null, 428),
                Arguments.of("another entity tag", "a=end-of-candidates", FRAGMENT, "\"other\"", 412),
                Arguments.of("restart of another ICE session", credentials, FRAGMENT, "\"other\"", 412),
                Arguments.of("another media type", "a=end-of-candidates", SDP, "*", 415),
                Arguments.of("no media type", "a=end-of-candidates", null, "*", 415),
                Arguments.of("no SDP", "candidates, please", FRAGMENT, "*", 400),
                Arguments.of("half the credentials", "a=ice-ufrag:ysXw\r\n", FRAGMENT, "*", 400),
                Arguments.of("credentials of other letters", credentials.replace("ysXw", "y:Xw"), FRAGMENT, "*", 400),
                Arguments.of("two sets of credentials", credentials + "a=ice-ufrag:other\r\n", FRAGMENT, "*", 400),
                Arguments.of("a control character", "a=candidate:\u0001\r\n", FRAGMENT, "*", 400),
                Arguments.of("a long candidate", "a=candidate:" + "x".repeat(2_000), FRAGMENT, "*", 400),
                Arguments.of("many candidates", "a=candidate:1\r\n".repeat(201), FRAGMENT, "*", 400),
                Arguments.of("too much", "a=x:" + "y".repeat(65_536), FRAGMENT, "*", 413));
    }

    @ParameterizedTest(name = "{0}: {4}")
    @MethodSource("patches")
    void aPatchThatDoesNotFit(String what, String body, String type, String match, int status) throws Exception {
        Session session = open();
        List<String> headers = new java.util.ArrayList<>();
        if (type != null) {
            headers.addAll(List.of("Content-Type", type));
        }
        if (match != null) {
            headers.addAll(List.of("If-Match", match));
        }
        HttpResponse<String> response =
                player.send("PATCH", session.path(), body, headers.toArray(String[]::new));
        problem(response, status);
        if (status == 415) {
            assertEquals(FRAGMENT, response.headers().firstValue("Accept-Patch").orElse(""));
        }
        assertEquals(0, session.call().waiting());
        assertEquals(200, player.send("DELETE", session.path(), null).statusCode());
    }

    static Stream<Arguments> offers() {
        String offer = WhepPlayer.OFFER;
        return Stream.of(
                Arguments.of("another media type", offer, "application/json", null, 415),
                Arguments.of("no media type", offer, null, null, 415),
                Arguments.of("no body", "", SDP, null, 400),
                Arguments.of("no SDP", "hello", SDP, null, 400),
                Arguments.of("no media", "v=0\r\ns=-\r\n", SDP, null, 400),
                Arguments.of("no ICE", offer.replace("a=ice-ufrag:abcd\r\n", ""), SDP, null, 400),
                Arguments.of("a NUL", offer + "\0", SDP, null, 400),
                Arguments.of("too much", offer + "a=x\r\n".repeat(20_000), SDP, null, 413),
                Arguments.of("answers are not accepted", offer, SDP, "text/html, application/sdp;q=0", 406));
    }

    @ParameterizedTest(name = "{0}: {4}")
    @MethodSource("offers")
    void anOfferThatDoesNotFit(String what, String body, String type, String accept, int status) throws Exception {
        List<String> headers = new java.util.ArrayList<>();
        if (type != null) {
            headers.addAll(List.of("Content-Type", type));
        }
        if (accept != null) {
            headers.addAll(List.of("Accept", accept));
        }
        HttpResponse<String> response = player.send("POST", "/whep", body, headers.toArray(String[]::new));
        problem(response, status);
        assertEquals(SDP, response.headers().firstValue("Accept-Post").orElse(""));
        assertEquals(0, media.waitingCalls());
    }

    @ParameterizedTest
    @CsvSource({
        "sdp_invalid, 422, 0", "capacity_reached, 503, 10", "lane_unavailable, 503, 0", "sdp_too_large, 422, 0",
        "internal, 503, 0"
    })
    void anOfferThatTheMediaServiceRefuses(String code, int status, String retryAfter) throws Exception {
        CompletableFuture<HttpResponse<String>> created = player.offer();
        ScriptedMedia.Call call = media.nextCall();
        welcome(call);
        call.send(state(true));
        call.next();
        call.send(error(code, "the reason"));
        assertTrue(problem(created.join(), status).startsWith("the reason"));
        assertEquals(
                retryAfter.equals("0") ? "" : retryAfter,
                created.join().headers().firstValue("Retry-After").orElse(""));
        assertEquals("half-closed", call.end());
    }

    @Test
    void withoutAMacThereIsNothingToWatch() throws Exception {
        CompletableFuture<HttpResponse<String>> created = player.offer();
        ScriptedMedia.Call call = media.nextCall();
        welcome(call);
        call.send(state(false));
        problem(created.join(), 409);
        assertEquals("5", created.join().headers().firstValue("Retry-After").orElse(""));
        assertEquals("half-closed", call.end());
        assertEquals(0, call.waiting(), "nothing was offered");
    }

    @Test
    void whoWasSentAwayDoesNotWatchAgain() throws Exception {
        CompletableFuture<HttpResponse<String>> created = player.offer();
        ScriptedMedia.Call call = media.nextCall();
        call.send(MediaMessage.newBuilder()
                .setGoodbye(Goodbye.newBuilder().setReason("removed"))
                .build());
        problem(created.join(), 403);
        assertEquals("", created.join().headers().firstValue("Retry-After").orElse(""));
        assertEquals("half-closed", call.end());
    }

    @Test
    void withoutAMediaServiceItIsTriedAgainLater() throws Exception {
        media.close();
        HttpResponse<String> response = player.offer().join();
        problem(response, 503);
        assertEquals("1", response.headers().firstValue("Retry-After").orElse(""));
        media = ScriptedMedia.startSilent(mediaPort);
    }

    @ParameterizedTest
    @CsvSource({"goodbye", "ice_failed", "completed"})
    void aSessionEndsWithItsMedia(String how) throws Exception {
        Session session = open();
        switch (how) {
            case "goodbye" -> session.call().send(MediaMessage.newBuilder()
                    .setGoodbye(Goodbye.newBuilder().setReason("removed"))
                    .build());
            case "ice_failed" -> session.call().send(error("ice_failed", "the browser is gone"));
            default -> session.call().complete();
        }
        for (int i = 0; i < 100; i++) {
            HttpResponse<String> response = player.send(
                    "PATCH", session.path(), "a=mid:0", "Content-Type", FRAGMENT, "If-Match", session.tag());
            if (response.statusCode() == 404) {
                return;
            }
            assertEquals(204, response.statusCode());
            Thread.sleep(50);
        }
        throw new AssertionError("the session is still there");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /whep, 'POST, OPTIONS'", "HEAD, /whep, 'POST, OPTIONS'", "PUT, /whep, 'POST, OPTIONS'",
        "PATCH, /whep, 'POST, OPTIONS'", "DELETE, /whep, 'POST, OPTIONS'", "GET, /whep/x, 'PATCH, DELETE, OPTIONS'",
        "POST, /whep/x, 'PATCH, DELETE, OPTIONS'", "PUT, /whep/x, 'PATCH, DELETE, OPTIONS'"
    })
    void otherMethodsAreNotAllowed(String method, String path, String allowed) throws Exception {
        HttpResponse<String> response = player.send(method, path, null);
        assertEquals(405, response.statusCode());
        assertEquals(allowed, response.headers().firstValue("Allow").orElse(""));
    }

    @ParameterizedTest
    @CsvSource({"PATCH", "DELETE"})
    void aSessionThatIsNotThere(String method) throws Exception {
        problem(player.send(method, "/whep/AAAAAAAAAAAAAAAAAAAAAA", "a=mid:0", "Content-Type", FRAGMENT), 404);
    }

    @ParameterizedTest
    @CsvSource({"POST, /whep?session=ada", "DELETE, /whep/AAAAAAAAAAAAAAAAAAAAAA?session=ada", "POST, /whep?session="})
    void whereThereAreNoOtherMacsNoneIsFound(String method, String path) throws Exception {
        problem(player.send(method, path, WhepPlayer.OFFER, "Content-Type", SDP), 404);
        assertEquals(0, media.waitingCalls());
    }

    @Test
    void thisServersOwnMacHasAName() throws Exception {
        CompletableFuture<HttpResponse<String>> created = player.offerTo("/whep?session=mac");
        media.nextCall().send(state(false));
        problem(created.join(), 409);
    }

    @Test
    void pagesOfThisHostMayUseItAndOthersMayNot() throws Exception {
        String page = "http://localhost:8000";
        HttpResponse<String> options = player.send(
                "OPTIONS", "/whep", null, "Origin", page, "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "authorization,content-type");
        assertEquals(200, options.statusCode());
        assertEquals(page, options.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertTrue(options.headers().firstValue("Access-Control-Allow-Methods").orElse("").contains("POST"));
        assertTrue(options.headers().firstValue("Access-Control-Allow-Headers").orElse("").contains("Authorization"));
        assertEquals(SDP, options.headers().firstValue("Accept-Post").orElse(""));
        HttpResponse<String> session = player.send("OPTIONS", "/whep/x", null, "Origin", page);
        assertTrue(session.headers().firstValue("Access-Control-Allow-Methods").orElse("").contains("PATCH, DELETE"));
        String exposed = session.headers().firstValue("Access-Control-Expose-Headers").orElse("");
        assertTrue(exposed.contains("Location") && exposed.contains("ETag") && exposed.contains("Link"), exposed);

        for (String method : List.of("OPTIONS", "POST")) {
            HttpResponse<String> refused = player.send(
                    method, "/whep", WhepPlayer.OFFER, "Origin", "https://evil.example.org", "Content-Type", SDP);
            problem(refused, 403);
            assertTrue(refused.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        }
        assertEquals(0, media.waitingCalls());
    }
}
