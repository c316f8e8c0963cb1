package org.macemu.webrtc.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Distribution;
import org.macemu.webrtc.system.harness.Metrics;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ThreadTimes;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * Measures one viewer on loopback: the age of pictures on the screen by the bar code in them, the time to the first
 * picture, the media-service's share of a core while nobody watches, while a picture moves and while it stands still.
 * Started by {@code bench/latency}, which explains the arguments.
 */
public final class LatencyBench {

    private static final Duration PROBE = Duration.ofSeconds(60);
    private static final int JOINS = 7;

    /** Share of a core below which the JVM's compilers count as resting. */
    private static final double COMPILED = 0.005;

    private LatencyBench() {}

    public static void main(String[] args) throws Exception {
        String lane = args[0];
        String[] size = args[1].split("x");
        int fps = Integer.parseInt(args[2]);
        String scene = args[3];
        int seconds = Integer.parseInt(args[4]);
        try (Product product = Product.start(LatencyBench.class)) {
            long pid = product.service(Product.Part.MEDIA).pid();
            product.owns(ForkedJvm.emulator(product.emulatorArguments(
                    "--size", args[1], "--fps", args[2], "--scene", scene, "--bar-code", "--tone", "440")));
            awaitCompiled(pid);
            double idle = ThreadTimes.sum(cores(pid, 10));
            try (Browser browser = Browser.start()) {
                List<Double> firstPictures = new ArrayList<>();
                for (int i = 0; i < JOINS; i++) {
                    try (ViewerPage page = browser.open(product, "lane=" + lane).awaitPicture()) {
                        firstPictures.add(page.mark("firstFrame") - page.mark("offer"));
                    }
                }
                double cold = firstPictures.removeFirst();
                measure(product, browser, lane, fps, seconds, pid, cold, firstPictures, idle, scene, size);
            }
        }
    }

    private static void measure(
            Product product,
            Browser browser,
            String lane,
            int fps,
            int seconds,
            long pid,
            double cold,
            List<Double> firstPictures,
            double idle,
            String scene,
            String[] size)
            throws Exception {
        try (ViewerPage page = browser.open(product, "lane=" + lane).awaitPicture()) {
            // The picture-age probe draws each frame to a canvas; the CPU figure is taken before it starts.
            awaitCompiled(pid);
            Metrics before = product.metrics();
            Map<String, Double> busy = cores(pid, seconds);
            JsonNode codes = page.barCodes(fps * seconds, Duration.ofSeconds(seconds * 2L).plus(PROBE));
            Distribution ages = Distribution.of(StreamSupport.stream(codes.path("samples").spliterator(), false)
                    .map(sample -> sample.path("presentedMs").asDouble())
                    .toList());
            Distribution first = Distribution.of(firstPictures);
            JsonNode stats = page.stats();
            double frameToWire = lane.equals("shared")
                    ? product.metrics().quantileSince(before, "macemu_frame_to_wire_seconds", 0.95) * 1_000
                    : Double.NaN;
            System.out.printf(
                    Locale.ROOT,
                    """
                    pictures               %d of %s at %sx%s, %d a second; %d without a readable code
                    first picture          %.0f ms cold; warm %.0f ms median, %.0f ms worst of %d
                    presented              %.1f ms median, %.1f ms p95
                    frame to wire          %.1f ms p95
                    media-service          %.3f core with one viewer, %.4f with none
                    its threads            %s
                    browser                %d decoded a second, %d freezes, %d packets lost, jitter buffer %.1f ms
                    RESULT latency lane=%s median_ms=%.1f p95_ms=%.1f frame_to_wire_p95_ms=%.1f
                    """,
                    ages.count(), scene, size[0], size[1], fps, codes.path("unreadable").asInt(),
                    cold, first.median(), first.percentile(100), first.count(), ages.median(), ages.percentile(95),
                    frameToWire, ThreadTimes.sum(busy), idle, ThreadTimes.most(busy, 6),
                    stats.path("framesPerSecond").asInt(), stats.path("freezes").asInt(),
                    stats.path("packetsLost").asInt(), stats.path("jitterBufferMs").asDouble(), lane,
                    ages.median(), ages.percentile(95), frameToWire);
        }
    }

    /** Waits, a minute at most, until the JVM has compiled what it runs: that is a cost of the first minutes only. */
    private static void awaitCompiled(long pid) throws IOException, InterruptedException {
        for (int i = 0; i < 12; i++) {
            double compiling = cores(pid, 5).entrySet().stream()
                    .filter(thread -> thread.getKey().contains("Compiler"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            if (compiling < COMPILED) {
                return;
            }
        }
    }

    /** Shares of a core that the threads of a process take over some seconds. */
    private static Map<String, Double> cores(long pid, int seconds) throws IOException, InterruptedException {
        ThreadTimes before = ThreadTimes.of(pid);
        Thread.sleep(seconds * 1_000L);
        return ThreadTimes.of(pid).coresSince(before);
    }
}
