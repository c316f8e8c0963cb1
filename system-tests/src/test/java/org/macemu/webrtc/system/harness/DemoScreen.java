package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.macemu.webrtc.system.harness.ViewerPage.Box;
import org.macemu.webrtc.system.harness.ViewerPage.Color;

/**
 * The demonstration Mac's screen on a visitor's page: its palette says which key and which button it has got.
 * Rectangles and colours are those that emulator/demo-rom/README.md promises.
 *
 * @param page a page whose picture is there
 */
public record DemoScreen(ViewerPage page) {

    /** Top edges of the indicators of mouse button and last key, in Mac pixels. */
    public static final int BUTTON = 40;

    public static final int KEY = 72;

    public static final Color WHITE = new Color(255, 255, 255);
    public static final Color RED = new Color(255, 0, 0);

    private static final Duration SOON = Duration.ofSeconds(30);

    /** Moves the real mouse to the middle of a Mac pixel. */
    public void moveTo(int x, int y) {
        Box picture = page.picture();
        JsonNode state = page.state();
        page.page().mouse().move(
                picture.left() + (x + 0.5) * picture.width() / state.path("width").asInt(),
                picture.top() + (y + 0.5) * picture.height() / state.path("height").asInt());
    }

    /** Presses and releases the mouse button, and sees both on the Mac's screen. */
    public void click() {
        // Away from the palette, which the pointer would cover.
        moveTo(500, 420);
        awaitColor("button up", BUTTON, WHITE);
        page.page().mouse().down();
        awaitColor("button down", BUTTON, RED);
        page.page().mouse().up();
        awaitColor("button up again", BUTTON, WHITE);
    }

    /**
     * Presses a key and sees it on the Mac's screen.
     *
     * @param key as Playwright names it
     * @param adb the key's ADB code, 0 to 126
     */
    public void press(String key, int adb) {
        Color color = new Color(85 * (adb >> 5), 255 * (adb >> 2 & 7) / 7, 85 * (adb & 3));
        page.page().keyboard().down(key);
        awaitColor("colour of " + key, KEY, color);
        page.page().keyboard().up(key);
        awaitColor("colour of " + key + " after its release", KEY, color);
    }

    /** Waits until the inner part of the indicator with this top edge has a colour. */
    public void awaitColor(String what, int top, Color expected) {
        page.await(what, SOON, () -> {
            Color seen = page.color(12, top + 4, 16, 16);
            return seen.isNear(expected, 24) ? null : "seen " + seen + ", expected " + expected;
        });
    }
}
