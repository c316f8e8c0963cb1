package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * Two people at two browsers and one keyboard: only who holds the controls reaches the emulator, whatever the pages
 * themselves believe, and a hand-over leaves nothing down. What arrived is what the emulator reports.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlsST {

    private static final Duration SOON = Duration.ofSeconds(40);

    private Product product;
    private Browser firstBrowser;
    private Browser secondBrowser;
    private SyntheticEmulator emulator;
    private ViewerPage ada;
    private ViewerPage grace;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(ControlsST.class);
        emulator = product.owns(SyntheticEmulator.start(
                product.emulator().scene(SceneKind.DESKTOP).build()));
        firstBrowser = product.owns(Browser.start());
        secondBrowser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void bothAreHere() {
        ada = firstBrowser.open(product, "").awaitPicture();
        grace = secondBrowser.open(product, "").awaitPicture();
        for (ViewerPage page : List.of(ada, grace)) {
            page.await("both are told of each other", SOON, () -> {
                int viewers = page.state().path("viewers").asInt();
                boolean free = page.state().path("input").asBoolean();
                return viewers == 2 && free ? null : page.state().toString();
            });
        }
        emulator.log().clear();
    }

    @AfterEach
    void bothLeave() {
        ada.close();
        grace.close();
        Await.until("nobody watches", SOON, () -> {
            double viewers = product.metrics().sum("macemu_sessions");
            return viewers == 0 ? null : viewers + " sessions";
        }, product::logTails);
    }

    /** What the person does with the button of the page's own panel: takes the controls, or releases them. */
    private static void useOwnButton(ViewerPage page) {
        page.evaluate("document.getElementById('people-own').click()");
    }

    private static void awaitInput(ViewerPage page, boolean allowed) {
        page.await("input is " + (allowed ? "allowed" : "refused"), SOON, () ->
                page.state().path("input").asBoolean() == allowed ? null : page.state().toString());
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Input input : emulator.inputs()) {
            if (input instanceof Key k) {
                keys.add((k.pressed() ? "down " : "up ") + (char) k.code());
            }
        }
        return keys;
    }

    private void awaitKeys(String... expected) {
        Await.until("keys at the emulator", SOON, () ->
                keys().equals(List.of(expected)) ? null : "so far " + keys(), product::logTails);
    }

    /** Keys and buttons that went down and did not come up. */
    private Set<String> held() {
        Set<String> held = new HashSet<>();
        for (Input input : emulator.inputs()) {
            switch (input) {
                case Key k when k.pressed() -> held.add("key " + k.code());
                case Key k -> held.remove("key " + k.code());
                case MouseButton b when b.pressed() -> held.add("button " + b.button());
                case MouseButton b -> held.remove("button " + b.button());
                default -> {
                    // Moves hold nothing.
                }
            }
        }
        return held;
    }


    @Test
    void onlyWhoHoldsTheControlsReachesTheMac() {
        ada.page().keyboard().press("a");
        awaitInput(grace, false);
        grace.page().keyboard().press("g");
        ada.page().keyboard().press("b");
        awaitKeys("down A", "up A", "down B", "up B");
        // Grace's key came before Ada's second, and a quarter of a second later it has not come either.
        ada.page().waitForTimeout(250);
        awaitKeys("down A", "up A", "down B", "up B");
        ada.await("both are told who has the controls", SOON, () -> {
            String told = ada.state().path("controller").asText();
            String toldToo = grace.state().path("controller").asText();
            return !told.isEmpty() && told.equals(toldToo) ? null : "'" + told + "', '" + toldToo + "'";
        });
    }

    @Test
    void aTakeOverLeavesNoKeyStuck() {
        ada.page().keyboard().down("a");
        ada.page().mouse().move(640, 400);
        ada.page().mouse().down();
        Await.until("key and button are down", SOON, () ->
                held().size() == 2 ? null : "held " + held());
        awaitInput(grace, false);

        useOwnButton(grace);
        awaitInput(grace, true);
        awaitInput(ada, false);
        Await.until("nothing is down", SOON, () -> held().isEmpty() ? null : "held " + held(), product::logTails);

        // The fingers are still on the keys; what they do now is nobody's.
        ada.page().keyboard().up("a");
        ada.page().mouse().up();
        ada.page().keyboard().press("x");
        grace.page().keyboard().press("g");
        awaitKeys("down A", "up A", "down G", "up G");
        assertEquals(Set.of(), held());

        useOwnButton(grace);
        awaitInput(ada, true);
        ada.page().keyboard().press("b");
        awaitKeys("down A", "up A", "down G", "up G", "down B", "up B");
    }

    @Test
    void whoVanishesWithAKeyDownLeavesItUpAndTheControlsFree() {
        ada.page().keyboard().down("a");
        awaitKeys("down A");
        awaitInput(grace, false);
        ada.crash();
        awaitInput(grace, true);
        awaitKeys("down A", "up A");
        grace.page().keyboard().press("g");
        awaitKeys("down A", "up A", "down G", "up G");
    }
}
