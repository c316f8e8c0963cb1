package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.TestBrowser;

/** However a browser leaves, its call at the media-service ends, by a half-close. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class HalfCloseIT {

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @Test
    void closingTheWebSocketHalfClosesTheCall() throws Exception {
        try (ScriptedMedia media = ScriptedMedia.start(mediaPort);
                TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            browser.close();
            assertEquals("half-closed", call.end());
        }
    }

    @Test
    void vanishingHalfClosesTheCall() throws Exception {
        try (ScriptedMedia media = ScriptedMedia.start(mediaPort)) {
            TestBrowser browser = TestBrowser.open(port);
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            browser.vanish();
            assertEquals("half-closed", call.end());
        }
    }

    @Test
    void leavingBeforeTheWelcomeHalfClosesTheCall() throws Exception {
        try (ScriptedMedia media = ScriptedMedia.startSilent(mediaPort);
                TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.close();
            assertEquals("half-closed", call.end());
        }
    }

    @Test
    void aCallTheMediaServiceForgetsDoesNotKeepItsStream() throws Exception {
        try (ScriptedMedia media = ScriptedMedia.start(mediaPort);
                TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall().forgetful();
            browser.next("welcome");
            browser.close();
            assertEquals("half-closed", call.end());
            media.awaitStreamsClosed();
            // The connection is not harmed by the reset: the next browser is served on it.
            try (TestBrowser other = TestBrowser.open(port)) {
                assertTrue(other.next("welcome").path("viewer").asText().startsWith("v-"));
            }
        }
    }
}
