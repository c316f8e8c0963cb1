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

    /** Parts of a pixel that floating-point arithmetic may be off. */
    private static final double EXACT = 1e-6;

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
        int width = page.state().path("width").asInt();
        int height = page.state().path("height").asInt();
        double x = point(picture.left(), picture.width(), width, fractionX);
        double y = point(picture.top(), picture.height(), height, fractionY);
        Pixel expected = pixel(page, picture, x, y);
        emulator.log().clear();
        page.page().mouse().move(x + (fractionX < 0.5 ? 5 : -5), y + (fractionY < 0.5 ? 5 : -5));
        page.page().mouse().move(x, y);
        String hit = page.evaluate("(e => e && (e.id || e.tagName))(document.elementFromPoint(" + x + "," + y + "))")
                .asText();
        String where = "at " + x + "," + y + " (on " + hit + ") of " + picture;
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
        return Math.clamp((int) Math.floor(distance * pixels / extent + EXACT), 0, pixels - 1);
    }

    /**
     * A whole CSS coordinate, which is what browsers report, inside the picture and near the fraction. It does not lie
     * so close to the border of two Mac pixels that the rounding of the layout decides: either on it or clearly off.
     */
    private static double point(double start, double extent, int pixels, double fraction) {
        double first = Math.ceil(start);
        // The browser finds elements by their rounded edges.
        double last = Math.min(Math.ceil(start + extent), Math.round(start + extent)) - 1;
        double wanted = Math.clamp(Math.round(start + fraction * extent), first, last);
        int inwards = fraction < 0.5 ? 1 : -1;
        for (double at = wanted; at >= first && at <= last; at += inwards) {
            double place = (at - start) * pixels / extent;
            double part = place - Math.floor(place);
            if (part < EXACT || part > 0.05 && part < 0.95) {
                return at;
            }
        }
        return wanted;
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
