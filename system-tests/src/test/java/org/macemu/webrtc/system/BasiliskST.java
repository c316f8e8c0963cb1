package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.BasiliskMac;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.DemoScreen;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;
import org.macemu.webrtc.system.harness.ViewerPage.Color;

/**
 * The main job on the real thing: Debian's unmodified Basilisk II with the demo ROM, seen, heard and used in a browser.
 * Rectangles and tones are those that emulator/demo-rom/README.md promises.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BasiliskST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final double LEAST_FPS = 25;

    /** Amplitude 2048 of 32768: what stays of a note after it has died away. */
    private static final double RESTING_LEVEL = 2048 / 32768.0;

    private Product product;
    private Browser browser;
    private ViewerPage page;
    private DemoScreen screen;

    @BeforeAll
    void start() throws Exception {
        String missing = BasiliskMac.missing();
        if (missing != null) {
            BasiliskMac.announceSkip(BasiliskST.class, missing);
        }
        assumeTrue(missing == null, () -> "Basilisk II cannot be had: " + missing);
        product = Product.start(BasiliskST.class);
        BasiliskMac.start(product, product.controlSocket());
        browser = product.owns(Browser.start());
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void watch() {
        page = browser.open(product, "").awaitPicture();
        page.awaitSize(640, 480);
        screen = new DemoScreen(page);
    }

    @AfterEach
    void leave() {
        page.close();
    }

    @Test
    void picturesArriveInTime() {
        page.await("at least " + LEAST_FPS + " pictures a second", Duration.ofSeconds(60), () -> {
            JsonNode first = page.stats();
            page.page().waitForTimeout(3000);
            JsonNode last = page.stats();
            double fps = 1000 * (last.path("framesDecoded").asDouble() - first.path("framesDecoded").asDouble())
                    / (last.path("time").asDouble() - first.path("time").asDouble());
            System.out.printf(Locale.ROOT, "BASILISK fps=%.1f lane=%s%n", fps, last.path("lane").asText());
            return fps >= LEAST_FPS ? null : fps + " decoded";
        });
    }

    @Test
    void keyIsSeenAndHeard() {
        // A is last: its black could also be a picture without any indicator.
        press("z", 0x06);
        press("y", 0x10);
        press("a", 0x00);
    }

    private void press(String key, int adb) {
        screen.press(key, adb);
        page.awaitTone(220 * Math.pow(2, adb / 12.0), RESTING_LEVEL);
    }

    @Test
    void clickIsSeen() {
        screen.click();
    }

    @Test
    void pointerIsWhereTheMouseIs() {
        // The indicators are plain and always in front, so that nothing but the pointer changes them.
        screen.moveTo(500, 420);
        screen.awaitColor("indicator without the pointer", DemoScreen.BUTTON, DemoScreen.WHITE);
        screen.moveTo(18, 48);
        page.await("pointer over the indicator", SOON, () -> {
            // The arrow's body is to the right of and below its tip.
            Color body = page.color(19, 52, 3, 4);
            Color beside = page.color(11, 44, 4, 4);
            return body.green() < 100 && beside.green() > 180 ? null : "body " + body + ", beside it " + beside;
        });
        screen.moveTo(500, 420);
        screen.awaitColor("indicator without the pointer", DemoScreen.BUTTON, DemoScreen.WHITE);
    }

    @Test
    void restartFromTheBrowserComesBack() throws Exception {
        long before = pid();
        HttpResponse<String> answer = product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.port(Part.CONTROL) + "/api/v1/restart"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertTrue(answer.statusCode() / 100 == 2, answer.statusCode() + " " + answer.body());
        Await.until("another process", SOON, () -> {
            long now = pid();
            return now != 0 && now != before ? null : "process " + now;
        }, product::logTails);
        page.awaitPicture();
        page.awaitTone(440, RESTING_LEVEL);
        screen.moveTo(500, 420);
        screen.awaitColor("button up", DemoScreen.BUTTON, DemoScreen.WHITE);
    }

    /** The process that draws, as the emulator itself says. */
    private long pid() {
        return product.status().path("emulator").path("status").path("pid").asLong();
    }
}
