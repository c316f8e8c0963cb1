package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Containers;
import org.macemu.webrtc.system.harness.DemoScreen;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * The four images as containers and a browser outside. The emulator has no network; it shares /dev/shm and the folder
 * of the control socket with the media-service, and nothing else. Needs an engine that runs already and the images; else
 * every test is skipped by name, and the console says what is missing.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainersST {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String EMULATOR = "emulator";
    private static final String MEDIA = "media-service";

    private String missing;
    private Product product;
    private Containers containers;
    private Browser browser;

    @BeforeAll
    void start() {
        missing = Containers.missing(MEDIA, "signaling-service", "control-service", EMULATOR);
        if (missing != null) {
            System.err.println("SKIPPED: ContainersST, the product in containers: " + missing);
            return;
        }
        product = Product.of(ContainersST.class, Map.of());
        containers = product.owns(new Containers());
        Map<String, String> shared =
                Map.of(containers.memory("shm", 64), "/dev/shm", containers.memory("socket", 1), "/run/macemu");
        containers.run(MEDIA, "host", shared, environment(Part.MEDIA));
        containers.run("signaling-service", "host", Map.of(), environment(Part.SIGNALING));
        containers.run("control-service", "host", Map.of(), environment(Part.CONTROL));
        containers.run(EMULATOR, "none", shared, Map.of("MACEMU_CONTROL_SOCK", "/run/macemu/control.sock"));
        browser = product.owns(Browser.start());
    }

    /** Ports of this run; what is shared has the names that it has in the images. */
    private Map<String, String> environment(Part part) {
        Map<String, String> environment = new HashMap<>(product.environment(part));
        environment.keySet().removeIf(name -> name.endsWith("_SHM") || name.startsWith("BASILISK_"));
        environment.put("MACEMU_CONTROL_SOCK", "/run/macemu/control.sock");
        return environment;
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    /** Whatever an earlier test ended runs again. */
    @BeforeEach
    void awaitEverything() {
        assumeTrue(missing == null, missing);
        containers.start(MEDIA);
        containers.start(EMULATOR);
        for (Part part : Part.values()) {
            awaitReady(part);
        }
        awaitEmulator(true);
    }

    private void awaitReady(Part part) {
        Await.until(part + " is ready", SOON, () -> product.health(part, "ready"), containers::logTails);
    }

    private void awaitEmulator(boolean connected) {
        Await.until("emulator " + (connected ? "connected" : "gone"), SOON, () -> {
            boolean now = product.metrics().sum("macemu_emulator_connected") == 1;
            return now == connected ? null : "it is " + (now ? "connected" : "gone");
        }, containers::logTails);
    }

    private ViewerPage watch() {
        ViewerPage page = browser.open(product, "").awaitPicture();
        page.awaitSize(640, 480);
        return page;
    }

    /** The demonstration Mac obeys the page's keyboard and mouse. Two keys: the colour of the last one stays. */
    private static void steer(ViewerPage page) {
        DemoScreen screen = new DemoScreen(page);
        screen.press("z", 0x06);
        screen.press("y", 0x10);
        screen.click();
    }

    @Test
    void aBrowserOutsideSeesAndSteersTheMac() {
        try (ViewerPage page = watch()) {
            steer(page);
        }
    }

    @Test
    void emulatorAndMediaServiceShareMemoryAndSocket() {
        String[] files = {
            "stat", "-c", "%a %u %i %n", "/dev/shm/macemu-video", "/dev/shm/macemu-audio", "/run/macemu/control.sock"
        };
        String seen = containers.exec(MEDIA, files);
        assertTrue(seen.lines().allMatch(line -> line.startsWith("600 10001 ")), seen);
        assertEquals(seen, containers.exec(EMULATOR, files));
    }

    @ParameterizedTest
    @ValueSource(strings = {MEDIA, "signaling-service", "control-service", EMULATOR})
    void imageIsHardenedAndHealthy(String name) {
        assertEquals("10001:10001", containers.exec(name, "bash", "-c", "echo $(id -u):$(id -g)"));
        String refusal = containers.attempt(name, "touch", "/etc/x").output();
        assertTrue(refusal.contains("Read-only file system"), refusal);
        String capabilities = containers.exec(name, "grep", "CapEff", "/proc/1/status");
        assertTrue(capabilities.endsWith("0000000000000000"), capabilities);
        Await.until(name + " is healthy", SOON, () -> {
            String health = containers.inspect(name, "{{json .State.Health}}");
            return health.contains("\"Status\":\"healthy\"") ? null : health;
        }, containers::logTails);
    }

    @Test
    void aKilledEmulatorComesBack() {
        try (ViewerPage page = watch()) {
            containers.kill(EMULATOR);
            page.awaitStage("off", SOON);
            assertEquals(null, product.health(Part.MEDIA, "live"), "the media-service lives on");
            assertEquals(null, product.health(Part.MEDIA, "ready"), "and takes viewers");
            containers.start(EMULATOR);
            page.awaitPicture();
            steer(page);
        }
    }

    @Test
    void aKilledMediaServiceFindsTheEmulatorAgain() {
        String since = containers.inspect(EMULATOR, "{{.State.StartedAt}}");
        try (ViewerPage page = watch()) {
            page.expectConnectionErrors();
            double firstFrame = page.mark("firstFrame");
            containers.kill(MEDIA);
            page.await("interruption is noticed", SOON, () -> page.stage().equals("playing") ? "still playing" : null);
            assertNotEquals("", page.overlay(), "no card says why the picture stands still");
            containers.start(MEDIA);
            awaitReady(Part.MEDIA);
            page.await("picture is back", ViewerPage.PICTURE, () -> page.mark("firstFrame") > firstFrame
                    ? null
                    : "no new first frame; stage " + page.stage());
            page.awaitPicture();
            steer(page);
        }
        assertEquals(since, containers.inspect(EMULATOR, "{{.State.StartedAt}}"), "the Mac went on meanwhile");
    }
}
