package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * How old a picture is when it is on the screen, by the bar code in it. The bounds only tell a product that works from
 * one that buffers; {@code bench/latency} measures.
 */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LatencyST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PICTURES = 120;
    private static final double MEDIAN_MS = 250;
    private static final double FIRST_PICTURE_MS = 5_000;

    /** Times are the best of so many visits at most: the machine that runs the tests does other things too. */
    private static final int VISITS = 4;

    private Product product;
    private Browser browser;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(LatencyST.class);
        SyntheticEmulator emulator = product.owns(SyntheticEmulator.start(
                product.emulator().fps(30).barCode(true).build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "adaptive"})
    void pictureIsFresh(String lane) {
        double median = Double.POSITIVE_INFINITY;
        double first = Double.POSITIVE_INFINITY;
        for (int visit = 0; visit < VISITS && !(median < MEDIAN_MS && first < FIRST_PICTURE_MS); visit++) {
            Freshness seen = visit(lane);
            median = Math.min(median, seen.medianMillis());
            first = Math.min(first, seen.firstMillis());
        }
        assertTrue(median < MEDIAN_MS, "median " + median + " ms");
        assertTrue(first < FIRST_PICTURE_MS, "first picture after " + first + " ms");
    }

    private record Freshness(double medianMillis, double firstMillis) {}

    private Freshness visit(String lane) {
        try (ViewerPage page = browser.open(product, "lane=" + lane).awaitPicture()) {
            double first = page.mark("firstFrame") - page.mark("offer");
            JsonNode codes = page.barCodes(PICTURES, SOON);
            double[] ages = StreamSupport.stream(codes.path("samples").spliterator(), false)
                    .mapToDouble(sample -> sample.path("presentedMs").asDouble())
                    .sorted()
                    .toArray();
            System.out.printf(
                    Locale.ROOT,
                    "LATENCY lane=%s pictures=%d unreadable=%d min_ms=%.1f median_ms=%.1f p95_ms=%.1f"
                            + " first_picture_ms=%.0f%n",
                    lane,
                    ages.length,
                    codes.path("unreadable").asInt(),
                    percentile(ages, 0),
                    percentile(ages, 50),
                    percentile(ages, 95),
                    first);
            assertTrue(ages.length >= PICTURES / 2, "only " + ages.length + " pictures with a code: " + codes);
            // The page may read a newer picture than the one it is told of; now and then, and no more.
            assertTrue(percentile(ages, 5) > -1, "pictures from the future: " + Arrays.toString(ages));
            assertTrue(first > 0, "first picture after " + first + " ms");
            return new Freshness(percentile(ages, 50), first);
        }
    }

    private static double percentile(double[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }
}
