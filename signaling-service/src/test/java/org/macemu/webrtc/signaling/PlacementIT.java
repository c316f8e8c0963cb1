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
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.signaling.placement.Place;
import org.macemu.webrtc.signaling.placement.ViewerPlacement;
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

    /** A time is the best of so many tries at most: the machine that runs the tests does other things too. */
    private static final int TRIES = 4;

    /** Much longer than a place that failed a viewer is avoided. */
    private static final long LIMIT_MS = 20_000;

    private static final long POLL_MS = 50;

    @Inject
    ViewerPlacement placement;

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
        // Those that failed a viewer of the test before are trusted again when each is chosen before a busier one.
        first.load(load(0.9));
        second.load(load(0));
        awaitChosen(edgePorts.get(1));
        first.load(load(0));
        second.load(load(0.9));
        awaitChosen(edgePorts.get(0));
    }

    /** Waits until a viewer would be sent there. */
    private void awaitChosen(int place) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        Place chosen = chosen();
        while (chosen.address().port() != place) {
            assertTrue(System.nanoTime() < deadline, "viewers are sent to the " + chosen + ", not to port " + place);
            Thread.sleep(POLL_MS);
            chosen = chosen();
        }
    }

    private Place chosen() {
        return placement.choose(Optional.empty(), false).orElseThrow();
    }

    @AfterEach
    void stop() throws Exception {
        for (ScriptedMedia media : List.of(origin, first, second)) {
            media.close();
        }
    }

    private static Load load(double stress) {
        return Load.newBuilder()
                // Of so many the choices that the tests make themselves weigh nothing.
                .setMaxViewers(100_000)
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
            first.awaitLoadKnown();
            second.awaitLoadKnown();
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
        awaitChosen(originPort);
        try (TestBrowser browser = TestBrowser.open(port)) {
            origin.nextCall();
            browser.next("welcome");
        }
    }
}
