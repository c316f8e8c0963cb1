package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.LinkEmulator.Impairment;
import org.macemu.webrtc.system.harness.LinkedProduct;
import org.macemu.webrtc.system.harness.ViewerPage;

/** What a viewer sees while the network is away for a while, and while the Mac's screen takes another size. */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterruptionST {

    private static final Duration SOON = Duration.ofSeconds(40);

    /** A link that swallows everything. */
    private static final Impairment CUT = new Impairment(1, Duration.ZERO, 0, 0);

    /** How long the picture may take once packets pass again. */
    private static final double MOST_RECONNECT_MS = 2_000;

    /** Times are the best of so many cuts at most: the machine that runs the tests does other things too. */
    private static final int CUTS = 3;

    /** The desktop's scene is light everywhere: a blank picture is black or white through and through. */
    private static final String WATCH =
            """
            (() => {
              const canvas = new OffscreenCanvas(32, 24);
              const context = canvas.getContext('2d', { willReadFrequently: true });
              const seen = globalThis.watched = { pictures: 0, blank: 0, hidden: 0, sizes: [] };
              const look = () => {
                const style = getComputedStyle(video);
                if (video.hidden || style.visibility !== 'visible' || style.opacity !== '1' || !overlay.hidden) {
                  seen.hidden += 1;
                }
                context.clearRect(0, 0, 32, 24);
                context.drawImage(video, 0, 0, 32, 24);
                const { data } = context.getImageData(0, 0, 32, 24);
                let low = 255;
                let high = 0;
                for (let i = 0; i < data.length; i += 4) {
                  low = Math.min(low, data[i + 1]);
                  high = Math.max(high, data[i + 1]);
                }
                seen.pictures += 1;
                seen.blank += high - low < 16 ? 1 : 0;
                const size = video.videoWidth + 'x' + video.videoHeight;
                if (seen.sizes.at(-1) !== size) {
                  seen.sizes.push(size);
                }
                if (!seen.over) {
                  requestAnimationFrame(look);
                }
              };
              look();
            })()""";

    private LinkedProduct linked;
    private SyntheticEmulator emulator;
    private Browser browser;

    @BeforeAll
    void start() throws Exception {
        linked = LinkedProduct.start(InterruptionST.class, Impairment.NONE, Map.of());
        emulator = linked.product().owns(SyntheticEmulator.start(
                linked.product().emulator().scene(SceneKind.DESKTOP).build()));
        browser = linked.product().owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (linked != null) {
            linked.close();
        }
    }

    @Test
    void anotherSizeOfTheScreenLeavesNoBlankPicture() {
        emulator.scene(SceneKind.DESKTOP);
        emulator.resize(640, 480);
        try (ViewerPage page = browser.open(linked.product(), "lane=shared").awaitPicture()) {
            page.awaitSize(640, 480);
            double connected = page.mark("connected");
            page.evaluate(WATCH);
            for (int[] size : new int[][] {{1024, 768}, {512, 342}, {800, 600}}) {
                emulator.resize(size[0], size[1]);
                page.awaitSize(size[0], size[1]);
            }
            page.page().waitForTimeout(500);
            page.await("enough pictures looked at", SOON, () -> {
                int pictures = page.evaluate("watched.pictures").asInt();
                return pictures > 20 ? null : pictures + " pictures";
            });
            JsonNode seen = page.evaluate("(watched.over = true, watched)");
            assertEquals(0, seen.path("blank").asInt(), "blank pictures: " + seen);
            assertEquals(0, seen.path("hidden").asInt(), "the picture was away: " + seen);
            assertEquals("[\"640x480\",\"1024x768\",\"512x342\",\"800x600\"]", seen.path("sizes").toString());
            assertEquals(connected, page.mark("connected"), "it was another connection");
        } finally {
            emulator.resize(640, 480);
        }
    }

    private List<Integer> down() {
        List<Integer> down = new ArrayList<>();
        for (Input input : emulator.inputs()) {
            if (input instanceof Key key) {
                if (key.pressed()) {
                    down.add(key.code());
                } else {
                    down.remove((Integer) key.code());
                }
            }
        }
        return down;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 12})
    void pictureComesBackBySelfAfterTheNetworkWasCut(int seconds) {
        double best = Double.POSITIVE_INFINITY;
        for (int cut = 0; cut < CUTS && best > MOST_RECONNECT_MS; cut++) {
            best = Math.min(best, millisUntilPictureAfterCut(seconds));
        }
        assertTrue(best <= MOST_RECONNECT_MS, "picture " + best + " ms after the network was back");
    }

    private double millisUntilPictureAfterCut(int seconds) {
        emulator.scene(SceneKind.DRAG); // a picture that stands still has nothing to send after a short cut
        emulator.log().clear();
        try (ViewerPage page = linked.open(browser, "lane=shared").awaitPicture()) {
            page.await("input is allowed", SOON, () -> page.state().path("input").asBoolean() ? null : "not yet");
            page.page().click("#surface");
            page.page().keyboard().down("w");
            page.await("the key is down", SOON, () -> down().equals(List.of(87)) ? null : "down: " + down());
            linked.become(CUT);
            page.page().waitForTimeout(seconds * 1000.0);
            long before = page.framesDecoded();
            if (seconds > 10) {
                page.awaitStage("reconnecting", SOON);
                page.await("the last picture is dimmed", SOON, () -> page.evaluate(
                                        "getComputedStyle(still.hidden ? video : still).filter")
                                .asText()
                                .startsWith("brightness(0.42)")
                        ? null
                        : page.stage());
                page.await("no key stays down", SOON, () -> down().isEmpty() ? null : "down: " + down());
            }
            linked.become(Impairment.NONE);
            long back = System.nanoTime();
            // A new connection counts its pictures from nothing.
            page.await("the picture moves on", SOON, () -> {
                boolean moves = page.stage().equals("playing") && page.framesDecoded() != before;
                return moves ? null : page.stage() + ", " + page.framesDecoded();
            });
            double after = (System.nanoTime() - back) / 1e6;
            System.out.printf("NETWORK CUT %d s: picture after ms=%.0f%n", seconds, after);
            page.awaitPicture();
            page.page().keyboard().up("w");
            page.await("no key is down", SOON, () -> down().isEmpty() ? null : "down: " + down());
            assertEquals("", page.overlay());
            return after;
        }
    }
}
