package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.PublishedPicture;
import org.macemu.webrtc.system.harness.SignalingSocket;
import org.macemu.webrtc.system.harness.ViewerPage;

/** What a visitor sees and hears of a Mac: every lane, size and kind of picture, and a screen that changes its size. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SyntheticST {

    private static final Duration SOON = Duration.ofSeconds(40);

    /** Brightness levels that a refined still picture may differ by on average, colour conversion included. */
    private static final double SAME_PICTURE = 5;

    private Product product;
    private Browser browser;
    private SyntheticEmulator emulator;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(SyntheticST.class);
        emulator = product.owns(SyntheticEmulator.start(product.emulator().build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void asAtFirst() {
        emulator.scene(SceneKind.DRAG);
        emulator.resize(640, 480);
        emulator.tone(440, 0.25);
    }

    List<String> lanes() {
        List<String> lanes = new ArrayList<>();
        try (SignalingSocket socket = SignalingSocket.join(product)) {
            socket.awaitType("welcome").path("lanes").forEach(lane -> lanes.add(lane.asText()));
        }
        assertTrue(!lanes.isEmpty(), "The welcome names no lane");
        return lanes;
    }

    @ParameterizedTest
    @MethodSource("lanes")
    void everyLaneShowsAndPlays(String lane) {
        try (ViewerPage page = browser.open(product, "lane=" + lane)) {
            page.awaitPicture();
            assertEquals(lane, page.state().path("lane").asText());
            page.awaitSize(640, 480);
            page.awaitTone(440, 0.25);
            emulator.tone(1000, 0.1);
            page.awaitTone(1000, 0.1);
            emulator.tone(0, 0);
            page.awaitSilence();
            emulator.tone(523.25, 0.25);
            page.awaitTone(523.25, 0.25);
            assertEquals("", page.overlay());
        }
    }

    @ParameterizedTest
    @CsvSource({"640,480", "800,600", "1024,768"})
    void pictureIsTheOneThatWasPublished(int width, int height) {
        emulator.scene(SceneKind.DESKTOP);
        emulator.resize(width, height);
        try (ViewerPage page = browser.open(product, "")) {
            page.awaitPicture();
            page.awaitSize(width, height);
            awaitPublished(page);
        }
    }

    /** Browsers ask for a key frame, every few seconds, when a stream that was there has no frames any more. */
    @Test
    void browsersDoNotMissAStillPicture() throws Exception {
        emulator.scene(SceneKind.DESKTOP);
        try (ViewerPage page = browser.open(product, "lane=shared")) {
            page.awaitPicture();
            awaitPublished(page);
            double before = product.metrics().sum("macemu_key_frames_total");
            Thread.sleep(16_000);
            double asked = product.metrics().sum("macemu_key_frames_total") - before;
            assertTrue(asked <= 2, asked + " key frames of a still picture");
            awaitPublished(page);
        }
    }

    @Test
    void sizeChangesInMidStream() {
        try (ViewerPage page = browser.open(product, "")) {
            page.awaitPicture();
            page.awaitSize(640, 480);
            double connected = page.mark("connected");
            for (int[] size : new int[][] {{1024, 768}, {512, 342}, {800, 600}, {640, 480}}) {
                emulator.resize(size[0], size[1]);
                page.awaitSize(size[0], size[1]);
                PointerCheck.at(page, emulator, 0.999, 0.999);
                ViewerPage.Box picture = page.picture();
                assertEquals(
                        (double) size[0] / size[1], picture.width() / picture.height(), 0.01, "shape of " + picture);
                awaitMotion(page);
            }
            assertEquals(connected, page.mark("connected"), "the page had to connect again");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sceneAppears(SceneKind scene) {
        emulator.scene(scene);
        try (ViewerPage page = browser.open(product, "")) {
            page.awaitPicture();
            if (scene == SceneKind.DESKTOP) {
                awaitPublished(page);
            } else {
                awaitMotion(page);
            }
            page.await("brightness of the published picture", SOON, () -> {
                double shown = mean(page.squares(32));
                double published = mean(PublishedPicture.read(product.videoSegment()).squares(32));
                return Math.abs(shown - published) < 12 ? null : "shown " + shown + ", published " + published;
            });
        }
    }

    private void awaitPublished(ViewerPage page) {
        page.await("picture as published", SOON, () -> {
            double[] published = PublishedPicture.read(product.videoSegment()).squares(16);
            double difference = PublishedPicture.meanDifference(published, page.squares(16));
            return difference <= SAME_PICTURE ? null : "mean difference " + difference;
        });
    }

    /** Waits until the decoder gave another thirty pictures and what is shown has changed. */
    private static void awaitMotion(ViewerPage page) {
        long decoded = page.framesDecoded();
        double[] first = page.squares(8);
        page.await("motion", SOON, () -> {
            long now = page.framesDecoded() - decoded;
            double difference = PublishedPicture.meanDifference(first, page.squares(8));
            return now >= 30 && difference > 0.05 ? null : now + " pictures, mean difference " + difference;
        });
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
