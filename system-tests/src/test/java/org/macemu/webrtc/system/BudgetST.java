package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/** What the first minute may cost a visitor: bytes, time until the page is usable, time until the Mac is seen. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetST {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final long MOST_BYTES = 150_000;
    private static final double MOST_LOAD_MS = 1_000;
    /** From navigation, on loopback. */
    private static final double MOST_FIRST_FRAME_MS = 500;

    /** Times are the best of so many visits at least: the machine that runs the tests does other things too. */
    private static final int VISITS = 8;

    /** A machine that is busy for a while is waited for. */
    private static final int MOST_VISITS = 80;

    private Product product;
    private Browser browser;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(BudgetST.class);
        SyntheticEmulator emulator = product.owns(SyntheticEmulator.start(
                product.emulator().scene(SceneKind.TYPING).build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @Test
    void pageIsLightAndQuick() {
        List<Double> loaded = new ArrayList<>();
        List<Double> seen = new ArrayList<>();
        List<Double> connected = new ArrayList<>();
        long bytes = 0;
        while (seen.size() < VISITS || seen.size() < MOST_VISITS && best(seen) > MOST_FIRST_FRAME_MS) {
            try (ViewerPage page = browser.open(product, "").awaitPicture()) {
                JsonNode files = page.evaluate("[...performance.getEntriesByType('resource'),"
                        + " ...performance.getEntriesByType('navigation')]"
                        + ".map(e => ({ name: e.name, bytes: e.transferSize }))");
                List<String> foreign = new ArrayList<>();
                long sum = 0;
                for (JsonNode file : files) {
                    sum += file.get("bytes").asLong();
                    if (!file.get("name").asText().startsWith(product.page(""))) {
                        foreign.add(file.get("name").asText());
                    }
                }
                assertEquals(List.of(), foreign, "the page loads something from elsewhere");
                bytes = Math.max(bytes, sum);
                loaded.add(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd").asDouble());
                seen.add(page.mark("firstFrame"));
                connected.add(page.mark("firstFrame") - page.mark("opened"));
            }
        }
        System.out.printf(
                Locale.ROOT, "BUDGET bytes=%d load_ms=%.0f first_frame_ms=%.0f of_connecting_ms=%.0f visits=%d%n",
                bytes, best(loaded), best(seen), best(connected), seen.size());
        assertTrue(bytes > 20_000 && bytes <= MOST_BYTES, bytes + " bytes transferred, at most " + MOST_BYTES);
        assertTrue(best(loaded) <= MOST_LOAD_MS, "page loaded after " + loaded + " ms");
        assertTrue(best(seen) <= MOST_FIRST_FRAME_MS, "first frame " + seen + " ms after navigation");
    }

    private static double best(List<Double> times) {
        return times.stream().mapToDouble(time -> time).min().orElseThrow();
    }
}
