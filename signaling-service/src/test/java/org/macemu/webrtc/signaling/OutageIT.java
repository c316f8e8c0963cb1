package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.TcpRelay;
import org.macemu.webrtc.signaling.testing.TestBrowser;

/** The media-service is absent, dies, falls silent or fails: the WebSocket stays, and the session comes back. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class OutageIT {

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @Test
    void waitsForAMediaServiceThatStartsLater() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            expectUnavailable(browser.next());
            browser.send("{\"type\":\"ping\",\"time\":2}");
            browser.next("pong");
            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0\"}");
            expectUnavailable(browser.next());
            // Several attempts go by; the browser is told once.
            assertNull(browser.poll(600));
            try (ScriptedMedia media = ScriptedMedia.start(mediaPort)) {
                ScriptedMedia.Call call = media.nextCall();
                browser.next("welcome");
                browser.send("{\"type\":\"offer\",\"sdp\":\"v=0 again\"}");
                assertEquals("v=0 again", call.next().getOffer().getSdp());
            }
        }
    }

    @Test
    void aMediaServiceThatDiesIsJoinedAgain() throws Exception {
        ScriptedMedia dying = ScriptedMedia.start(mediaPort);
        try (TestBrowser browser = TestBrowser.open(port)) {
            String first = nextWelcome(browser);
            dying.close();
            expectUnavailable(browser.next());
            // Input and candidates of the time without a media-service are dropped, silently.
            browser.send("{\"type\":\"key\",\"code\":65,\"pressed\":true}");
            browser.send("{\"type\":\"candidate\",\"candidate\":\"candidate:1\"}");
            try (ScriptedMedia media = ScriptedMedia.start(mediaPort)) {
                ScriptedMedia.Call call = media.nextCall();
                assertNotEquals(first, nextWelcome(browser), "the old viewer may still be there");
                assertEquals(0, call.waiting());
                browser.close();
                assertEquals("half-closed", call.end());
            }
        }
    }

    @Test
    void aCallTheMediaServiceEndsIsMadeAgain() throws Exception {
        try (ScriptedMedia media = ScriptedMedia.start(mediaPort);
                TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            call.complete();
            expectUnavailable(browser.next());
            ScriptedMedia.Call second = media.nextCall();
            browser.next("welcome");
            second.fail(Status.INTERNAL.withDescription("broken"));
            expectUnavailable(browser.next());
            media.nextCall();
            browser.next("welcome");
        }
    }

    @Test
    void aMediaServiceThatDoesNotWelcomeIsGivenUpAndTriedAgain() throws Exception {
        try (ScriptedMedia media = ScriptedMedia.startSilent(mediaPort);
                TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall().forgetful();
            expectUnavailable(browser.next());
            assertEquals("half-closed", call.end());
            ScriptedMedia.Call second = media.nextCall();
            assertNotEquals(call.join().getViewerId(), second.join().getViewerId());
            // What the call that was given up still says is not heard.
            call.welcome();
            second.welcome();
            assertEquals(second.join().getViewerId(), nextWelcome(browser));
        }
    }

    @Test
    void aMediaServiceThatVanishesWithoutClosingIsNoticed() throws Exception {
        int hidden = MediaAddress.freePort();
        try (ScriptedMedia media = ScriptedMedia.start(hidden);
                TcpRelay relay = TcpRelay.start(mediaPort, hidden);
                TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            String first = nextWelcome(browser);
            // Pings are answered: nothing happens to a call without traffic.
            assertNull(browser.poll(1_200));
            relay.swallow();
            expectUnavailable(browser.next());
            relay.forwardNewConnections();
            media.nextCall();
            assertNotEquals(first, nextWelcome(browser));
            assertFalse(call.ended(), "nothing told the media-service, either");
        }
    }

    @Test
    void leavingDuringAnOutageEndsTheAttempts() throws Exception {
        TestBrowser browser = TestBrowser.open(port);
        expectUnavailable(browser.next());
        browser.close();
        browser.closed();
        // The longest wait between two attempts is 200 ms here.
        try (ScriptedMedia media = ScriptedMedia.start(mediaPort)) {
            Thread.sleep(500);
            assertEquals(0, media.waitingCalls());
        }
    }

    private static String nextWelcome(TestBrowser browser) throws InterruptedException {
        return browser.next("welcome").path("viewer").asText();
    }

    private static void expectUnavailable(JsonNode message) {
        assertEquals("error", message.path("type").asText(), () -> "found " + message);
        assertEquals("media_unavailable", message.path("code").asText());
        assertFalse(message.path("fatal").asBoolean());
    }
}
