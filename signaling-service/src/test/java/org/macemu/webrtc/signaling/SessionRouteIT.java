package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.SessionCluster;
import org.macemu.webrtc.signaling.testing.TestBrowser;
import org.macemu.webrtc.signaling.testing.WhepPlayer;
import org.macemu.webrtc.testing.Closer;

/** The packaged service finds sessions' pods by EndpointSlices of an API server in memory; the pods are real servers. */
class SessionRouteIT {

    private static final String PREFIX = SessionCluster.PREFIX;
    private static final int REFUSED_TOKEN = 401;
    private static final int UNKNOWN = 404;

    @TempDir
    private Path folder;

    @AutoClose
    private final Closer closer = new Closer();

    private final SessionCluster cluster = closer.register(new SessionCluster());
    private final int mediaPort = cluster.mediaPort();
    private final int port = cluster.port();

    /** A browser that may come before the service has heard of the pod, and then is told to wait. */
    private void welcomed(String session, String token) throws Exception {
        TestBrowser browser = closer.register(TestBrowser.open(port, session, token));
        JsonNode message = browser.next();
        if (message.path("code").asText().equals("session_starting")) {
            message = browser.next();
        }
        assertEquals("welcome", message.path("type").asText(), message::toString);
    }

    @Test
    void aBrowserWaitsForTheMacsPodAndFollowsIt() throws Exception {
        cluster.service();
        TestBrowser browser = closer.register(TestBrowser.open(port, "ada", null));
        assertEquals("session_starting", browser.next("error").path("code").asText());
        cluster.mac("127.0.0.1", "another-s-ada-0", true, false);
        cluster.mac("127.0.0.1", PREFIX + "adam-0", true, false);
        assertNull(browser.poll(500), "other pods are not hers");
        ScriptedMedia first = ScriptedMedia.start(mediaPort);
        cluster.mac("127.0.0.1", PREFIX + "ada-0", false, false);
        browser.next("welcome");
        first.nextCall();
        // The pod ends, and another one of its name starts elsewhere.
        cluster.mac("127.0.0.1", PREFIX + "ada-0", false, true);
        ScriptedMedia second = closer.register(ScriptedMedia.start("127.0.0.2", mediaPort));
        cluster.awaitEnded("ada");
        first.close();
        assertEquals("media_unavailable", browser.next("error").path("code").asText());
        assertEquals("session_starting", browser.next("error").path("code").asText());
        cluster.mac("127.0.0.2", PREFIX + "ada-0", true, false);
        browser.next("welcome");
        second.nextCall();
    }

    @Test
    void everySessionHasItsOwnPodAndLeavingStopsTheWait() throws Exception {
        cluster.service();
        cluster.serviceWithoutPods(PREFIX + "eve-rtc");
        ScriptedMedia ada = closer.register(ScriptedMedia.start("127.0.0.1", mediaPort));
        ScriptedMedia ben = closer.register(ScriptedMedia.start("127.0.0.2", mediaPort));
        TestBrowser impatient = TestBrowser.open(port, "ben", null);
        impatient.next("error");
        impatient.close();
        cluster.mac("127.0.0.1", PREFIX + "ada-0", true, false);
        cluster.mac("127.0.0.2", PREFIX + "ben-0", true, false);
        welcomed("ada", null);
        welcomed("ben", null);
        ada.nextCall();
        ben.nextCall();
        assertEquals(0, ada.waitingCalls());
        assertEquals(0, ben.waitingCalls(), "who left has not joined");
    }

    /** Addresses that are known stay in use while nobody can be asked. */
    @Test
    void theKubernetesApiMayBeAway() throws Exception {
        cluster.service();
        ScriptedMedia media = closer.register(ScriptedMedia.start(mediaPort));
        cluster.mac("127.0.0.1", PREFIX + "ada-0", true, false);
        welcomed("ada", null);
        cluster.shutdown();
        closer.register(TestBrowser.open(port, "ada", null)).next("welcome");
        media.nextCall();
        media.nextCall();
    }

