package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.system.harness.BasiliskMac;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * The page's dialog of settings against the real Basilisk II and its preferences file: a change is that change and
 * nothing else, the page says when it counts, and a value the Mac cannot have is refused in words a person understands.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SettingsST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int MEGABYTE = 1024 * 1024;

    private Product product;
    private BasiliskMac mac;
    private Browser browser;
    private ViewerPage page;

    @BeforeAll
    void start() throws Exception {
        String missing = BasiliskMac.missing();
        if (missing != null) {
            BasiliskMac.announceSkip(SettingsST.class, missing);
        }
        assumeTrue(missing == null, () -> "Basilisk II cannot be had: " + missing);
        product = Product.start(SettingsST.class);
        // What the owner wrote by hand, and what no dialog knows, is there before.
        Files.writeString(preferences(), "keycodes false\nramsize 33554432\nudptunnel false\n");
        mac = BasiliskMac.start(product, product.controlSocket(), "--prefs", preferences().toString());
        Files.copy(BasiliskMac.demoRom(), BasiliskMac.roms(product).resolve("Other.ROM"));
        Files.write(BasiliskMac.images(product).resolve("Work.dsk"), new byte[MEGABYTE]);
        Files.write(BasiliskMac.images(product).resolve("Games.dsk"), new byte[MEGABYTE]);
        Files.write(BasiliskMac.images(product).resolve("Tools.iso"), new byte[MEGABYTE]);
        browser = product.owns(Browser.start());
        mac.awaitStart(1, SOON);
        page = browser.open(product, "").awaitPicture();
    }

    @AfterAll
    void stop() {
        if (page != null) {
            page.close();
        }
        if (product != null) {
            product.close();
        }
    }

    private Path preferences() {
        return product.folder().resolve("prefs");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(preferences());
    }

    private void openSettings() {
        page.page().click("[popovertarget=menu-panel]");
        page.page().click("#menu-settings");
        page.page().locator("#settings .field").first().waitFor();
    }

    private void awaitMessage(String... words) {
        page.await("the dialog says " + String.join(", ", words), SOON, () -> {
            String said = page.page().innerText("#settings-message");
            return List.of(words).stream().allMatch(said::contains) ? null : "it says: " + said;
        });
    }

    private static boolean is(String line, String name) {
        return line.equals(name) || line.startsWith(name + " ");
    }

    /** The lines of one name are now these; every other line stays what and where it was. */
    private void assertOnlyChanged(List<String> before, String name, List<String> values) throws IOException {
        List<String> now = lines();
        assertEquals(
                before.stream().filter(line -> !is(line, name)).toList(),
                now.stream().filter(line -> !is(line, name)).toList(),
                "lines that nobody changed");
        assertEquals(
                values.stream().map(value -> name + " " + value).toList(),
                now.stream().filter(line -> is(line, name)).toList());
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource({
        "ramsize, 16, 16777216",
        "screen, 800x600, win/800/600",
        "modelid, 5, 5",
        "cpu, 3, 3",
        "rom, Other.ROM, roms/Other.ROM",
        "cdrom, Tools.iso, images/Tools.iso",
    })
    void oneChoiceChangesOneLine(String name, String option, String value) throws IOException {
        List<String> before = lines();
        openSettings();
        assertTrue(page.page().isDisabled("#settings-save"), "nothing is changed and could be saved");
        awaitMessage("Changes count from the next start of the Mac on.");
        page.page().selectOption("#setting-" + name, option);
        page.page().click("#settings-save");
        awaitMessage("Saved. Restart the Mac to use the change.");
        assertTrue(page.page().isVisible("#settings-restart"), "no button that restarts the Mac");
        page.page().click("#settings-cancel");
        String expected = value.contains("/") && !value.startsWith("win/")
                ? product.folder().toRealPath().resolve(value).toString()
                : value;
        assertOnlyChanged(before, name, List.of(expected));
        assertTrue(product.status().path("emulator").path("status").path("running").asBoolean(), "the Mac was touched");
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource({"fpu, false", "nosound, true"})
    void oneSwitchChangesOneLine(String name, String value) throws IOException {
        List<String> before = lines();
        openSettings();
        page.page().click("#setting-" + name);
        page.page().click("#settings-save");
        awaitMessage("Saved.");
        page.page().click("#settings-cancel");
        assertOnlyChanged(before, name, List.of(value));
    }

    @Test
    @Order(3)
    void disksAreMountedInTheOrderInWhichTheyWereAdded() throws IOException {
        Path images = BasiliskMac.images(product).toRealPath();
        List<String> before = lines();
        for (String name : new String[] {"Work.dsk", "Games.dsk"}) {
            openSettings();
            page.page().check("#setting-disk input[value='" + name + "']");
            page.page().click("#settings-save");
            awaitMessage("Saved.");
            page.page().click("#settings-cancel");
        }
        assertOnlyChanged(
                before, "disk", List.of(images.resolve("Work.dsk").toString(), images.resolve("Games.dsk").toString()));
        openSettings();
        page.page().uncheck("#setting-disk input[value='Work.dsk']");
        page.page().click("#settings-save");
        awaitMessage("Saved.");
        page.page().click("#settings-cancel");
        assertOnlyChanged(before, "disk", List.of(images.resolve("Games.dsk").toString()));
    }

    @Test
    @Order(4)
    void valuesTheMacCannotHaveAreRefusedInPlainWords() throws IOException {
        page.expectErrors("the server responded with a status of 4");
        List<String> before = new ArrayList<>(lines());
        Path gone = BasiliskMac.images(product).resolve("Gone.dsk");
        Files.write(gone, new byte[MEGABYTE]);
        openSettings();
        page.page().check("#setting-disk input[value='Gone.dsk']");
        Files.delete(gone); // by somebody else, while the dialog is open
        page.page().click("#settings-save");
        awaitMessage("Disks:", "\"Gone.dsk\" is not in the storage");
        assertFalse(page.page().isVisible("#settings-restart"), "it offers to restart for what was refused");
        assertTrue(page.page().isEnabled("#settings-save"), "another try is not possible");
        page.page().uncheck("#setting-disk input[value='Gone.dsk']");

        // As a page of another version might offer.
        page.evaluate("document.querySelector('#setting-ramsize').append(new Option('4 GB', '4096'))");
        page.page().selectOption("#setting-ramsize", "4096");
        page.page().click("#settings-save");
        awaitMessage("Memory:", "1 MiB to 1023 MiB");
        page.page().selectOption("#setting-ramsize", "16");
        page.evaluate("document.querySelector('#setting-screen').append(new Option('tiny', '64x64'))");
        page.page().selectOption("#setting-screen", "64x64");
        page.page().click("#settings-save");
        awaitMessage("Screen size:", "512x342 to 4096x4096");
        page.page().click("#settings-cancel");
        assertEquals(before, lines(), "a refused change left something");
    }

    @Test
    @Order(5)
    void whatWasSavedCountsFromTheRestartThatTheDialogOffers() {
        page.awaitSize(640, 480);
        openSettings();
        page.page().selectOption("#setting-screen", "832x624");
        page.page().click("#settings-save");
        awaitMessage("Restart the Mac to use the change.");
        page.awaitSize(640, 480);
        page.page().click("#settings-restart");
        mac.awaitStart(2, SOON);
        page.awaitPicture();
        page.awaitSize(832, 624);
        assertFalse(page.page().isVisible("#settings"));
    }
}
