package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Edge;
import org.macemu.webrtc.system.harness.FreePorts;
import org.macemu.webrtc.system.harness.LoadAudience;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/** An audience beyond one process: one origin, two edges, and what becomes of viewers when one of them ends. */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int VIEWERS = 20;

    /** How long anybody may be without a new picture when an edge ends in order, and when it is killed. */
    private static final double MOST_DRAINED_MS = 1_000;

    private static final double MOST_KILLED_MS = 3_000;

    /** Times are the best of so many tries at most: the machine that runs the tests does other things too. */
    private static final int TRIES = 3;

    private Product product;
    private Browser browser;
    private ForkedJvm emulator;
    private List<Edge> edges;
    private Path program;

    @BeforeAll
    void start() throws Exception {
        program = LoadAudience.build();
        int first = FreePorts.next();
        int second = FreePorts.next();
        product = Product.start(
                EdgeST.class,
                Map.of(
                        "MACEMU_PLACEMENT_EDGES", "127.0.0.1:" + first + ",127.0.0.1:" + second,
                        "MACEMU_PLACEMENT_ORIGIN_VIEWERS", "1"));
        edges = List.of(
                product.owns(new Edge("edge-1", first, product.port(Part.MEDIA), product.logs())),
                product.owns(new Edge("edge-2", second, product.port(Part.MEDIA), product.logs())));
        browser = product.owns(Browser.start());
        emulator = ForkedJvm.emulator(product.emulatorArguments("--fps", "30"));
        emulator.awaitLine("connected to", SOON);
    }

    @AfterAll
    void stop() throws Exception {
        if (emulator != null) {
            emulator.close();
        }
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void everythingRuns() throws Exception {
        if (!product.service(Part.MEDIA).isAlive()) {
            product.service(Part.MEDIA).start();
            product.awaitReady(Part.MEDIA);
        }
        edges.stream().filter(edge -> !edge.process().isAlive()).forEach(Edge::start);
        Await.until("nobody watches", SOON, () -> {
            double viewers = product.metrics().sum("macemu_viewers")
                    + edges.stream().mapToInt(Edge::viewers).sum();
            return viewers == 0 ? null : viewers + " viewers";
        }, product::logTails);
        awaitPlacement();
    }

    /**
     * signaling-service asks twice a second, and must have heard of the edges that were just started; and it counts the
     * viewers of the test before for two seconds after it has sent them somewhere. Neither can be seen from outside.
     */
    private void awaitPlacement() throws InterruptedException {
        Thread.sleep(2_500);
    }

    @Test
    void thoseBeyondTheFirstWatchAtAnEdge() throws Exception {
        try (ViewerPage steers = browser.open(product, "").awaitPicture()) {
            assertEquals(1, product.metrics().sum("macemu_viewers"), "the first is served by the origin");
            double captured = product.metrics().sum("macemu_frames_encoded_total");
            try (ViewerPage watches = browser.open(product, "").awaitPicture()) {
                assertEquals(1, product.metrics().sum("macemu_viewers"), "viewers of the origin");
                assertEquals(1, edges.stream().mapToInt(Edge::viewers).sum(), "viewers of the edges");
                Await.until("the origin knows of the viewer at the edge", SOON, () -> {
                    double known = product.metrics().sum("macemu_edge_viewers");
                    return known == 1 ? null : known + " viewers";
                }, product::logTails);
                watches.awaitSize(640, 480);
                watches.awaitTone(440, 0.25);
                awaitViewers(steers, 2);
                awaitViewers(watches, 2);
                assertTrue(steers.state().path("input").asBoolean(), "input of the first: " + steers.state());
                assertFalse(watches.state().path("input").asBoolean(), "input at the edge: " + watches.state());
                assertEquals("guest", watches.state().path("role").asText());
                Await.until("the origin encodes", SOON, () ->
                        product.metrics().sum("macemu_frames_encoded_total") > captured ? null : "no more frames");
                JsonNode stats = watches.stats();
                assertEquals("shared", stats.path("lane").asText("shared"), stats.toString());
            }
            awaitViewers(steers, 1);
        }
        // With nobody left, here or there, nothing is read.
        Await.until("reading stops", SOON, () -> {
            double before = product.metrics().sum("macemu_frames_captured_total");
            sleep(500);
            double now = product.metrics().sum("macemu_frames_captured_total");
            return now == before ? null : "still reading: " + now;
        }, product::logTails);
    }

    @Test
    void theOriginIdlesAgainAfterViewersOfAnEdge() throws Exception {
        try (LoadAudience audience = LoadAudience.join(program, product, 3)) {
            assertEquals(2, edges.stream().mapToInt(Edge::viewers).sum(), "viewers of the edges");
        }
        Await.until("no frames go to edges", SOON, () -> {
            double before = product.metrics().sum("macemu_edge_frames_total");
            sleep(500);
            return product.metrics().sum("macemu_edge_frames_total") == before ? null : "frames go on";
        }, product::logTails);
    }

    @Test
    void anEdgeIsDrainedUnderLoad() throws Exception {
        double gap = drain();
        for (int again = 1; again < TRIES && gap >= MOST_DRAINED_MS; again++) {
            everythingRuns();
            gap = Math.min(gap, drain());
        }
        assertTrue(gap < MOST_DRAINED_MS, "somebody was without a new picture for " + gap + " ms");
    }

    /** Returns the longest time that anybody was without a new picture, milliseconds. */
    private double drain() throws Exception {
        try (LoadAudience audience = LoadAudience.join(program, product, VIEWERS)) {
            List<Integer> before = viewers();
            try (ViewerPage page = browser.open(product, "").awaitPicture()) {
                Edge ends = edgeWithOneMore(before);
                int there = ends.viewers() - 1;
                assertTrue(there > 0, "only the page is at " + ends.process().name());
                double connected = page.mark("connected");
                page.evaluate(GAPS);
                audience.mark();
                assertEquals(143, ends.process().terminate(), "exit status" + ends.process().logTail());
                awaitElsewhere(page, connected, audience, ends);
                assertTrue(audience.report().path("moves").asInt() >= there, () -> audience.report().toString());
                JsonNode report = audience.report();
                assertEquals(0, report.path("failed_moves").asInt(), report.toString());
                assertEquals(0, report.path("reconnects").asInt(), report.toString());
                assertEquals("", page.evaluate("window.stagesSeen.filter((s) => s !== 'playing').join()").asText());
                double gap = longestGap("drained", page, report);
                page.awaitTone(440, 0.25);
                return gap;
            }
        }
    }

    @Test
    void anEdgeIsKilled() throws Exception {
        double gap = kill();
        for (int again = 1; again < TRIES && gap >= MOST_KILLED_MS; again++) {
            everythingRuns();
            gap = Math.min(gap, kill());
        }
        assertTrue(gap < MOST_KILLED_MS, "somebody was without a new picture for " + gap + " ms");
    }

    /** Returns the longest time that anybody was without a new picture, milliseconds. */
    private double kill() throws Exception {
        try (LoadAudience audience = LoadAudience.join(program, product, VIEWERS)) {
            List<Integer> before = viewers();
            try (ViewerPage page = browser.open(product, "").awaitPicture()) {
                Edge ends = edgeWithOneMore(before);
                page.expectConnectionErrors();
                double connected = page.mark("connected");
                page.evaluate(GAPS);
                audience.mark();
                ends.process().kill();
                awaitElsewhere(page, connected, audience, ends);
                assertEquals("true", page.evaluate("window.notReloaded === true").asText());
                return longestGap("killed", page, audience.report());
            }
        }
    }

    /** @param connected when the page was connected to the edge that has ended */
    private static void awaitElsewhere(ViewerPage page, double connected, LoadAudience audience, Edge ended) {
        Await.until("everybody watches, elsewhere", SOON, () -> {
            JsonNode report = audience.report();
            boolean moved = report.path("watching").asInt() == VIEWERS
                    && !report.path("addresses").has(ended.media());
            return moved ? null : report.toString();
        });
        page.await("the page is connected elsewhere", SOON, () -> {
            double now = page.mark("connected");
            return now > connected ? null : "connected at " + now + ", as before";
        });
        page.awaitPicture();
    }

    /** Of the page and of the load audience, both since the edge ended. */
    private static double longestGap(String what, ViewerPage page, JsonNode report) {
        double ofPage = page.evaluate("window.longestGap").asDouble();
        System.out.printf("EDGE %s page_gap_ms=%.0f audience=%s%n", what, ofPage, report);
        return Math.max(ofPage, report.path("longest_gap_ms").asDouble());
    }

    @Test
    void theOriginIsKilled() throws Exception {
        try (LoadAudience audience = LoadAudience.join(program, product, VIEWERS);
                ViewerPage page = browser.open(product, "").awaitPicture()) {
            page.expectConnectionErrors();
            page.evaluate("window.notReloaded = true");
            double connected = page.mark("connected");
            product.service(Part.MEDIA).kill();
            page.awaitStage("off", SOON);
            page.awaitCard("cannot be reached");
            Await.until("those at edges are told", SOON, () -> {
                JsonNode report = audience.report();
                return report.path("told_no_mac").asInt() >= VIEWERS - 1 ? null : report.toString();
            });
            assertTrue(audience.report().path("problem").asText().contains("cannot be reached"));

            product.service(Part.MEDIA).start();
            product.awaitReady(Part.MEDIA);
            page.awaitPicture();
            page.awaitTone(440, 0.25);
            assertEquals(connected, page.mark("connected"), "the page had to connect again");
            assertTrue(page.evaluate("window.notReloaded === true").asBoolean(), "the page was loaded again");
            Await.until("everybody has a picture again", SOON, () -> {
                JsonNode report = audience.report();
                return report.path("watching").asInt() == VIEWERS ? null : report.toString();
            }, product::logTails);
        }
    }

    /** Notes the longest time between two pictures on the screen, and every stage that the page shows. */
    private static final String GAPS = """
            (() => {
              const video = document.getElementById('video');
              let last = performance.now();
              window.longestGap = 0;
              window.notReloaded = true;
              window.stagesSeen = [];
              const next = (now) => {
                window.longestGap = Math.max(window.longestGap, now - last);
                last = now;
                video.requestVideoFrameCallback(next);
              };
              video.requestVideoFrameCallback(next);
              new MutationObserver(() => window.stagesSeen.push(document.body.dataset.stage))
                .observe(document.body, { attributes: true, attributeFilter: ['data-stage'] });
              return true;
            })()""";

    /** The edge that one more viewer has come to. */
    private Edge edgeWithOneMore(List<Integer> before) {
        return edges.stream()
                .filter(edge -> edge.viewers() > before.get(edges.indexOf(edge)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("The page is at no edge" + product.logTails()));
    }

    private List<Integer> viewers() {
        return edges.stream().map(Edge::viewers).toList();
    }

    private static void awaitViewers(ViewerPage page, int count) {
        page.await(count + " viewers", SOON, () -> {
            int viewers = page.state().path("viewers").asInt();
            return viewers == count ? null : viewers + " are told";
        });
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
