package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Device;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/** A way to the Mac that is closed: the page says which stage failed, why, and what to do, and goes on by itself. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailureST {

    private static final Duration SOON = Duration.ofSeconds(30);

    /** An invitation that ends soon, but not before the picture is there on two busy cores. */
    private static final Duration INVITED = Duration.ofSeconds(25);

    /** RFC 5737: addresses that are nobody's, as if a firewall swallowed every packet. */
    private static final String NOWHERE = "192.0.2.1";

    private Browser browser;

    @BeforeAll
    void start() {
        browser = Browser.start();
    }

    @AfterAll
    void stop() {
        browser.close();
    }

    private static String failedStage(ViewerPage page) {
        return page.evaluate("document.querySelector('#overlay-stages [data-status=failed]')?.innerText ?? ''")
                .asText();
    }

    @Test
    void udpIsBlocked() throws Exception {
        try (Product product = Product.start(FailureST.class, Map.of("MACEMU_RTC_ADVERTISE", NOWHERE))) {
            SyntheticEmulator emulator = product.owns(
                    SyntheticEmulator.start(product.emulator().build()));
            emulator.awaitConnected(SOON);
            try (ViewerPage page = browser.open(product, "lane=shared")) {
                page.awaitCard("Find a network path", "UDP", "network");
                assertTrue(failedStage(page).contains("Find a network path"), failedStage(page));
                page.awaitStage("failed", SOON);
                assertTrue(page.page().isVisible("#overlay-retry"), "no button to try again");
                assertTrue(page.page().isVisible("#overlay-diagnostics"), "no diagnostics to hand on");
            }
        }
    }

    @Test
    void everyPlaceIsTakenAndOneBecomesFree() throws Exception {
        try (Product product = Product.start(FailureST.class, Map.of("MACEMU_VIEWERS_MAX", "1"))) {
            SyntheticEmulator emulator = product.owns(
                    SyntheticEmulator.start(product.emulator().build()));
            emulator.awaitConnected(SOON);
            try (ViewerPage first = browser.open(product, "").awaitPicture();
                    ViewerPage second = browser.open(product, "")) {
                second.awaitCard("All places are taken", "joins as soon as somebody leaves");
                second.awaitStage("failed", SOON);
                first.close();
                // By itself: nobody presses anything.
                second.awaitPicture();
                assertEquals("", second.overlay());
            }
        }
    }

    @Test
    void emulatorNeverComes() throws Exception {
        try (Product product = Product.start(FailureST.class);
                ViewerPage page = browser.open(product, "")) {
            page.awaitStage("off", SOON);
            page.awaitCard("The Mac is off", "The picture appears by itself as soon as it is started");
        }
    }

    @Test
    void signalingIsDownAndComesBack() throws Exception {
        try (Product product = Product.start(FailureST.class)) {
            SyntheticEmulator emulator = product.owns(
                    SyntheticEmulator.start(product.emulator().build()));
            emulator.awaitConnected(SOON);
            product.service(Part.SIGNALING).terminate();
            try (ViewerPage page = browser.open(product, "", Device.DESK.in(ColorScheme.LIGHT))) {
                page.expectConnectionErrors();
                page.awaitCard("signalling service does not answer", "port");
                assertTrue(failedStage(page).contains("Reach the service"), failedStage(page));
                product.service(Part.SIGNALING).start();
                product.awaitReady(Part.SIGNALING);
                page.awaitPicture();
            }
        }
    }

    @Test
    void mediaServiceIsDownAndComesBack() throws Exception {
        try (Product product = Product.start(FailureST.class)) {
            SyntheticEmulator emulator = product.owns(
                    SyntheticEmulator.start(product.emulator().build()));
            product.service(Part.MEDIA).terminate();
            try (ViewerPage page = browser.open(product, "")) {
                page.awaitCard("media service is not running", "keeps trying");
                product.service(Part.MEDIA).start();
                product.awaitReady(Part.MEDIA);
                emulator.awaitConnected(SOON);
                page.awaitPicture();
            }
        }
    }

    @Test
    void invitationIsMissingWrongOrOver() throws Exception {
        Path keys = Files.createTempFile("macemu-st-", ".key");
        Files.writeString(keys, "q".repeat(43) + "\n");
        AccessTokens tokens = tokens(keys);
        try (Product product = Product.start(FailureST.class, Map.of("MACEMU_ACCESS_KEY_FILE", keys.toString()))) {
            SyntheticEmulator emulator = product.owns(
                    SyntheticEmulator.start(product.emulator().build()));
            emulator.awaitConnected(SOON);
            try (ViewerPage page = browser.open(product, "")) {
                page.expectConnectionErrors();
                page.awaitCard("invitation", "Ask the host");
                // Without an invitation another try cannot help.
                page.awaitStage("ended", SOON);
            }
            try (ViewerPage page = browser.open(product, "token=" + "x".repeat(40))) {
                page.expectConnectionErrors();
                page.awaitCard("invitation", "Ask the host");
                assertFalse(page.page().url().contains("token"), page.page().url());
            }
            String link = "token=" + tokens.issue(AccessRole.CONTROLLER, "Ada", INVITED);
            try (ViewerPage page = browser.open(product, link).awaitPicture()) {
                page.expectConnectionErrors();
                assertFalse(page.page().url().contains("token"), page.page().url());
                page.awaitStage("ended", INVITED.plus(SOON));
                page.awaitCard("Your invitation has ended", "Ask the host");
            }
        } finally {
            Files.deleteIfExists(keys);
        }
    }

    private static AccessTokens tokens(Path keys) throws IOException {
        return new AccessTokens(keys, "mac");
    }
}
