package org.macemu.webrtc.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Command;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ServiceProcess;
import org.macemu.webrtc.system.harness.ViewerPage;
import org.macemu.webrtc.system.harness.ViewerPage.Box;

/**
 * Measures how long a click takes until it is seen, with the real Basilisk II and the demo ROM, whose indicator is red
 * while the mouse button is down. Started by {@code bench/click}, which explains the arguments.
 */
public final class ClickBench {

    private static final Duration BUILD = Duration.ofSeconds(180);
    private static final Duration SEEN = Duration.ofSeconds(5);

    /** Middle of the mouse button's indicator (emulator/demo-rom/README.md). */
    private static final int INDICATOR_X = 20;

    private static final int INDICATOR_Y = 52;

    private ClickBench() {}

    public static void main(String[] args) throws Exception {
        String lane = args[0];
        int clicks = Integer.parseInt(args[1]);
        Path emulator = Product.root().resolve("emulator");
        for (String[] step : new String[][] {{"./fetch-basilisk2.sh"}, {"make", "-s"}}) {
            Command done = Command.run(emulator, BUILD, step);
            if (done.status() != 0) {
                throw new IllegalStateException(String.join(" ", step) + ": " + done.lastLine());
            }
        }
        try (Product product = Product.start(ClickBench.class)) {
            Map<String, String> environment = new HashMap<>(product.environment(Part.MEDIA));
            environment.put("BASILISK_ROMS", product.folder().resolve("roms").toString());
            environment.put("BASILISK_IMAGES", product.folder().resolve("images").toString());
            product.owns(new ServiceProcess(
                            "basilisk",
                            List.of(emulator.resolve("run-demo.sh").toString()),
                            environment,
                            product.folder(),
                            product.logs().resolve("basilisk.log")))
                    .start();
            String probe = new String(
                    ClickBench.class.getResourceAsStream("/page/click-probe.js").readAllBytes(), StandardCharsets.UTF_8);
            try (Browser browser = Browser.start();
                    ViewerPage page = browser.open(product, "lane=" + lane, probe)) {
                page.awaitPicture();
                page.awaitSize(640, 480);
                measure(product, page, lane, clicks);
            }
        }
    }

    private static void measure(Product product, ViewerPage page, String lane, int clicks) throws Exception {
        Box picture = page.picture();
        // The desktop's lower right corner: nothing there answers a click.
        page.page().mouse().move(picture.left() + picture.width() * 0.99, picture.top() + picture.height() * 0.97);
        Thread.sleep(3_000);
        page.evaluate("clickProbe.follow(document.getElementById('video'), " + INDICATOR_X + ", " + INDICATOR_Y + ")");
        JsonNode before = page.stats();
        for (int i = 0; i < 2 * clicks; i++) {
            // Any moment between two ticks of the Mac, and far enough from the last click for the button to be at rest.
            Thread.sleep(ThreadLocalRandom.current().nextInt(120, 220));
            if (i % 2 == 0) {
                page.page().mouse().down();
            } else {
                page.page().mouse().up();
            }
            page.await("the click is seen", SEEN, () ->
                    page.evaluate("clickProbe.isPending()").asBoolean() ? "still as before" : null);
        }
        JsonNode after = page.stats();
        JsonNode samples = page.evaluate("clickProbe.samples()");
        List<Double> presented = values(samples, "presentedMs");
        List<Double> received = values(samples, "receivedMs");
        System.out.printf(
                Locale.ROOT,
                """
                clicks                 %d, each pressed and released; %.1f pictures a second decoded
                first packets back     %.1f ms median, %.1f ms p95: input, the Mac's tick, drawing, encoding
                decoding               %.1f ms median
                frame to wire          %.1f ms p95
                jitter buffer          %.1f ms
                RESULT click lane=%s median_ms=%.1f p95_ms=%.1f
                """,
                clicks,
                1000 * (after.path("framesDecoded").asDouble() - before.path("framesDecoded").asDouble())
                        / (after.path("time").asDouble() - before.path("time").asDouble()),
                percentile(received, 50), percentile(received, 95),
                percentile(values(samples, "decodeMs"), 50),
                lane.equals("shared")
                        ? product.metrics().sum("macemu_frame_to_wire_seconds", "quantile=\"0.95\"") * 1_000
                        : Double.NaN,
                after.path("jitterBufferMs").asDouble(), lane, percentile(presented, 50), percentile(presented, 95));
    }

    private static List<Double> values(JsonNode samples, String field) {
        List<Double> values = new ArrayList<>();
        samples.forEach(sample -> {
            if (sample.path(field).isNumber()) {
                values.add(sample.path(field).asDouble());
            }
        });
        Collections.sort(values);
        return values;
    }

    private static double percentile(List<Double> sorted, int percent) {
        return sorted.isEmpty() ? Double.NaN : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
