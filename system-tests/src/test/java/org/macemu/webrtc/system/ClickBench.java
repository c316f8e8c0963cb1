package org.macemu.webrtc.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Mouse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.BasiliskMac;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Distribution;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ShownColor;
import org.macemu.webrtc.system.harness.ViewerPage;
import org.macemu.webrtc.system.harness.ViewerPage.Box;

/**
 * Measures how long a click takes until it is seen, and where that time goes: with the real Basilisk II and the demo
 * ROM, or with the synthetic emulator, which shows input in its next picture and so measures everything but an
 * emulator. Both have an indicator at the same place that is red while the mouse button is down. Started by
 * {@code bench/click}, which explains the arguments.
 */
public final class ClickBench {

    private static final Duration SEEN = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration MOVING = Duration.ofSeconds(15);
    private static final double FPS = 60;

    /** Inside the mouse button's indicator (emulator/demo-rom/README.md, InputMarks). */
    private static final int INDICATOR_X = 20;

    private static final int INDICATOR_Y = 52;

    private static final Pattern TRACE = Pattern.compile("trace: button (?:down|up) (queued|fetched) at (\\d+) us");

    /** Nanoseconds to add to System.nanoTime for the time since 1970, which pages count by. */
    private static final long EPOCH = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - System.nanoTime();

    /** When button changes passed a stage, in milliseconds since 1970. */
    private record Stage(String name, List<Double> times) {

        static Stage ofNanoTimes(String name, Stream<Long> times) {
            return new Stage(name, times.map(nanos -> (nanos + EPOCH) / 1e6).toList());
        }
    }

    private ClickBench() {}

