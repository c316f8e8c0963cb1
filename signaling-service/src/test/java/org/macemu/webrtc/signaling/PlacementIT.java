package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.signaling.testing.EdgeAddresses;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.TestBrowser;

/** A browser, an origin and two edges: where it is served, and how it gets from a place that ends to the next. */
@QuarkusTest
@TestProfile(PlacementIT.Edges.class)
class PlacementIT {

    /** An application of its own: the others run without edges. */
    public static class Edges implements QuarkusTestProfile {

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(EdgeAddresses.class));
        }
    }

    /** Four times the time between two questions for the load. */
    private static final long ASKED_MS = 2_400;

    /** A time is the best of so many tries at most: the machine that runs the tests does other things too. */
    private static final int TRIES = 4;

    /** A place that failed a viewer is avoided for five seconds: those of the test before are trusted again. */
    private static final long TRUSTED_MS = 5_200;

    @ConfigProperty(name = "macemu.media.port")
    int originPort;

    @ConfigProperty(name = "test.edges")
    List<Integer> edgePorts;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    private ScriptedMedia origin;
    private ScriptedMedia first;
    private ScriptedMedia second;

    @BeforeEach
    void start() throws Exception {
        origin = ScriptedMedia.start(originPort);
        first = ScriptedMedia.start(edgePorts.get(0));
        second = ScriptedMedia.start(edgePorts.get(1));
        first.load(load(0));
        second.load(load(0.5));
        Thread.sleep(TRUSTED_MS);
    }

    @AfterEach
    void stop() throws Exception {
        for (ScriptedMedia media : List.of(origin, first, second)) {
            media.close();
        }
    }

    private static Load load(double stress) {
        return Load.newBuilder()
                .setMaxViewers(100)
                .setStress(stress)
                .setAccepting(true)
                .setEdge(true)
                .build();
    }

    private static MediaMessage drain() {
        return MediaMessage.newBuilder()
                .setMove(Move.newBuilder().setReason("drain"))
                .build();
    }

    @Test
    void aViewerIsMovedBeforeItsEdgeEnds() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call before = first.nextCall();
            String viewer = browser.next("welcome").path("viewer").asText();
            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0 one\"}");
            assertEquals("v=0 one", before.next().getOffer().getSdp());

            first.load(load(0).toBuilder().setAccepting(false).build());
            before.send(drain());
            ScriptedMedia.Call after = second.nextCall();
            JsonNode move = browser.next();
            assertEquals("move", move.path("type").asText(), move.toString());
            assertEquals("drain", move.path("reason").asText());
            assertEquals(after.join().getViewerId(), move.path("viewer").asText());
            assertNotEquals(viewer, move.path("viewer").asText());
            assertEquals("adaptive", move.path("lanes").path(0).asText());
            assertFalse(before.ended(), "the old connection is still shown");

            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0 two\"}");
            assertEquals("v=0 two", after.next().getOffer().getSdp());
            assertEquals(0, before.waiting(), "the old place hears nothing more");
            // The page has closed the old connection, and its edge says so; nobody is interrupted by that.
            before.send(MediaMessage.newBuilder()
                    .setGoodbye(Goodbye.newBuilder().setReason("shutdown").setRetryAfterMs(1000))
                    .build());
            before.complete();
            assertNull(browser.poll(500));
            browser.close();
            assertEquals("half-closed", after.end());
        }
    }

    @Test
    void aMoveThatFailsIsTriedElsewhere() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call before = first.nextCall();
            browser.next("welcome");
            second.close();
            second = ScriptedMedia.startSilent(edgePorts.get(1));
            second.load(load(0));
            first.load(load(0).toBuilder().setAccepting(false).build());
            Thread.sleep(ASKED_MS);
            before.send(drain());
            second.nextCall();
            // No welcome within a second: the origin is what is left.
            ScriptedMedia.Call after = origin.nextCall();
            assertEquals(after.join().getViewerId(), browser.next("move").path("viewer").asText());
            assertFalse(before.ended());
        }
    }

    @Test
    void anEdgeThatDiesIsReplacedAtOnce() throws Exception {
        long milliseconds = replacementMillis();
        for (int again = 1; again < TRIES && milliseconds >= 1_000; again++) {
            stop();
            start();
            milliseconds = Math.min(milliseconds, replacementMillis());
        }
        assertTrue(milliseconds < 1_000, "took " + milliseconds + " ms");
    }

    private long replacementMillis() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            first.nextCall();
            browser.next("welcome");
            long begin = System.nanoTime();
            first.close();
            second.nextCall();
            browser.next("error");
            browser.next("welcome");
            return (System.nanoTime() - begin) / 1_000_000;
        }
    }

    @Test
    void anEdgesGoodbyeSendsNobodyAway() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = first.nextCall();
            browser.next("welcome");
            call.send(MediaMessage.newBuilder()
                    .setGoodbye(Goodbye.newBuilder().setReason("shutdown").setRetryAfterMs(1000))
                    .build());
            second.nextCall();
            browser.next("error");
            browser.next("welcome");
            assertFalse(browser.isClosed());
        }
    }

    @Test
    void whereNoEdgeAnswersTheOriginServesEverybody() throws Exception {
        first.close();
        second.close();
        Thread.sleep(ASKED_MS);
        try (TestBrowser browser = TestBrowser.open(port)) {
            origin.nextCall();
            browser.next("welcome");
        }
    }
}
