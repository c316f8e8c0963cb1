package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.LinkEmulator.Impairment;
import org.macemu.webrtc.system.harness.LinkedProduct;
import org.macemu.webrtc.system.harness.ViewerPage;

/** Visitors behind lossy and slow networks, by the link emulator: what they see does not stand still. */
@Timeout(300)
class FairnessST {

    /** Longer is a frozen picture. */
    private static final double MOST_GAP_MS = 1_000;

    /** The machine that runs the tests does other things too, and may stand still itself in one of so many looks. */
    private static final int LOOKS = 3;

    private static final Duration ROUND_TRIP = Duration.ofMillis(50);
    private static final Duration WATCH = Duration.ofSeconds(15);
    private static final Duration MOVED = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"shared", "adaptive"})
    void fivePercentOfLossFreezeNothing(String lane) throws Exception {
        try (LinkedProduct linked = LinkedProduct.start(FairnessST.class, Impairment.of(0.05, ROUND_TRIP), Map.of());
                Browser browser = Browser.start()) {
            emulate(linked, SceneKind.DRAG);
            try (ViewerPage page = linked.open(browser, "lane=" + lane).awaitPicture()) {
                JsonNode seen = smoothest(page);
                assertFalse(isFrozen(seen), "a frozen picture: " + seen);
                assertTrue(seen.path("frames").asInt() > 10 * WATCH.toSeconds(), "few pictures: " + seen);
                double madeUp = seen.path("totals").path("audio.concealedSamples").asDouble()
                        / seen.path("totals").path("audio.totalSamplesReceived").asDouble();
                assertTrue(madeUp < (lane.equals("shared") ? 0.03 : 0.10), "sound made up: " + madeUp + " " + seen);
                assertTrue(seen.path("totals").path("video.nackCount").asInt() > 0, "nothing was lost: " + seen);
            }
        }
    }

    /** Without steering, a viewer whose network is too slow gets an encoder of its own, and comes back later. */
    @Test
    void slowViewerMovesToItsOwnEncoderAndBack() throws Exception {
        try (LinkedProduct linked = LinkedProduct.start(
                        FairnessST.class,
                        Impairment.of(0, ROUND_TRIP),
                        Map.of("MACEMU_VIDEO_FOLLOW_CONTROLLER", "false"));
                Browser browser = Browser.start()) {
            emulate(linked, SceneKind.MOTION);
            try (ViewerPage page = linked.open(browser, "").awaitPicture()) {
                assertEquals("shared", page.stats().path("lane").asText());
                linked.become(Impairment.of(0, ROUND_TRIP).limitedTo(1_000_000));
                awaitLane(page, "adaptive", MOVED);
                JsonNode seen = smoothest(page);
                assertFalse(isFrozen(seen), "a frozen picture: " + seen);
                assertEquals(0, seen.path("connections").asInt(), "it moves again: " + seen);
                linked.become(Impairment.of(0, ROUND_TRIP));
                awaitLane(page, "shared", Duration.ofSeconds(90));
                assertEquals("playing", page.stage());
            }
        }
    }

    /** The first look without a frozen picture, or the last one. */
    private static JsonNode smoothest(ViewerPage page) {
        JsonNode seen = LinkedProduct.watch(page, WATCH);
        for (int again = 1; again < LOOKS && isFrozen(seen) && seen.path("connections").asInt() == 0; again++) {
            seen = LinkedProduct.watch(page, WATCH);
        }
        return seen;
    }

    private static boolean isFrozen(JsonNode seen) {
        return seen.path("longestGapMs").asDouble() >= MOST_GAP_MS;
    }

    private static void emulate(LinkedProduct linked, SceneKind scene) throws Exception {
        linked.product()
                .owns(SyntheticEmulator.start(
                        linked.product().emulator().scene(scene).build()))
                .awaitConnected(MOVED);
    }

    private static void awaitLane(ViewerPage page, String lane, Duration time) {
        page.await("the " + lane + " lane", time, () -> {
            String now = page.stats().path("lane").asText();
            return now.equals(lane) ? null : "on " + now;
        });
    }
}
