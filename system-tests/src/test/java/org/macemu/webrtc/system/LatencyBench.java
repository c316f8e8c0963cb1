package org.macemu.webrtc.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.CpuTimes;
import org.macemu.webrtc.system.harness.Distribution;
import org.macemu.webrtc.system.harness.Metrics;
import org.macemu.webrtc.system.harness.Product;
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

    private final Product product;
    private final Browser browser;
    private final long pid;
    private final String lane;
    private final String size;
    private final int fps;
    private final String scene;
    private final int seconds;

    private LatencyBench(Product product, Browser browser, String[] args) {
        this.product = product;
        this.browser = browser;
        pid = product.service(Product.Part.MEDIA).pid();
        lane = args[0];
        size = args[1];
        fps = Integer.parseInt(args[2]);
        scene = args[3];
        seconds = Integer.parseInt(args[4]);
    }

    public static void main(String[] args) throws Exception {
        try (Product product = Product.start(LatencyBench.class);
                Browser browser = Browser.start()) {
            LatencyBench bench = new LatencyBench(product, browser, args);
            String result;
            try (ForkedJvm moving = bench.emulator(bench.fps, "--scene", bench.scene, "--bar-code", "--tone", "440")) {
                bench.nobody();
                bench.firstPictures();
                result = bench.moving();
            }
            // Some emulators publish an unchanged picture again and again, others, such as Basilisk II, none.
            for (int fps : new int[] {bench.fps, 1}) {
                try (ForkedJvm still = bench.emulator(fps, "--scene", "desktop", "--tone", "0")) {
                    bench.still(fps);
                }
            }
            System.out.println(result);
        }
    }

    private ForkedJvm emulator(int fps, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--size", size, "--fps", Integer.toString(fps)));
        arguments.addAll(List.of(more));
        return ForkedJvm.emulator(product.emulatorArguments(arguments.toArray(String[]::new)));
    }

    private ViewerPage open() {
        return browser.open(product, "lane=" + lane).awaitPicture();
    }

    private void nobody() throws IOException, InterruptedException {
        awaitCompiled();
        say("nobody watches", cores());
    }

    private void firstPictures() {
        List<Double> warm = new ArrayList<>();
        List<Double> answered = new ArrayList<>();
        List<Double> connected = new ArrayList<>();
        for (int i = 0; i < JOINS; i++) {
            try (ViewerPage page = open()) {
                double offer = page.mark("offer");
                warm.add(page.mark("firstFrame") - offer);
                answered.add(page.mark("answer") - offer);
                connected.add(page.mark("connected") - offer);
            }
        }
        double cold = warm.removeFirst();
        Distribution first = Distribution.of(warm);
        say(
                "first picture          %.0f ms cold; warm %.0f ms median, %.0f ms worst of %d",
                cold, first.median(), first.percentile(100), first.count());
        say(
                "                       answered after %.0f ms, connected after %.0f ms (medians)",
                Distribution.of(answered).median(), Distribution.of(connected).median());
    }

    /** Returns the bench's last line. */
    private String moving() throws IOException, InterruptedException {
        try (ViewerPage page = open()) {
            // The picture-age probe draws each frame to a canvas; the CPU figure is taken before it starts.
            awaitCompiled();
            Metrics before = product.metrics();
            say("one viewer", cores());
            JsonNode codes = page.barCodes(fps * seconds, Duration.ofSeconds(seconds * 2L).plus(PROBE));
            Distribution ages = Distribution.of(StreamSupport.stream(codes.path("samples").spliterator(), false)
                    .map(sample -> sample.path("presentedMs").asDouble())
                    .toList());
            double frameToWire = lane.equals("shared")
                    ? product.metrics().quantileSince(before, "macemu_frame_to_wire_seconds", 0.95) * 1_000
                    : Double.NaN;
            JsonNode stats = page.stats();
            say(
                    "pictures               %d of %s at %s, %d a second; %d without a readable code",
                    ages.count(), scene, size, fps, codes.path("unreadable").asInt());
            say("presented              %.1f ms median, %.1f ms p95", ages.median(), ages.percentile(95));
            say("frame to wire          %.1f ms p95", frameToWire);
            say(
                    "browser                %d decoded a second, %d freezes, %d packets lost, jitter buffer %.1f ms",
                    stats.path("framesPerSecond").asInt(), stats.path("freezes").asInt(),
                    stats.path("packetsLost").asInt(), stats.path("jitterBufferMs").asDouble());
            return String.format(
                    Locale.ROOT,
                    "RESULT latency lane=%s median_ms=%.1f p95_ms=%.1f frame_to_wire_p95_ms=%.1f",
                    lane, ages.median(), ages.percentile(95), frameToWire);
        }
    }

    private void still(int fps) throws IOException, InterruptedException {
        try (ViewerPage page = open()) {
            awaitCompiled();
            say("still, %d a second".formatted(fps), cores());
        }
    }

    /** Waits, three minutes at most, until the JVM has compiled what it runs: that is a cost of the first minutes only. */
    private void awaitCompiled() throws IOException, InterruptedException {
        for (int i = 0; i < 36; i++) {
            double compiling = cores(5).threads().entrySet().stream()
                    .filter(thread -> thread.getKey().contains("Compiler"))
                    .mapToDouble(thread -> thread.getValue())
                    .sum();
            if (compiling < COMPILED) {
                return;
            }
        }
    }

    private CpuTimes.Use cores() throws IOException, InterruptedException {
        return cores(seconds);
    }

    private CpuTimes.Use cores(int seconds) throws IOException, InterruptedException {
        CpuTimes before = CpuTimes.of(pid);
        Thread.sleep(seconds * 1_000L);
        return CpuTimes.of(pid).since(before);
    }

    private static void say(String situation, CpuTimes.Use use) {
        say("%-22s %.4f of a core in the media-service: %s", situation, use.cores(), use.most(6));
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