    @Test
    void aTokenIsForOneSession() throws Exception {
        Path keys = Files.writeString(folder.resolve("access.key"), "q".repeat(43) + "\n");
        cluster.service("-Dmacemu.access.key-file=" + keys);
        ScriptedMedia media = closer.register(ScriptedMedia.start(mediaPort));
        cluster.mac("127.0.0.1", PREFIX + "ada-0", true, false);
        AccessTokens tokens = new AccessTokens(keys, "mac");
        Duration hour = Duration.ofHours(1);
        welcomed("ada", tokens.issue("ada", AccessRole.CONTROLLER, "Ada", hour));
        assertEquals(Role.ROLE_CONTROLLER, media.nextCall().join().getRole());
        welcomed("ada", tokens.issue(AccessRole.OWNER, "", hour));
        assertEquals(Role.ROLE_OWNER, media.nextCall().join().getRole(), "an owner of the whole is one of each");
        for (String foreign : List.of(
                tokens.issue("ben", AccessRole.OWNER, "", hour), tokens.issue(AccessRole.GUEST, "", hour), "x.y.z")) {
            assertEquals(REFUSED_TOKEN, refusal("ada", foreign));
        }
        assertEquals(REFUSED_TOKEN, refusal("mac", tokens.issue("ada", AccessRole.OWNER, "", hour)));
    }

    @Test
    void aPlayerIsToldToComeAgainUntilThereIsAPodAndWatchesTheMacItNamed() throws Exception {
        cluster.service();
        WhepPlayer player = new WhepPlayer(port);
        HttpResponse<String> early = player.offerTo("/whep?session=ada").join();
        assertTrue(WhepIT.problem(early, 409).contains("/api/v1/sessions/ada/visits"), early.body());
        assertEquals("5", early.headers().firstValue("Retry-After").orElse(""));

        ScriptedMedia ada = closer.register(ScriptedMedia.start("127.0.0.1", mediaPort));
        ScriptedMedia ben = closer.register(ScriptedMedia.start("127.0.0.2", mediaPort));
        cluster.mac("127.0.0.1", PREFIX + "ada-0", true, false);
        cluster.mac("127.0.0.2", PREFIX + "ben-0", true, false);
        welcomed("ada", null);
        ada.nextCall();
        CompletableFuture<HttpResponse<String>> offered = player.offerTo("/whep?session=ada");
        ScriptedMedia.Call call = ada.nextCall();
        call.send(WhepIT.state(true));
        assertEquals(WhepPlayer.OFFER, call.next().getOffer().getSdp());
        call.send(WhepIT.answer("first"));
        HttpResponse<String> created = offered.join();
        assertEquals(201, created.statusCode(), created.body());
        String location = created.headers().firstValue("Location").orElseThrow();
        assertTrue(location.matches("/whep/[A-Za-z0-9_-]{22}\\?session=ada"), location);
        assertEquals(0, ben.waitingCalls());

        // Whoever may watch one Mac has no say about the players of another.
        String bare = location.substring(0, location.indexOf('?'));
        for (String other : List.of(bare, bare + "?session=ben", bare + "?session=mac")) {
            WhepIT.problem(player.send("DELETE", other, null), UNKNOWN);
        }
        assertEquals(200, player.send("DELETE", location, null).statusCode());
        assertEquals("half-closed", call.end());
    }

    @Test
    void aPlayersTokenIsForOneSession() throws Exception {
        Path keys = Files.writeString(folder.resolve("access.key"), "q".repeat(43) + "\n");
        cluster.service("-Dmacemu.access.key-file=" + keys);
        AccessTokens tokens = new AccessTokens(keys, "mac");
        Duration hour = Duration.ofHours(1);
        WhepPlayer player = new WhepPlayer(port);
        Map<String, Integer> expected = Map.of(
                tokens.issue("ada", AccessRole.GUEST, "", hour), 409,
                tokens.issue("ben", AccessRole.OWNER, "", hour), REFUSED_TOKEN,
                tokens.issue(AccessRole.GUEST, "", hour), REFUSED_TOKEN,
                tokens.issue(AccessRole.OWNER, "", hour), 409);
        for (Map.Entry<String, Integer> each : expected.entrySet()) {
            HttpResponse<String> answered =
                    player.offerTo("/whep?session=ada", "Authorization", "Bearer " + each.getKey()).join();
            WhepIT.problem(answered, each.getValue());
        }
    }

    @Test
    void whatIsNoSessionsNameIsNotThere() throws Exception {
        cluster.service();
        for (String name : List.of("Ada", "a_b", "-", "a".repeat(40), "..%2f..")) {
            assertEquals(UNKNOWN, refusal(name, null), name);
        }
    }

    private int refusal(String session, String token) {
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> TestBrowser.open(port, session, token).close());
        assertTrue(failure.getCause() instanceof WebSocketHandshakeException, failure::toString);
        return ((WebSocketHandshakeException) failure.getCause()).getResponse().statusCode();
    }
}
