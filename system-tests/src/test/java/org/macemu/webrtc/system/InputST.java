package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Mouse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.BrowserKeys.BrowserKey;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;
import org.macemu.webrtc.system.harness.ViewerPage.Color;

/**
 * From a visitor's real keyboard and mouse to what the emulator receives, and back to the picture that shows it.
 * Nothing is injected behind the page's own listeners.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InputST {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String DOWN = "rawKeyDown";
    private static final String UP = "keyUp";

    private Product product;
    private Browser browser;
    private SyntheticEmulator emulator;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(InputST.class);
        emulator = product.owns(SyntheticEmulator.start(
                product.emulator().scene(SceneKind.DESKTOP).build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void asAtFirst() {
        emulator.resize(640, 480);
        emulator.log().clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "adaptive"})
    void everyKeyArrivesOnceDownAndOnceUp(String lane) {
        List<BrowserKey> keys = BrowserKeys.all();
        try (ViewerPage page = ready(browser.open(product, "lane=" + lane))) {
            TreeSet<String> known = new TreeSet<>();
            page.evaluate("import('/client/keymap.js').then(({ KEYS }) => [...KEYS.keys()])")
                    .forEach(code -> known.add(code.asText()));
            TreeSet<String> tested = new TreeSet<>();
            keys.forEach(key -> tested.add(key.code()));
            assertEquals(tested, known, "keys of this test and of the page");

            ViewerPage.Keyboard keyboard = page.keyboard();
            for (BrowserKey key : keys) {
                keyboard.send(DOWN, key.code(), key.number(), key.location(), key.modifierFlag(), false);
                keyboard.send(DOWN, key.code(), key.number(), key.location(), key.modifierFlag(), true);
                keyboard.send(UP, key.code(), key.number(), key.location(), 0, false);
            }
            List<String> expected = new ArrayList<>();
            for (BrowserKey key : keys) {
                expected.add("down " + key.number() + "/" + key.location());
                expected.add("up " + key.number() + "/" + key.location());
            }
            awaitKeys(page, expected);
        }
    }

    @Test
    void modifiersTravelWithTheirKeys() {
        try (ViewerPage page = ready(browser.open(product, ""))) {
            page.page().keyboard().down("Shift");
            page.page().keyboard().down("a");
            page.page().keyboard().up("a");
            page.page().keyboard().up("Shift");
            awaitInputs(page, Key.class, List.of(
                    new Key(16, true, false, false, true, false, 1),
                    new Key(65, true, false, false, true, false, 0),
                    new Key(65, false, false, false, true, false, 0),
                    new Key(16, false, false, false, false, false, 1)));
        }
    }

    @Test
    void keyAndClickAreSeenInThePicture() {
        try (ViewerPage page = ready(browser.open(product, ""))) {
            page.page().keyboard().down("g");
            // keyColor of 71 as InputMarks documents it: bits 0 to 2 make 160, bits 3 to 5 make 60 of red, green, blue.
            awaitColor(page, "colour of the key", 44, 44, new Color(160, 160, 160));
            page.page().keyboard().up("g");
            awaitColor(page, "black after the key", 44, 44, new Color(0, 0, 0));
            PointerCheck.at(page, emulator, 0.5, 0.5);
            page.page().mouse().down();
            awaitColor(page, "red button", 12, 44, new Color(0xE0, 0, 0));
            page.page().mouse().up();
            awaitColor(page, "grey button", 12, 44, new Color(0x80, 0x80, 0x80));
        }
    }

    private static void awaitColor(ViewerPage page, String what, int left, int top, Color expected) {
        page.await(what, SOON, () -> {
            Color seen = page.color(left, top, 16, 16);
            return seen.isNear(expected, 40) ? null : "seen " + seen + ", expected " + expected;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "1280, 800, 1, 640, 480",
        "1600, 500, 1, 640, 480",
        "600, 900, 1.5, 800, 600",
        "1920, 1080, 2, 1024, 768",
        "500, 400, 1, 1024, 768",
        "1366, 768, 1.25, 512, 342",
    })
    void mouseHitsThePixelItPointsAt(int width, int height, double ratio, int macWidth, int macHeight) {
        emulator.resize(macWidth, macHeight);
        try (ViewerPage page = ready(browser.open(product, "", width, height, ratio))) {
            page.awaitSize(macWidth, macHeight);
            for (double[] at : new double[][] {{0, 0}, {1, 1}, {0.5, 0.5}, {0.123, 0.87}, {0.77, 0.31}, {1, 0}}) {
                PointerCheck.at(page, emulator, at[0], at[1]);
            }
        }
    }

    @Test
    void dragBeyondTheScreenFollowsItsEdge() {
        try (ViewerPage page = ready(browser.open(product, "", 1600, 600, 1))) {
            ViewerPage.Box picture = page.picture();
            assertTrue(picture.left() > 100, "no letterbox at the side: " + picture);
            double y = Math.round(picture.top() + picture.height() / 2);
            page.page().mouse().move(Math.round(picture.left() + 50), y);
            page.page().mouse().down();
            page.page().mouse().move(20, y);
            int row = PointerCheck.pixel(page, picture, 20, y).y();
            PointerCheck.expect(emulator, new MouseMove(0, row), "left of " + picture);
            page.page().mouse().move(1590, y);
            PointerCheck.expect(emulator, new MouseMove(639, row), "right of " + picture);
            page.page().mouse().up();
            PointerCheck.expect(emulator, new MouseButton(639, row, 0, false), "right of " + picture);
        }
    }

    @Test
    void fullScreenKeepsThePointerRight() {
        try (ViewerPage page = ready(browser.open(product, "", 1400, 700, 1))) {
            ViewerPage.Box inWindow = page.picture();
            page.page().click("#full-screen-button");
            page.await("full screen", SOON, () -> isFullScreen(page) && page.picture().height() > inWindow.height()
                    ? null
                    : "picture at " + page.picture());
            PointerCheck.at(page, emulator, 0.25, 0.25);
            PointerCheck.at(page, emulator, 1, 1);
            page.evaluate("document.exitFullscreen()");
            page.await("window", SOON, () -> !isFullScreen(page) && page.picture().equals(inWindow)
                    ? null
                    : "picture at " + page.picture() + ", was at " + inWindow);
            PointerCheck.at(page, emulator, 0.75, 0.25);
        }
    }

    private static boolean isFullScreen(ViewerPage page) {
        return page.evaluate("document.fullscreenElement !== null").asBoolean();
    }

    @Test
    void everyButtonAndTheWheelArrive() {
        try (ViewerPage page = ready(browser.open(product, ""))) {
            PointerCheck.at(page, emulator, 0.5, 0.5);
            emulator.log().clear();
            for (String button : new String[] {"LEFT", "MIDDLE", "RIGHT"}) {
                var options = com.microsoft.playwright.options.MouseButton.valueOf(button);
                page.page().mouse().down(new Mouse.DownOptions().setButton(options));
                page.page().mouse().up(new Mouse.UpOptions().setButton(options));
            }
            page.page().mouse().wheel(0, 120);
            page.await("buttons and wheel", SOON, () -> {
                List<String> seen = new ArrayList<>();
                for (Input input : emulator.inputs()) {
                    switch (input) {
                        case MouseButton b -> seen.add(b.button() + (b.pressed() ? " down" : " up"));
                        case MouseWheel w -> seen.add("wheel " + w.dx() + "," + w.dy());
                        default -> {}
                    }
                }
                return seen.equals(List.of("0 down", "0 up", "1 down", "1 up", "2 down", "2 up", "wheel 0,3"))
                        ? null
                        : "arrived " + seen;
            });
        }
    }

    /** Ways in which a page loses a person's attention while keys and buttons are down. */
    enum Loss {
        TOOLBAR(page -> page.page().focus("#statistics-button")),
        WINDOW(page -> page.evaluate("window.dispatchEvent(new Event('blur'))")),
        HIDDEN(page -> page.hide(true)),
        CLOSED(ViewerPage::close),
        CRASHED(ViewerPage::crash),
        ELSEWHERE(page -> page.page().navigate("about:blank"));

        private final Consumer<ViewerPage> act;

        Loss(Consumer<ViewerPage> act) {
            this.act = act;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingStaysPressed(Loss loss) {
        try (ViewerPage page = ready(browser.open(product, ""))) {
            PointerCheck.at(page, emulator, 0.4, 0.4);
            emulator.log().clear();
            page.page().keyboard().down("Shift");
            page.page().keyboard().down("w");
            page.page().mouse().down();
            Await.until("two keys and a button down", SOON, () -> pressed().size() == 3 ? null : "down: " + pressed());
            loss.act.accept(page);
            Await.until("nothing down", SOON, () -> pressed().isEmpty() ? null : "down: " + pressed());
            List<Input> releases = emulator.inputs().stream()
                    .filter(input -> input instanceof Key k && !k.pressed()
                            || input instanceof MouseButton b && !b.pressed())
                    .toList();
            assertEquals(3, releases.size(), "each is released once: " + releases);
        }
    }

    /** What the emulator believes to be down. */
    private List<String> pressed() {
        List<String> down = new ArrayList<>();
        for (Input input : emulator.inputs()) {
            switch (input) {
                case Key k when k.pressed() -> down.add("key " + k.code());
                case Key k -> down.remove("key " + k.code());
                case MouseButton b when b.pressed() -> down.add("button " + b.button());
                case MouseButton b -> down.remove("button " + b.button());
                default -> {}
            }
        }
        return down;
    }

    /** Waits until the picture is there and the page may send input. */
    private static ViewerPage ready(ViewerPage page) {
        page.awaitPicture();
        page.await("input is allowed", SOON, () -> page.state().path("input").asBoolean() ? null : "not yet");
        return page;
    }

    private void awaitKeys(ViewerPage page, List<String> expected) {
        page.await("every key, once", SOON, () -> {
            List<String> seen = emulator.inputs().stream()
                    .filter(Key.class::isInstance)
                    .map(Key.class::cast)
                    .map(k -> (k.pressed() ? "down " : "up ") + k.code() + "/" + k.location())
                    .toList();
            return seen.equals(expected) ? null : difference(expected, seen);
        });
    }

    private void awaitInputs(ViewerPage page, Class<? extends Input> kind, List<? extends Input> expected) {
        page.await("input as expected", SOON, () -> {
            List<Input> seen = emulator.inputs().stream().filter(kind::isInstance).toList();
            return seen.equals(expected) ? null : difference(expected, seen);
        });
    }

    private static String difference(List<?> expected, List<?> seen) {
        int same = 0;
        while (same < Math.min(expected.size(), seen.size()) && expected.get(same).equals(seen.get(same))) {
            same++;
        }
        return seen.size() + " of " + expected.size() + " arrived; number " + same + ": expected "
                + (same < expected.size() ? expected.get(same) : "nothing") + ", found "
                + (same < seen.size() ? seen.get(same) : "nothing");
    }
}
