package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Axe;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Device;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/** Whether the page can be used by everybody: axe-core's rules in each of its states, and the keyboard alone. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessibilityST {

    private static final Duration SOON = Duration.ofSeconds(40);

    private Product product;
    private Browser browser;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(AccessibilityST.class);
        SyntheticEmulator emulator =
                product.owns(SyntheticEmulator.start(product.emulator().build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    /** What somebody sees who has opened something. */
    enum State {
        PLAYING(page -> {}),
        PEOPLE(page -> panel(page, "people-panel")),
        KEYBOARD(page -> panel(page, "keyboard-panel")),
        SOUND(page -> panel(page, "sound-panel")),
        VIEW(page -> panel(page, "view-panel")),
        MENU(page -> panel(page, "menu-panel")),
        STATISTICS(page -> page.page().click("#statistics-button")),
        BOARD(page -> {
            panel(page, "keyboard-panel");
            page.page().click("#board-button");
        }),
        SETTINGS(page -> menu(page, "menu-settings")),
        FILES(page -> menu(page, "menu-files")),
        CONFIRM(page -> menu(page, "menu-restart")),
        PASTE(page -> {
            panel(page, "keyboard-panel");
            page.page().click("#paste-button");
        });

        private final Consumer<ViewerPage> open;

        State(Consumer<ViewerPage> open) {
            this.open = open;
        }

        private static void panel(ViewerPage page, String panel) {
            page.page().click("[popovertarget=" + panel + "]");
            page.page().waitForSelector("#" + panel + ":popover-open");
        }

        private static void menu(ViewerPage page, String item) {
            panel(page, "menu-panel");
            page.page().click("#" + item);
            page.page().waitForSelector("dialog[open]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void noSeriousFinding(State state) {
        assumeTrue(Axe.isInstalled(), () -> "axe-core is not at " + Axe.SCRIPT + ": npm install in that folder");
        List<String> findings = new ArrayList<>();
        for (ColorScheme scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            for (Device device : List.of(Device.DESK, Device.PHONE)) {
                // Without motion nothing is measured in the middle of a fade.
                try (ViewerPage page =
                        browser.open(product, "", device.in(scheme).still()).awaitPicture()) {
                    // Where a server keeps no files, the dialog says so.
                    page.expectErrors("Failed to load resource");
                    state.open.accept(page);
                    page.page().waitForTimeout(300);
                    Axe.findings(page).forEach(finding -> findings.add(scheme + " " + device.width() + ": " + finding));
                }
            }
        }
        assertEquals(List.of(), findings);
    }

    /** 44 px each way (WCAG 2.5.5), and nothing beyond the edge, in the language of the longer words. */
    @ParameterizedTest
    @EnumSource
    void aFingerFindsEveryControl(State state) {
        Device phone = Device.PHONE.speaking("de-DE").still();
        for (Device device : List.of(phone, phone.turned(), phone.sized(320, 568, 2))) {
            try (ViewerPage page = browser.open(product, "", device).awaitPicture()) {
                page.expectErrors("Failed to load resource");
                state.open.accept(page);
                // Keys are as narrow as a phone's own; a label is as good as the box it belongs to.
                var small = page.evaluate("""
                        [...document.querySelectorAll('button:not(.cap), select, input, a[href]:not(.skip-link)')]
                          .map(e => e.matches('input') ? e.labels[0] ?? e : e)
                          .filter(e => e.checkVisibility({ visibilityProperty: true }))
                          .map(e => ({ name: e.id || e.ariaLabel || e.textContent.trim(), r: e.getBoundingClientRect() }))
                          .filter(({ r }) => r.width < 43.5 || r.height < 43.5 || r.left < 0 || r.right > innerWidth)
                          .map(({ name, r }) => [name, r.left, r.width, r.height].join(' '))""");
                assertEquals("[]", small.toString(), device.toString());
            }
        }
    }

    @Test
    void everyControlIsReachedAndLeftByKeyboard() {
        try (ViewerPage page = browser.open(product, "").awaitPicture()) {
            page.page().keyboard().press("Control+Alt+m");
            page.await("focus is on the controls", SOON, () -> focus(page).contains("toolbar") ? null : focus(page));
            List<String> reached = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                reached.add(page.evaluate("document.activeElement.getAttribute('popovertarget')"
                                + " ?? document.activeElement.id")
                        .asText());
                page.page().keyboard().press("Tab");
            }
            for (String expected : List.of(
                    "people-panel", "keyboard-panel", "sound-panel", "view-panel", "menu-panel", "statistics-button",
                    "full-screen-button")) {
                assertTrue(reached.contains(expected), expected + " is not reached by Tab: " + reached);
            }
            page.page().focus("[popovertarget=sound-panel]");
            page.page().keyboard().press("Enter");
            page.page().waitForSelector("#sound-panel:popover-open");
            page.page().keyboard().press("Tab");
            page.page().keyboard().press("ArrowLeft");
            page.await("the arrow key turns the sound down", SOON, () -> {
                double volume = page.evaluate("document.getElementById('audio').volume").asDouble();
                return volume < 1 ? null : "volume " + volume;
            });
            page.escapeToScreen();
        }
    }

    private static String focus(ViewerPage page) {
        return page.evaluate("document.activeElement.closest('#toolbar') ? 'toolbar' : document.activeElement.id")
                .asText();
    }

    @Test
    void controlsHaveNamesInTheVisitorsLanguage() {
        try (ViewerPage page =
                browser.open(product, "", Device.DESK.speaking("de-DE")).awaitPicture()) {
            assertEquals("de", page.evaluate("document.documentElement.lang").asText());
            // What is hidden, as the button for the controls is from who is alone, is named when it is shown.
            List<String> nameless = new ArrayList<>();
            page.evaluate("[...document.querySelectorAll('button, input, select, [role=application]')]"
                            + ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.hidden"
                            + " || e.labels?.length || e.type === 'file' || e.closest('#confirm'))).map(e => e.outerHTML)")
                    .forEach(html -> nameless.add(html.asText()));
            assertEquals(List.of(), nameless);
            assertEquals(
                    "Tastatur",
                    page.evaluate("document.querySelector('[popovertarget=keyboard-panel]').ariaLabel").asText());
        }
    }
}
