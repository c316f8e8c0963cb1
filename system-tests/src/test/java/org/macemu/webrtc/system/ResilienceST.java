package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.SignalingSocket;
import org.macemu.webrtc.system.harness.ViewerPage;

/** Parts that die and come back under a visitor whose page is never reloaded. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResilienceST {

    private static final Duration SOON = Duration.ofSeconds(30);

    private Product product;
    private Browser browser;
    private ForkedJvm emulator;

    @BeforeAll
    void start() {
        product = Product.start(ResilienceST.class);
        browser = product.owns(Browser.start());
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void startEmulator() throws Exception {
        emulator = ForkedJvm.emulator(product.emulatorArguments());
        emulator.awaitLine("connected to", SOON);
    }

    @AfterEach
    void stopEmulator() throws Exception {
        emulator.close();
        awaitEmulator(false);
    }

    private void awaitEmulator(boolean connected) {
        Await.until("emulator " + (connected ? "connected" : "gone"), SOON, () -> {
            boolean now = product.metrics().sum("macemu_emulator_connected") == 1;
            return now == connected ? null : "it is " + (now ? "connected" : "gone");
        }, product::logTails);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "adaptive"})
    void emulatorIsKilledAndComesBack(String lane) throws Exception {
        try (ViewerPage page = open("lane=" + lane)) {
            double connected = page.mark("connected");
            emulator.kill();
            page.awaitStage("off", SOON);
            page.awaitCard("The emulator has disconnected");
            assertEquals("connected", page.state().path("peer").asText(), "the connection of the page");
            page.awaitSilence();

            emulator = ForkedJvm.emulator(product.emulatorArguments("--size", "800x600", "--tone", "660"));
            page.awaitPicture();
            page.awaitSize(800, 600);
            page.awaitTone(660, 0.25);
            assertEquals("", page.overlay());
            assertEquals(connected, page.mark("connected"), "the page had to connect again");
            assertNotReloaded(page);
        }
    }

    @Test
    void emulatorIsStartedAfterTheVisitorCame() throws Exception {
        emulator.kill();
        awaitEmulator(false);
        try (ViewerPage page = browser.open(product, "")) {
            page.awaitStage("off", SOON);
            page.awaitCard("The Mac is off");
            emulator = ForkedJvm.emulator(product.emulatorArguments());
            page.awaitPicture();
            page.awaitTone(440, 0.25);
        }
    }

    /** How a service ends. */
    enum End {
        TERMINATED,
        KILLED
    }

    @ParameterizedTest
    @EnumSource
    void mediaServiceIsRestarted(End end) {
        comesBack(Part.MEDIA, end);
    }

    @ParameterizedTest
    @EnumSource
    void signalingServiceIsRestarted(End end) {
        comesBack(Part.SIGNALING, end);
    }

    private void comesBack(Part part, End end) {
        try (ViewerPage page = open("")) {
            page.expectConnectionErrors();
            double firstFrame = page.mark("firstFrame");
            if (end == End.KILLED) {
                product.service(part).kill();
            } else {
                assertEquals(143, product.service(part).terminate(), "exit status" + product.service(part).logTail());
            }
            page.await("interruption is noticed", SOON, () -> {
                String stage = page.stage();
                return stage.equals("playing") ? "page still says playing" : null;
            });
            page.await("a card says why the picture stands still", SOON, () ->
                    page.overlay().isEmpty() ? "none" : null);
            product.service(part).start();
            product.awaitReady(part);
            page.await("picture is back", ViewerPage.PICTURE, () -> page.mark("firstFrame") > firstFrame
                    ? null
                    : "no new first frame; stage " + page.stage());
            page.awaitPicture();
            page.awaitSize(640, 480);
            page.awaitTone(440, 0.25);
            assertNotReloaded(page);
            assertTrue(emulator.process().isAlive(), "the emulator has ended: " + emulator.lines());
        }
    }

    @Test
    void controlServiceIsNotNeededByThoseWhoWatch() {
        try (ViewerPage page = open("")) {
            page.expectConnectionErrors();
            product.service(Part.CONTROL).kill();
            page.awaitPicture();
            product.service(Part.CONTROL).start();
            product.awaitReady(Part.CONTROL);
            page.awaitPicture();
            assertNotReloaded(page);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MEDIA", "SIGNALING"})
    void goodbyeIsSaidAtShutdown(Part part) {
        try (SignalingSocket visitor = SignalingSocket.join(product)) {
            visitor.awaitType("state");
            product.service(part).terminate();
            JsonNode goodbye = visitor.awaitType("goodbye");
            assertEquals("shutdown", goodbye.path("reason").asText(), goodbye.toString());
            assertTrue(goodbye.path("retryAfterMs").asInt() > 0, "no invitation to come back: " + goodbye);
            visitor.awaitClose();
        } finally {
            product.service(part).start();
            product.awaitReady(part);
        }
    }

    @Test
    void segmentsOfALivingEmulatorOutliveTheMediaService() {
        product.service(Part.MEDIA).terminate();
        boolean kept = Files.exists(product.videoSegment()) && Files.exists(product.audioSegment());
        product.service(Part.MEDIA).start();
        product.awaitReady(Part.MEDIA);
        assertTrue(kept, "the segments were removed under a living emulator");
        awaitEmulator(true);
    }

    private ViewerPage open(String query) {
        ViewerPage page = browser.open(product, query).awaitPicture();
        page.evaluate("window.notReloaded = true");
        return page;
    }

    private static void assertNotReloaded(ViewerPage page) {
        assertTrue(page.evaluate("window.notReloaded === true").asBoolean(), "the page was loaded again");
    }
}