    /** Arguments: lane, clicks, basilisk or synthetic. */
    public static void main(String[] args) throws Exception {
        String lane = args[0];
        int clicks = Integer.parseInt(args[1]);
        boolean synthetic = args[2].equals("synthetic");
        String missing = synthetic ? null : BasiliskMac.missing();
        if (missing != null) {
            throw new IllegalStateException(missing);
        }
        try (Product product = Product.start(ClickBench.class)) {
            Supplier<List<Stage>> inEmulator = synthetic ? startSynthetic(product) : startBasilisk(product);
            String probe;
            try (InputStream in = ClickBench.class.getResourceAsStream("/page/click-probe.js")) {
                probe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            try (Browser browser = Browser.start();
                    ViewerPage page = browser.open(product, "lane=" + lane, probe)) {
                page.awaitPicture();
                page.awaitSize(640, 480);
                measure(product, page, lane, clicks, args[2], inEmulator);
            }
        }
    }

    /** @return tells when button changes passed the stages in the emulator */
    private static Supplier<List<Stage>> startSynthetic(Product product) throws Exception {
        SyntheticEmulator emulator = product.owns(
                SyntheticEmulator.start(product.emulator().fps(FPS).marks(true).build()));
        emulator.awaitConnected(START);
        return () -> List.of(Stage.ofNanoTimes(
                "arrived at the emulator",
                emulator.log().messages().stream()
                        .filter(received -> received.message() instanceof MouseButton)
                        .map(received -> received.nanoTime())));
    }

    private static Supplier<List<Stage>> startBasilisk(Product product) {
        BasiliskMac mac = BasiliskMac.start(product, product.controlSocket(), Map.of("MACEMU_TRACE_INPUT", "1"));
        mac.awaitStart(1, START);
        return () -> List.of(
                Stage.ofNanoTimes("queued by the driver", traced(mac, "queued")),
                Stage.ofNanoTimes("fetched by the emulator", traced(mac, "fetched")));
    }

    private static Stream<Long> traced(BasiliskMac mac, String stage) {
        return TRACE.matcher(mac.log())
                .results()
                .filter(line -> line.group(1).equals(stage))
                .map(line -> Long.parseLong(line.group(2)) * 1_000);
    }

    private static void measure(
            Product product,
            ViewerPage page,
            String lane,
            int clicks,
            String emulator,
            Supplier<List<Stage>> inEmulator)
            throws Exception {
        moveAbout(page);
        page.evaluate("clickProbe.follow(document.getElementById('video'), " + INDICATOR_X + ", " + INDICATOR_Y + ")");
        JsonNode before = page.stats();
        List<ShownColor.Change> changes;
        try (ShownColor shown = new ShownColor(product.videoSegment(), INDICATOR_X, INDICATOR_Y)) {
            for (int i = 0; i < 2 * clicks; i++) {
                // Any moment between two ticks of the Mac, and far enough from the last click for it to be at rest.
                Thread.sleep(ThreadLocalRandom.current().nextInt(120, 220));
                if (i % 2 == 0) {
                    page.page().mouse().down();
                } else {
                    page.page().mouse().up();
                }
                page.await("the click is seen", SEEN, () ->
                        page.evaluate("clickProbe.isPending()").asBoolean() ? "still as before" : null);
            }
            changes = shown.changes();
        }
        JsonNode after = page.stats();
        JsonNode samples = page.evaluate("clickProbe.samples()");
        List<Stage> stages = new ArrayList<>();
        stages.add(new Stage("pointer event", values(samples, "pressedAt")));
        stages.add(new Stage("sent by the page", values(samples, "sentAt")));
        stages.addAll(inEmulator.get());
        stages.add(Stage.ofNanoTimes(
                "picture published", changes.stream().skip(1).map(ShownColor.Change::published)));
        stages.add(new Stage("last packet received", values(samples, "receivedAt")));
        stages.add(new Stage("presented", values(samples, "presentedAt")));
        System.out.printf(
                Locale.ROOT,
                "clicks                   %d, each pressed and released; %.1f pictures a second decoded%n",
                clicks,
                1000 * (after.path("framesDecoded").asDouble() - before.path("framesDecoded").asDouble())
                        / (after.path("time").asDouble() - before.path("time").asDouble()));
        for (int i = 1; i < stages.size(); i++) {
            Distribution took = between(stages.get(i - 1), stages.get(i), 2 * clicks);
            System.out.printf(
                    Locale.ROOT, "-> %-25s %5.1f ms median, %5.1f ms p95%n", stages.get(i).name, took.median(),
                    took.percentile(95));
        }
        Distribution whole = between(stages.getFirst(), stages.getLast(), 2 * clicks);
        Distribution own = emulatorLeftOut(stages);
        System.out.printf(
                Locale.ROOT,
                """
                without the emulator     %.1f ms median, %.1f ms p95: from event to emulator, from picture to screen
                RESULT click emulator=%s lane=%s median_ms=%.1f p95_ms=%.1f own_median_ms=%.1f own_p95_ms=%.1f
                """,
                own.median(), own.percentile(95), emulator, lane, whole.median(), whole.percentile(95), own.median(),
                own.percentile(95));
    }

    /** As a hand does before it clicks, for long enough that the services have compiled what input takes. */
    private static void moveAbout(ViewerPage page) throws InterruptedException {
        Box picture = page.picture();
        Mouse mouse = page.page().mouse();
        long end = System.nanoTime() + MOVING.toNanos();
        while (System.nanoTime() < end) {
            double angle = System.nanoTime() / 1e9;
            mouse.move(
                    picture.left() + picture.width() * (0.5 + 0.4 * Math.cos(angle)),
                    picture.top() + picture.height() * (0.5 + 0.4 * Math.sin(angle)));
            Thread.sleep(10);
        }
        // The desktop's lower right corner: nothing there answers a click.
        mouse.move(picture.left() + picture.width() * 0.99, picture.top() + picture.height() * 0.97);
        Thread.sleep(1_000);
    }

    /** Of each change, what is left when the time between its arrival in the emulator and its picture is taken off. */
    private static Distribution emulatorLeftOut(List<Stage> stages) {
        List<Double> begun = stages.getFirst().times;
        List<Double> arrived = stages.get(2).times;
        List<Double> published = stages.get(stages.size() - 3).times;
        List<Double> presented = stages.getLast().times;
        return Distribution.of(IntStream.range(0, begun.size())
                .mapToObj(i -> arrived.get(i) - begun.get(i) + presented.get(i) - published.get(i))
                .toList());
    }

    private static Distribution between(Stage from, Stage to, int count) {
        for (Stage stage : List.of(from, to)) {
            if (stage.times.size() != count) {
                throw new IllegalStateException(
                        stage.times.size() + " times of \"" + stage.name + "\": expected " + count);
            }
        }
        return Distribution.of(IntStream.range(0, count)
                .mapToObj(i -> to.times.get(i) - from.times.get(i))
                .toList());
    }

    private static List<Double> values(JsonNode samples, String field) {
        List<Double> values = new ArrayList<>();
        samples.forEach(sample -> values.add(sample.path(field).asDouble(Double.NaN)));
        return values;
    }
}
