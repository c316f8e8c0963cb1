package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * A visitor who stays: types, points, opens everything, and is cut off now and then. The page's memory does not grow, no
 * listener doubles, and no key stays down. {@code -Dvisitor.seconds=3600} makes it an hour; the default is a minute.
 */
@Timeout(4500)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VisitorST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int SECONDS = Integer.getInteger("visitor.seconds", 60);

    /** Caches of the browser's own that fill once: measured after a first round through everything. */
    private static final double MOST_GROWTH_MB = 2.5;

    private final Random random = new Random(5);
    private Product product;
    private Browser browser;
    private SyntheticEmulator emulator;
    private CDPSession session;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(VisitorST.class);
        emulator = product.owns(SyntheticEmulator.start(
                product.emulator().scene(SceneKind.TYPING).build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    /** What the page holds after its garbage was collected. */
    private record Holdings(double megabytes, int listeners, int nodes) {}

    private Holdings holdings() {
        session.send("HeapProfiler.collectGarbage");
        session.send("HeapProfiler.collectGarbage");
        double megabytes = session.send("Runtime.getHeapUsage").get("usedSize").getAsDouble() / (1 << 20);
        JsonObject counters = session.send("Memory.getDOMCounters");
        return new Holdings(
                megabytes, counters.get("jsEventListeners").getAsInt(), counters.get("nodes").getAsInt());
    }

    @Test
    void staysForAWhile() {
        try (ViewerPage page = browser.open(product, "").awaitPicture()) {
            page.expectConnectionErrors();
            session = page.page().context().newCDPSession(page.page());
            session.send("HeapProfiler.enable");
            // Once through everything, so that what is made at first use is there.
            round(page);
            interrupt(page);
            Holdings before = holdings();
            List<Holdings> seen = new ArrayList<>();
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            int rounds = 0;
            while (System.nanoTime() < end) {
                round(page);
                if (++rounds % 10 == 0) {
                    interrupt(page);
                    seen.add(holdings());
                    emulator.log().clear();
                }
            }
            Holdings after = holdings();
            System.out.printf(
                    Locale.ROOT,
                    "VISITOR seconds=%d rounds=%d heap_mb=%.2f->%.2f listeners=%d->%d nodes=%d->%d heap_mb_by_tenths=%s%n",
                    SECONDS, rounds, before.megabytes, after.megabytes, before.listeners, after.listeners,
                    before.nodes, after.nodes, tenths(seen));
            assertTrue(rounds > 0, "no round in " + SECONDS + " s");
            assertTrue(
                    after.megabytes - before.megabytes < MOST_GROWTH_MB,
                    "memory grew: " + before + ", " + seen + ", " + after);
            assertTrue(after.listeners <= before.listeners + 5, "listeners: " + before + ", " + seen + ", " + after);
            assertTrue(after.nodes <= before.nodes + 300, "nodes: " + before + ", " + seen + ", " + after);
        }
    }

    /** The heap over time: caches that fill level off, what leaks does not. */
    private static String tenths(List<Holdings> seen) {
        return IntStream.rangeClosed(1, 10)
                .filter(tenth -> seen.size() >= 10)
                .mapToObj(tenth -> String.format(
                        Locale.ROOT, "%.2f", seen.get(tenth * seen.size() / 10 - 1).megabytes))
                .collect(Collectors.joining(","));
    }

    /** What somebody does in a few seconds. */
    private void round(ViewerPage page) {
        var keyboard = page.page().keyboard();
        var mouse = page.page().mouse();
        ViewerPage.Box box = page.picture();
        page.page().click("#surface");
        keyboard.type("hello mac");
        keyboard.press("Control+c");
        for (int i = 0; i < 20; i++) {
            mouse.move(box.left() + random.nextDouble() * box.width(), box.top() + random.nextDouble() * box.height());
        }
        mouse.down();
        mouse.move(box.left() + 30, box.top() + 60);
        mouse.up();
        mouse.wheel(0, 120);
        for (String panel : new String[] {"people", "keyboard", "sound", "view", "menu"}) {
            page.page().click("[popovertarget=" + panel + "-panel]");
            keyboard.press("Escape");
        }
        page.page().click("#statistics-button");
        page.page().waitForTimeout(300);
        page.page().click("#statistics-button");
        page.page().click("[popovertarget=menu-panel]");
        page.page().click("#menu-settings");
        page.page().locator("#settings .field").first().waitFor();
        page.page().click("#settings-cancel");
        keyboard.down("Shift");
        keyboard.down("k");
        page.evaluate("window.dispatchEvent(new Event('blur'))");
        keyboard.up("k");
        keyboard.up("Shift");
        emulator.resize(random.nextBoolean() ? 640 : 800, random.nextBoolean() ? 480 : 600);
        Await.until("nothing stays down", SOON, () -> down().isEmpty() ? null : "down: " + down());
    }

    /** The signalling service is started again under the visitor. */
    private void interrupt(ViewerPage page) {
        double firstFrame = page.mark("firstFrame");
        product.service(Part.SIGNALING).kill();
        product.service(Part.SIGNALING).start();
        product.awaitReady(Part.SIGNALING);
        page.await("picture is back", SOON, () -> page.mark("firstFrame") > firstFrame ? null : page.stage());
        page.awaitPicture();
    }

    /** What the emulator believes to be down. */
    private Set<String> down() {
        Set<String> down = new HashSet<>();
        for (Input input : emulator.inputs()) {
            switch (input) {
                case Key key when key.pressed() ->
                    assertTrue(down.add("key " + key.code() + "/" + key.location()), "twice down: " + key);
                case Key key -> down.remove("key " + key.code() + "/" + key.location());
                case MouseButton button when button.pressed() -> down.add("button " + button.button());
                case MouseButton button -> down.remove("button " + button.button());
                default -> {}
            }
        }
        return down;
    }
}
