package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Device;
import org.macemu.webrtc.system.harness.Fingers;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/** A phone: what fingers on the screen, on the toolbar and on the on-screen keyboard become on the Mac. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TouchST {

    private static final Duration SOON = Duration.ofSeconds(40);

    /** Longer than the page's long press. */
    private static final double LONG_PRESS_MS = 650;

    private Product product;
    private Browser browser;
    private SyntheticEmulator emulator;
    private ViewerPage page;
    private Fingers fingers;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(TouchST.class);
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
    void visit() {
        page = browser.open(product, "", Device.PHONE).awaitPicture();
        page.await("input is allowed", SOON, () -> page.state().path("input").asBoolean() ? null : "not yet");
        fingers = page.fingers();
        emulator.log().clear();
    }

    @AfterEach
    void leave() {
        page.close();
    }

    /** A place on the screen of the page, and the Mac's pixel there. */
    private record Spot(double x, double y, int macX, int macY) {}

    private Spot spot(double fractionX, double fractionY) {
        ViewerPage.Box box = page.picture();
        double x = Math.round(box.left() + fractionX * box.width());
        double y = Math.round(box.top() + fractionY * box.height());
        PointerCheck.Pixel pixel = PointerCheck.pixel(page, box, x, y);
        return new Spot(x, y, pixel.x(), pixel.y());
    }

    private void choose(String preference, String value) {
        // Radio buttons are hidden behind their labels, which is what a finger meets.
        page.page().locator("[popovertarget=view-panel]").tap();
        page.page().locator("label:has(input[data-preference=" + preference + "][value=" + value + "])").tap();
        page.page().keyboard().press("Escape");
        page.await("the panel is closed", SOON, () -> page.evaluate(
                                "document.getElementById('view-panel').matches(':popover-open')")
                        .asBoolean()
                ? "it is open"
                : null);
        page.await(preference + " is " + value, SOON, () -> page.evaluate("document.querySelector('input[data-preference="
                                + preference + "]:checked').value")
                        .asText()
                        .equals(value)
                ? null
                : "not yet");
        emulator.log().clear();
    }

    /** What arrived, in words, moves between two places as one. */
    private List<String> seen() {
        List<String> seen = new ArrayList<>();
        for (Input input : emulator.inputs()) {
            String word =
                    switch (input) {
                        case MouseButton b -> (b.pressed() ? "down " : "up ") + b.button();
                        case MouseMove m -> "move";
                        case MouseWheel w -> "wheel";
                        case Key k -> (k.pressed() ? "key down " : "key up ") + k.code();
                        default -> input.getClass().getSimpleName();
                    };
            if (seen.isEmpty() || !seen.getLast().equals(word) || !(word.equals("move") || word.equals("wheel"))) {
                seen.add(word);
            }
        }
        return seen;
    }

    private void awaitSeen(String what, List<String> expected) {
        page.await(what, SOON, () -> seen().equals(expected) ? null : "arrived " + seen());
    }

    private MouseMove lastMove() {
        return emulator.inputs().stream()
                .filter(MouseMove.class::isInstance)
                .map(MouseMove.class::cast)
                .reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError("no move arrived"));
    }

    /** The last move, once no other has come for a while. */
    private MouseMove settledMove() {
        MouseMove[] last = {lastMove()};
        page.await("the pointer rests", SOON, () -> {
            MouseMove before = last[0];
            page.page().waitForTimeout(400);
            last[0] = lastMove();
            return last[0].equals(before) ? null : "it moved from " + before + " to " + last[0];
        });
        return last[0];
    }

    private List<MouseButton> buttons() {
        return emulator.inputs().stream()
                .filter(MouseButton.class::isInstance)
                .map(MouseButton.class::cast)
                .toList();
    }

    @Test
    void tapClicksWhereTheFingerIs() {
        Spot spot = spot(0.3, 0.6);
        fingers.tap(spot.x, spot.y);
        awaitSeen("one click", List.of("move", "down 0", "up 0"));
        assertEquals(
                List.of(
                        new MouseButton(spot.macX, spot.macY, 0, true),
                        new MouseButton(spot.macX, spot.macY, 0, false)),
                buttons());
    }

    @Test
    void movingFingerDragsFromWhereItCameDown() {
        Spot from = spot(0.2, 0.2);
        Spot to = spot(0.7, 0.5);
        fingers.down(0, from.x, from.y);
        for (int step = 1; step <= 5; step++) {
            fingers.move(0, from.x + step * (to.x - from.x) / 5, from.y + step * (to.y - from.y) / 5);
        }
        page.await("drag arrives at its end", SOON, () -> lastMove().equals(new MouseMove(to.macX, to.macY))
                ? null
                : "at " + lastMove());
        fingers.lift();
        page.await("button is let go", SOON, () -> buttons().size() == 2 ? null : "buttons " + buttons());
        assertEquals(new MouseButton(from.macX, from.macY, 0, true), buttons().getFirst());
        assertEquals(new MouseButton(to.macX, to.macY, 0, false), buttons().getLast());
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "trackpad"})
    void longPressHoldsTheButton(String mode) {
        choose("touch", mode);
        Spot spot = spot(0.4, 0.4);
        fingers.down(0, spot.x, spot.y);
        page.page().waitForTimeout(LONG_PRESS_MS);
        page.await("button is down", SOON, () -> buttons().size() == 1 && buttons().getFirst().pressed()
                ? null
                : "buttons " + buttons());
        Spot menuItem = spot(0.4, 0.6);
        fingers.move(0, menuItem.x, menuItem.y);
        page.page().waitForTimeout(100);
        assertEquals(1, buttons().size(), "the button stays down while the finger chooses from a menu");
        fingers.lift();
        page.await("button is up", SOON, () -> buttons().size() == 2 && !buttons().getLast().pressed()
                ? null
                : "buttons " + buttons());
        assertEquals(0, buttons().getLast().button());
    }

    @Test
    void trackpadSteersFromWhereThePointerIs() {
        Spot start = spot(0.5, 0.5);
        fingers.tap(start.x, start.y);
        page.await("pointer is placed", SOON, () -> buttons().size() == 2 ? null : "buttons " + buttons());
        choose("touch", "trackpad");
        Spot finger = spot(0.1, 0.1);
        fingers.down(0, finger.x, finger.y);
        for (int step = 1; step <= 10; step++) {
            fingers.move(0, finger.x + 4 * step, finger.y + 2 * step);
        }
        fingers.lift();
        page.await("pointer has moved", SOON, () -> emulator.inputs().size() > 2 ? null : "arrived " + seen());
        MouseMove at = settledMove();
        double right = at.x() - start.macX;
        double down = at.y() - start.macY;
        double macPerCss = 640 / page.picture().width();
        assertTrue(right > 30 * macPerCss && right < 80 * macPerCss, "40 CSS pixels moved it by " + right);
        assertEquals(2, right / down, 0.25, "in the direction of the finger: " + right + ", " + down);
        assertEquals(List.of(), buttons(), "a finger that steers clicks nothing");

        fingers.tap(finger.x, finger.y);
        page.await("tap clicks", SOON, () -> buttons().size() == 2 ? null : "buttons " + buttons());
        assertEquals(
                new MouseButton(at.x(), at.y(), 0, true),
                buttons().getFirst(),
                "a tap clicks where the pointer is, not where the finger is");
    }

    @Test
    void tapThenMoveDragsOnTheTrackpad() {
        choose("touch", "trackpad");
        Spot finger = spot(0.3, 0.3);
        fingers.tap(finger.x, finger.y);
        fingers.down(0, finger.x, finger.y);
        for (int step = 1; step <= 6; step++) {
            fingers.move(0, finger.x + 6 * step, finger.y);
        }
        page.await("a click, then the button is down", SOON, () -> {
            List<Boolean> pressed = buttons().stream().map(MouseButton::pressed).toList();
            return pressed.equals(List.of(true, false, true)) ? null : "buttons " + buttons();
        });
        fingers.lift();
        page.await("button is up", SOON, () -> buttons().size() == 4 && !buttons().getLast().pressed()
                ? null
                : "buttons " + buttons());
    }

    @ParameterizedTest
    @CsvSource({"direct, -90, 1", "trackpad, -90, 1", "direct, 90, -1"})
    void twoFingersScroll(String mode, double move, int sign) {
        choose("touch", mode);
        Spot spot = spot(0.4, 0.7);
        fingers.down(0, spot.x, spot.y).down(1, spot.x + 60, spot.y);
        for (int step = 0; step < 9; step++) {
            fingers.moveBoth(0, move / 9);
        }
        fingers.lift();
        page.await("lines are scrolled", SOON, () -> {
            int lines = emulator.inputs().stream()
                    .filter(MouseWheel.class::isInstance)
                    .mapToInt(w -> ((MouseWheel) w).dy())
                    .sum();
            // 18 CSS pixels to a line; the slop at the beginning is not scrolled.
            return lines * sign >= 3 && lines * sign <= 5 ? null : "scrolled " + lines;
        });
        assertEquals(List.of(), buttons(), "two fingers that scroll click nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "trackpad"})
    void twoFingerTapIsTheRightButton(String mode) {
        choose("touch", mode);
        Spot spot = spot(0.5, 0.3);
        fingers.down(0, spot.x, spot.y).down(1, spot.x + 50, spot.y + 10).lift();
        page.await("right click", SOON, () -> buttons().size() == 2 ? null : "buttons " + buttons());
        assertEquals(2, buttons().getFirst().button());
        assertEquals(List.of(true, false), buttons().stream().map(MouseButton::pressed).toList());
    }

    @Test
    void twoFingerTapIsControlClickWhereWanted() {
        choose("rightClick", "control");
        Spot spot = spot(0.5, 0.3);
        fingers.down(0, spot.x, spot.y).down(1, spot.x + 50, spot.y).lift();
        page.await("Control-click", SOON, () -> {
            List<String> seen = seen().stream().filter(word -> !word.equals("move")).toList();
            return seen.equals(List.of("key down 17", "down 0", "up 0", "key up 17")) ? null : "arrived " + seen;
        });
    }

    @Test
    void onScreenKeyboardHasTheKeysThatPhonesLack() {
        openBoard();
        Locator command = page.page().locator("#board [data-key=MetaLeft]");
        Locator escape = page.page().locator("#board [data-key=Escape]");
        command.tap();
        assertEquals("true", command.getAttribute("aria-pressed"), "Command waits for the next key");
        escape.tap();
        awaitSeen("Command-Escape, once", List.of("key down 91", "key down 27", "key up 27", "key up 91"));
        assertEquals("false", command.getAttribute("aria-pressed"), "Command is spent");

        emulator.log().clear();
        command.tap();
        command.tap();
        escape.tap();
        escape.tap();
        command.tap();
        awaitSeen(
                "Command held for two keys",
                List.of("key down 91", "key down 27", "key up 27", "key down 27", "key up 27", "key up 91"));
    }

    @Test
    void deviceKeyboardTypesIntoTheMac() {
        openBoard();
        page.page().locator("#board-system").tap();
        page.await("the field of the device's keyboard has the focus", SOON, () -> focus().equals("system-keyboard")
                ? null
                : focus() + " has it");
        // What a phone's keyboard does: text arrives as a whole, without key events.
        page.page().keyboard().insertText("Hi");
        awaitSeen(
                "letters, typed",
                List.of("key down 16", "key down 72", "key up 72", "key up 16", "key down 73", "key up 73"));
        emulator.log().clear();
        page.page().keyboard().press("Backspace");
        awaitSeen("the letter is taken back", List.of("key down 8", "key up 8"));
    }

    private void openBoard() {
        page.page().locator("[popovertarget=keyboard-panel]").tap();
        page.page().locator("#board-button").tap();
        page.page().locator("#board").waitFor();
        emulator.log().clear();
    }

    private String focus() {
        return page.evaluate("document.activeElement.id").asText();
    }

    @Test
    void phoneThatIsTurnedKeepsThePointerRight() {
        Device sideways = Device.PHONE.turned();
        page.page().setViewportSize(sideways.width(), sideways.height());
        page.await("picture is inside of the window", SOON, () -> {
            ViewerPage.Box box = page.picture();
            boolean inside = box.top() >= 0
                    && box.top() + box.height() <= sideways.height()
                    && box.left() + box.width() <= sideways.width();
            // The upright page's picture would fit as well, at the left.
            boolean centred = box.left() + box.width() / 2.0 > 0.35 * sideways.width();
            return inside && centred ? null : "picture at " + box;
        });
        Spot spot = spot(0.8, 0.8);
        fingers.tap(spot.x, spot.y);
        page.await("click", SOON, () -> buttons().size() == 2 ? null : "buttons " + buttons());
        assertEquals(new MouseButton(spot.macX, spot.macY, 0, true), buttons().getFirst());
    }
}
