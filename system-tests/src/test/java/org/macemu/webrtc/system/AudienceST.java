package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/** More than one visitor, and none: who comes and goes without disturbing the others, and what runs for nobody. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AudienceST {

    private static final Duration SOON = Duration.ofSeconds(40);

    private Product product;
    private Browser browser;
    private SyntheticEmulator emulator;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(AudienceST.class);
        emulator = product.owns(SyntheticEmulator.start(product.emulator().build()));
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
    @CsvSource({"shared,shared", "adaptive,adaptive", "shared,adaptive"})
    void oneLeavesAndTheOtherStays(String firstLane, String secondLane) {
        try (ViewerPage first = browser.open(product, "lane=" + firstLane).awaitPicture()) {
            try (ViewerPage second = browser.open(product, "lane=" + secondLane).awaitPicture()) {
                awaitViewers(first, 2);
                awaitViewers(second, 2);
                first.awaitTone(440, 0.25);
                second.awaitTone(440, 0.25);
            }
            awaitViewers(first, 1);
            double connected = first.mark("connected");
            first.awaitPicture();
            first.awaitTone(440, 0.25);
            assertEquals(connected, first.mark("connected"), "the first had to connect again");
        }
        awaitNobody();
    }

    @Test
    void vanishedVisitorIsForgotten() {
        try (ViewerPage first = browser.open(product, "").awaitPicture()) {
            ViewerPage second = browser.open(product, "").awaitPicture();
            awaitViewers(first, 2);
            second.crash();
            awaitViewers(first, 1);
            first.awaitPicture();
        }
        awaitNobody();
    }

    @Test
    void nothingIsReadForNobody() throws Exception {
        try (ViewerPage page = browser.open(product, "").awaitPicture()) {
            double before = captured();
            page.await("pictures are read", SOON, () -> captured() > before ? null : "still " + before);
        }
        awaitNobody();
        // A picture that was being read when the last visitor left may still be counted.
        double[] last = {captured()};
        Await.until("reading stops", SOON, () -> {
            emulator.awaitFrames(emulator.published() + 10, SOON);
            double now = captured();
            boolean stopped = now == last[0];
            last[0] = now;
            return stopped ? null : now + " pictures and counting";
        });
        emulator.awaitFrames(emulator.published() + 90, SOON);
        assertEquals(last[0], captured(), "pictures read while 90 were published and nobody watched");

        try (ViewerPage page = browser.open(product, "").awaitPicture()) {
            assertTrue(captured() > last[0], "nothing was read for the next visitor");
            assertEquals("playing", page.stage());
        }
    }

    private double captured() {
        return product.metrics().sum("macemu_frames_captured_total");
    }

    private static void awaitViewers(ViewerPage page, int count) {
        page.await(count + " viewers", SOON, () -> {
            int viewers = page.state().path("viewers").asInt();
            return viewers == count ? null : viewers + " are told";
        });
    }

    private void awaitNobody() {
        Await.until("nobody watches", SOON, () -> {
            double viewers = product.metrics().sum("macemu_viewers");
            return viewers == 0 ? null : viewers + " viewers";
        }, product::logTails);
    }
}
