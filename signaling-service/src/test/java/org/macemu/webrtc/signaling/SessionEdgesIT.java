package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.SessionCluster;
import org.macemu.webrtc.signaling.testing.TestBrowser;
import org.macemu.webrtc.testing.Closer;

/**
 * A session's pod and its two edges, found by their EndpointSlices: who is served where, and how a viewer gets elsewhere.
 */
class SessionEdgesIT {

    private static final String ADA = SessionCluster.PREFIX + "ada-0";
    private static final String POD = "127.0.0.1";
    private static final String FIRST = "127.0.0.2";
    private static final String SECOND = "127.0.0.3";

    @TempDir
    private Path folder;

    @AutoClose
    private final Closer closer = new Closer();

    private final SessionCluster cluster = closer.register(new SessionCluster());
    private ScriptedMedia pod;
    private ScriptedMedia first;
    private ScriptedMedia second;

    @BeforeEach
    void start() throws Exception {
        pod = media(POD, 0);
        first = media(FIRST, 0.1);
        second = media(SECOND, 0.6);
    }

    private ScriptedMedia media(String address, double stress) throws Exception {
        ScriptedMedia media = closer.register(ScriptedMedia.start(address, cluster.mediaPort()));
        media.load(load(0, stress));
        return media;
    }

    private static Load load(int viewers, double stress) {
        return Load.newBuilder()
                .setViewers(viewers)
                .setMaxViewers(100)
                .setStress(stress)
                .setAccepting(true)
                .build();
    }

    private void edge(String address, boolean ready, boolean terminating) {
        cluster.edge(address, "edge-" + address, "ada", SessionCluster.RELEASE, ready, terminating);
    }

    /** The service, which knows of all three and how busy they are. */
    private void placed(String... settings) throws Exception {
        cluster.service(settings);
        edge(FIRST, true, false);
        edge(SECOND, true, false);
        cluster.mac(POD, ADA, true, false);
        awaitAsked(pod, first, second);
    }

    private static void awaitAsked(ScriptedMedia... places) throws InterruptedException {
        for (ScriptedMedia place : places) {
            place.awaitLoadKnown();
        }
    }

    private TestBrowser browser(String token) throws Exception {
        return closer.register(TestBrowser.open(cluster.port(), "ada", token));
    }

    private static MediaMessage drain() {
        return MediaMessage.newBuilder()
                .setMove(Move.newBuilder().setReason("drain"))
                .build();
    }

    @Test
    void guestsWatchAtTheEdgeWithTheLeastStressAndWhoMaySteerIsServedByThePod() throws Exception {
        Path keys = Files.writeString(folder.resolve("access.key"), "q".repeat(43) + "\n");
        placed("-Dmacemu.access.key-file=" + keys, "-Dmacemu.placement.origin-viewers=0");
        AccessTokens tokens = new AccessTokens(keys, "mac");
        Duration hour = Duration.ofHours(1);
        browser(tokens.issue("ada", AccessRole.GUEST, "Guest", hour)).next("welcome");
        assertEquals("Guest", first.nextCall().join().getName());
        browser(tokens.issue("ada", AccessRole.CONTROLLER, "Ada", hour)).next("welcome");
        assertEquals("Ada", pod.nextCall().join().getName());
        first.load(load(90, 0.9));
        awaitAsked(first);
        browser(tokens.issue("ada", AccessRole.GUEST, "Another", hour)).next("welcome");
        assertEquals("Another", second.nextCall().join().getName());

        // Another session's Mac without edges serves everybody itself.
        ScriptedMedia ben = media("127.0.0.4", 0);
        cluster.mac("127.0.0.4", SessionCluster.PREFIX + "ben-0", true, false);
        closer.register(TestBrowser.open(cluster.port(), "ben", tokens.issue("ben", AccessRole.GUEST, "Ben", hour)));
        assertEquals("Ben", ben.nextCall().join().getName());
        assertEquals(0, ben.asked(), "where there is no choice, nobody is asked");
    }

    @Test
    void thePodServesTheFirst() throws Exception {
        placed("-Dmacemu.placement.origin-viewers=1");
        browser(null).next("welcome");
        pod.nextCall();
        pod.load(load(1, 0.01));
        awaitAsked(pod);
        browser(null).next("welcome");
        first.nextCall();
    }

    @Test
    void aViewerIsMovedBeforeItsEdgeEnds() throws Exception {
        placed("-Dmacemu.placement.origin-viewers=0");
        TestBrowser browser = browser(null);
        browser.next("welcome");
        ScriptedMedia.Call before = first.nextCall();
        edge(FIRST, false, true);
        before.send(drain());
        ScriptedMedia.Call after = second.nextCall();
        JsonNode move = browser.next("move");
        assertEquals(after.join().getViewerId(), move.path("viewer").asText());
        assertFalse(before.ended(), "the old connection is still shown");
        browser.send("{\"type\":\"offer\",\"sdp\":\"v=0 two\"}");
        assertEquals("v=0 two", after.next().getOffer().getSdp());
        // The last edge goes, too: the pod is what is left.
        edge(SECOND, false, true);
        second.load(load(0, 0.6).toBuilder().setAccepting(false).build());
        after.send(drain());
        pod.nextCall();
        browser.next("move");
    }

    @Test
    void anEdgeThatDiesIsReplaced() throws Exception {
        placed("-Dmacemu.placement.origin-viewers=0");
        TestBrowser browser = browser(null);
        browser.next("welcome");
        first.nextCall();
        first.close();
        browser.next("error");
        browser.next("welcome");
        second.nextCall();
    }

    /**
     * A Mac that is suspended while somebody watches at an edge: nobody looks at a still picture until the edge has ended.
     */
    @Test
    void whenTheMacEndsItsEdgesViewersWaitForIt() throws Exception {
        placed("-Dmacemu.placement.origin-viewers=0");
        TestBrowser browser = browser(null);
        browser.next("welcome");
        ScriptedMedia.Call call = first.nextCall();
        cluster.mac(POD, ADA, false, true);
        cluster.awaitEnded("ada");
        call.send(drain());
        assertEquals("media_unavailable", browser.next("error").path("code").asText());
        assertEquals("session_starting", browser.next("error").path("code").asText());
        cluster.mac(POD, ADA, true, false);
        browser.next("welcome");
    }

    @Test
    void whatIsNotReadyOrNotOursIsNoEdge() throws Exception {
        cluster.service("-Dmacemu.placement.origin-viewers=0");
        edge(FIRST, false, false);
        cluster.edge(SECOND, "edge-of-another", "ada", "another", true, false);
        // Seen in this order: who is welcomed at the pod would have been sent to the others.
        cluster.mac(POD, ADA, true, false);
        browser(null);
        pod.nextCall();
        assertEquals(0, first.asked() + second.asked() + pod.asked());
        edge(FIRST, true, false);
        awaitAsked(first, pod);
        browser(null).next("welcome");
        first.nextCall();
        assertEquals(0, second.asked() + second.waitingCalls());
    }
}
