package org.macemu.webrtc.system.harness;

import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;

/**
 * What a visitor looks at the page with.
 *
 * @param width CSS pixels of the window
 * @param height CSS pixels of the window
 * @param ratio device pixels per CSS pixel
 * @param touch fingers instead of a mouse, as on a phone
 * @param locale the browser's language
 * @param scheme colours the visitor's system asks for
 * @param motion whether the visitor's system asks for less of it
 */
public record Device(
        int width, int height, double ratio, boolean touch, String locale, ColorScheme scheme, ReducedMotion motion) {

    /** A window on a desk, with a mouse. */
    public static final Device DESK =
            new Device(1280, 800, 1, false, "en-US", ColorScheme.DARK, ReducedMotion.NO_PREFERENCE);

    /** A phone held upright. */
    public static final Device PHONE =
            new Device(390, 844, 3, true, "en-US", ColorScheme.DARK, ReducedMotion.NO_PREFERENCE);

    /** Another size of the window. */
    public Device sized(int newWidth, int newHeight, double newRatio) {
        return new Device(newWidth, newHeight, newRatio, touch, locale, scheme, motion);
    }

    /** The phone on its side, and back. */
    public Device turned() {
        return new Device(height, width, ratio, touch, locale, scheme, motion);
    }

    /** Another language, such as {@code de-DE}. */
    public Device speaking(String newLocale) {
        return new Device(width, height, ratio, touch, newLocale, scheme, motion);
    }

    /** Other colours. */
    public Device in(ColorScheme newScheme) {
        return new Device(width, height, ratio, touch, locale, newScheme, motion);
    }

    /** A system whose owner asked for less motion. */
    public Device still() {
        return new Device(width, height, ratio, touch, locale, scheme, ReducedMotion.REDUCE);
    }
}
