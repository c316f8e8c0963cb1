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
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;
import org.macemu.webrtc.system.harness.ViewerPage.Box;
import org.macemu.webrtc.system.harness.ViewerPage.Color;

/**
 * The main job on the real thing: Debian's unmodified Basilisk II with the demo ROM, seen, heard and used in a browser.
 * Rectangles, colours and tones are those that emulator/demo-rom/README.md promises.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BasiliskST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final double LEAST_FPS = 25;

    /** Amplitude 2048 of 32768: what stays of a note after it has died away. */
    private static final double RESTING_LEVEL = 2048 / 32768.0;

    private static final Color WHITE = new Color(255, 255, 255);
    private static final Color RED = new Color(255, 0, 0);

    private Product product;
    private Browser browser;
    private ViewerPage page;

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
        // ADB codes: A 0x00, Z 0x06, Y 0x10. A is last: black could also be a picture without any indicator.
        press("z", new Color(0, 36, 170), 220 * Math.pow(2, 6 / 12.0));
        press("y", new Color(0, 145, 0), 220 * Math.pow(2, 16 / 12.0));
        press("a", new Color(0, 0, 0), 220);
    }

    private void press(String key, Color color, double hertz) {
        page.page().keyboard().down(key);
        awaitColor("colour of " + key, 72, color);
        page.page().keyboard().up(key);
        page.awaitTone(hertz, RESTING_LEVEL);
        awaitColor("colour of " + key + " after its release", 72, color);
    }

    @Test
    void clickIsSeen() {
        moveTo(500, 420);
        awaitColor("button up", 40, WHITE);
        page.page().mouse().down();
        awaitColor("button down", 40, RED);
        page.page().mouse().up();
        awaitColor("button up again", 40, WHITE);
    }

    @Test
    void pointerIsWhereTheMouseIs() {
        // The indicators are plain and always in front, so that nothing but the pointer changes them.
        moveTo(500, 420);
        awaitColor("indicator without the pointer", 40, WHITE);
        moveTo(18, 48);
        page.await("pointer over the indicator", SOON, () -> {
            // The arrow's body is to the right of and below its tip.
            Color body = page.color(19, 52, 3, 4);
            Color beside = page.color(11, 44, 4, 4);
            return body.green() < 100 && beside.green() > 180 ? null : "body " + body + ", beside it " + beside;
        });
        moveTo(500, 420);
        awaitColor("indicator without the pointer", 40, WHITE);
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
        moveTo(500, 420);
        awaitColor("button up", 40, WHITE);
    }

    /** The process that draws, as the emulator itself says. */
    private long pid() {
        return product.status().path("emulator").path("status").path("pid").asLong();
    }

    /** Moves the real mouse to the middle of a Mac pixel. */
    private void moveTo(int x, int y) {
        Box picture = page.picture();
        JsonNode state = page.state();
        page.page().mouse().move(
                picture.left() + (x + 0.5) * picture.width() / state.path("width").asInt(),
                picture.top() + (y + 0.5) * picture.height() / state.path("height").asInt());
    }

    /** Waits for the inner part of the indicator whose left edge is at 8. */
    private void awaitColor(String what, int top, Color expected) {
        page.await(what, SOON, () -> {
            Color seen = page.color(12, top + 4, 16, 16);
            return seen.isNear(expected, 24) ? null : "seen " + seen + ", expected " + expected;
        });
    }
}
