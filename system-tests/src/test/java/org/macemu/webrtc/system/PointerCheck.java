package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.ViewerPage;

/** A real mouse over the picture, and the Mac's pixel that the emulator must hear of. */
final class PointerCheck {

    private static final Duration SOON = Duration.ofSeconds(10);

    private PointerCheck() {}

    /** A pixel of the Mac's screen. */
    record Pixel(int x, int y) {}

    /**
     * Moves to a place of the picture and clicks, and expects exactly the pixel that is shown there.
     *
     * @param fractionX of the picture's width, 0 to 1
     * @param fractionY of its height
     */
    static void at(ViewerPage page, SyntheticEmulator emulator, double fractionX, double fractionY) {
        ViewerPage.Box picture = page.picture();
        // Browsers report whole CSS pixels: the first and last that lie inside.
        double x = Math.clamp(
                Math.round(picture.left() + fractionX * picture.width()),
                Math.ceil(picture.left()),
                Math.ceil(picture.left() + picture.width()) - 1);
        double y = Math.clamp(
                Math.round(picture.top() + fractionY * picture.height()),
                Math.ceil(picture.top()),
                Math.ceil(picture.top() + picture.height()) - 1);
        Pixel expected = pixel(page, picture, x, y);
        emulator.log().clear();
        page.page().mouse().move(x - 3, y - 3);
        page.page().mouse().move(x, y);
        String where = "at " + x + "," + y + " of " + picture;
        expect(emulator, new MouseMove(expected.x, expected.y), where);
        page.page().mouse().down();
        expect(emulator, new MouseButton(expected.x, expected.y, 0, true), where);
        page.page().mouse().up();
        expect(emulator, new MouseButton(expected.x, expected.y, 0, false), where);
    }

    /** The Mac's pixel under a point of the page; the nearest one when the point is outside. */
    static Pixel pixel(ViewerPage page, ViewerPage.Box picture, double x, double y) {
        JsonNode state = page.state();
        int width = state.path("width").asInt();
        int height = state.path("height").asInt();
        return new Pixel(
                along(x - picture.left(), picture.width(), width), along(y - picture.top(), picture.height(), height));
    }

    private static int along(double distance, double extent, int pixels) {
        // A thousandth of a pixel for what the browser's layout rounds.
        return Math.clamp((int) Math.floor(distance * pixels / extent + 1e-3), 0, pixels - 1);
    }

    static void expect(SyntheticEmulator emulator, Input input, String where) {
        try {
            emulator.awaitInput(input::equals, SOON);
        } catch (TimeoutException e) {
            fail("Expected " + input + " " + where + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        }
    }
}
