package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/** One Mac and several people: who is here, who holds the controls, how they change hands, and how one is invited. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharingST {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration HOUR = Duration.ofHours(1);

    private Product product;
    private Browser browser;
    private SyntheticEmulator emulator;
    private Path keys;
    private AccessTokens tokens;

    @BeforeAll
    void start() throws Exception {
        keys = Files.createTempFile("macemu-st-", ".key");
        Files.writeString(keys, "s".repeat(43) + "\n");
        tokens = new AccessTokens(keys, "mac");
        product = Product.start(SharingST.class, Map.of("MACEMU_ACCESS_KEY_FILE", keys.toString()));
        emulator = product.owns(SyntheticEmulator.start(product.emulator().build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() throws Exception {
        if (product != null) {
            product.close();
        }
        Files.deleteIfExists(keys);
    }

    @BeforeEach
    void forget() {
        emulator.log().clear();
    }

    private ViewerPage enter(AccessRole role, String name) {
        return browser.open(product, "token=" + tokens.issue(role, name, HOUR)).awaitPicture();
    }

    private static void openPeople(ViewerPage page) {
        page.page().click("#people-button");
        page.page().waitForSelector("#people-panel:popover-open");
    }

    private static void awaitPerson(ViewerPage page, String text) {
        page.await(text + " is in the list", SOON, () -> {
            String list = page.evaluate("document.getElementById('people-list').textContent").asText();
            return list.contains(text) ? null : "it says: " + list;
        });
    }

    private static boolean hasControls(ViewerPage page) {
        return page.state().path("input").asBoolean();
    }

    private static void awaitControls(ViewerPage page, boolean wanted) {
        page.await("controls " + wanted, SOON, () -> hasControls(page) == wanted ? null : page.state().toString());
    }

    @Test
    void controlsAreAskedForAndHandedOverAndNothingStaysDown() {
        try (ViewerPage ada = enter(AccessRole.OWNER, "Ada");
                ViewerPage bob = enter(AccessRole.CONTROLLER, "Bob")) {
            ada.page().keyboard().down("a");
            awaitKey(65, true);
            awaitControls(bob, false);
            bob.page().keyboard().press("b");

            openPeople(bob);
            awaitPerson(bob, "Ada");
            awaitPerson(bob, "Bob (you)");
            bob.page().click("#people-own");
            ada.page().waitForSelector("#request-prompt:visible");
            assertTrue(ada.page().innerText("#request-question").contains("Bob"), "who asks is not said");
            ada.page().click("#request-grant");

            awaitControls(bob, true);
            awaitControls(ada, false);
            awaitKey(65, false);
            bob.escapeToScreen();
            bob.page().keyboard().press("c");
            awaitKey(67, false);
            assertTrue(
                    emulator.inputs().stream().noneMatch(input -> input instanceof Key key && key.code() == 66),
                    "a key of somebody without the controls arrived");

            // The owner takes them back without asking; the visitor gives them up by leaving.
            openPeople(ada);
            ada.page().click("#people-own");
            awaitControls(ada, true);
            awaitControls(bob, false);
        }
    }

    private void awaitKey(int code, boolean pressed) {
        try {
            emulator.awaitInput(
                    input -> input instanceof Key key && key.code() == code && key.pressed() == pressed, SOON);
        } catch (Exception e) {
            throw new AssertionError("key " + code + " " + pressed + ": " + emulator.inputs(), e);
        }
    }

    @Test
    void requestIsDeclined() {
        try (ViewerPage ada = enter(AccessRole.OWNER, "Ada");
                ViewerPage bob = enter(AccessRole.CONTROLLER, "Bob")) {
            ada.page().keyboard().press("a");
            awaitControls(bob, false);
            openPeople(bob);
            bob.page().click("#people-own");
            ada.page().waitForSelector("#request-prompt:visible");
            ada.page().click("#request-deny");
            ada.page().waitForSelector("#request-prompt", new com.microsoft.playwright.Page.WaitForSelectorOptions()
                    .setState(com.microsoft.playwright.options.WaitForSelectorState.HIDDEN));
            assertFalse(hasControls(bob));
            bob.await("may ask again", SOON, () -> bob.page().innerText("#people-own").equals("Ask for the controls")
                    ? null
                    : bob.page().innerText("#people-own"));
        }
    }

    @Test
    void linkMadeInThePageLetsAGuestInWhoWatchesAndPoints() {
        try (ViewerPage ada = enter(AccessRole.OWNER, "Ada")) {
            ada.page().keyboard().press("a");
            openPeople(ada);
            ada.page().fill("#invite-name", "Gus");
            ada.page().click("#invite-create");
            ada.page().waitForSelector("#invite-result:visible");
            String link = ada.page().inputValue("#invite-link");
            assertTrue(link.startsWith(product.page("token=")), link);
            try (ViewerPage gus = browser.open(product, link).awaitPicture()) {
                assertEquals("guest", gus.state().path("role").asText());
                assertFalse(gus.page().url().contains("token"), "the token stays in the address");
                assertTrue(gus.page().isVisible("#status-watching"), "a guest is not told that he watches");
                awaitPerson(ada, "Gus");
                openPeople(gus);
                assertFalse(gus.page().isVisible("#invite"), "a guest is offered to invite");
                gus.escapeToScreen();

                emulator.log().clear();
                ViewerPage.Box box = gus.picture();
                gus.page().mouse().move(box.left() + 10, box.top() + 10);
                gus.page().mouse().move(box.left() + box.width() / 2, box.top() + box.height() / 4);
                ada.await("the guest's pointer is shown", SOON, () -> {
                    String pointers = ada.evaluate(
                                    "[...document.querySelectorAll('.pointer')].map(p => [p.textContent, p.style.left])")
                            .toString();
                    return pointers.contains("Gus") && pointers.matches(".*(49|50)\\.\\d+%.*") ? null : pointers;
                });
                assertEquals(0, emulator.inputs().size(), "a guest's mouse reached the Mac: " + emulator.inputs());
                gus.page().mouse().move(2, 2);
                ada.await("the pointer is gone", SOON, () -> ada.page().locator(".pointer").count() == 0
                        ? null
                        : "still there");

                // An owner sends a guest away, is asked first, and the guest is told.
                ada.page().click("#people-list li:has-text('Gus') .tool");
                ada.page().waitForSelector("#confirm[open]");
                assertTrue(ada.page().innerText("#confirm-title").contains("Gus"), "who is sent away is not said");
                ada.page().click("#confirm-do");
                gus.awaitStage("ended", SOON);
                assertTrue(gus.overlay().contains("The host has ended your visit"), gus.overlay());
            }
        }
    }

    @Test
    void visitorChoosesANameAndKeepsIt() {
        try (ViewerPage ada = enter(AccessRole.OWNER, "Ada");
                ViewerPage other = enter(AccessRole.CONTROLLER, "")) {
            openPeople(other);
            other.page().fill("#people-panel input[data-preference=name]", "Zoë <b>");
            openPeople(ada);
            awaitPerson(ada, "Zoë <b>");
            other.page().reload();
            other.awaitPicture();
            awaitPerson(ada, "Zoë <b>");
        }
    }

    @Test
    void whatOnlyOwnersMayDoIsNotOfferedToOthers() {
        try (ViewerPage bob = enter(AccessRole.CONTROLLER, "Bob")) {
            bob.page().click("[popovertarget=menu-panel]");
            assertTrue(bob.page().isVisible("#menu-screenshot"));
            for (String item : new String[] {"#menu-files", "#menu-settings", "#menu-restart", "#menu-shut-down"}) {
                assertFalse(bob.page().isVisible(item), item);
            }
        }
    }
}
