package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Firefox;
import org.macemu.webrtc.system.harness.Product;

/** The basic path in Firefox: picture, sound, a key and a click, on either lane. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirefoxST {

    private static final Duration SOON = Duration.ofSeconds(60);

    private Product product;
    private SyntheticEmulator emulator;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(Firefox.isInstalled(), "no Firefox here: install firefox-esr");
        product = Product.start(FirefoxST.class);
        emulator = product.owns(SyntheticEmulator.start(product.emulator().build()));
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @BeforeEach
    void forget() {
        emulator.log().clear();
    }

    @Test
    void playsAndTakesInput() throws Exception {
        assumeTrue(hasNetworkAddress(), "Firefox uses no loopback candidate, and there is no other address here");
        playsAndTakesInput("", "shared");
    }

    /** Whether the media-service finds an address beside loopback: by the route to a network of examples (RFC 5737). */
    private static boolean hasNetworkAddress() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByName("203.0.113.1"), 9);
            return socket.getLocalAddress() instanceof Inet4Address own
                    && !own.isLoopbackAddress()
                    && !own.isAnyLocalAddress();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    @Test
    void playsAndTakesInputOnAnEncoderOfItsOwn() throws Exception {
        playsAndTakesInput("lane=adaptive", "adaptive");
    }

    private void playsAndTakesInput(String query, String lane) throws Exception {
        try (Firefox firefox = Firefox.start()) {
            awaitPicture(firefox, product, query, lane);
            long first = firefox.evaluate("macemu.stats()").path("framesDecoded").asLong();
            Await.until("pictures go on", SOON, () -> {
                long now = firefox.evaluate("macemu.stats()").path("framesDecoded").asLong();
                return now > first + 20 ? null : now + " decoded, " + first + " at first";
            });
            Await.until("sound arrives", SOON, () -> {
                double level = firefox.evaluate("macemu.stats()").path("audioLevel").asDouble();
                return level > 0.05 ? null : "level " + level;
            });
            var box = firefox.evaluate("(({ left, top, width, height }) => [left, top, width, height])("
                    + "document.getElementById('video').getBoundingClientRect())");
            firefox.click(
                    (int) (box.get(0).asDouble() + box.get(2).asDouble() / 2),
                    (int) (box.get(1).asDouble() + box.get(3).asDouble() / 2));
            firefox.press("h");
            emulator.awaitInput(i -> i instanceof MouseButton b && b.pressed() && b.button() == 0, SOON);
            emulator.awaitInput(i -> i instanceof Key k && k.pressed() && k.code() == 72, SOON);
            emulator.awaitInput(i -> i instanceof Key k && !k.pressed() && k.code() == 72, SOON);
            MouseButton click = (MouseButton) emulator.inputs().stream()
                    .filter(MouseButton.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            assertTrue(
                    Math.abs(click.x() - 320) <= 2 && Math.abs(click.y() - 240) <= 2,
                    "a click in the middle arrived as " + click);
        }
    }

    /**
     * Firefox pairs no candidate of a loopback address. A server that shows nothing else has the page go over to the lane
     * that works, long before Firefox itself gives up.
     */
    @Test
    void goesOverToTheOtherLaneWhereLoopbackIsAllThereIs() throws Exception {
        try (Product loopback = Product.start(FirefoxST.class, Map.of("MACEMU_RTC_ADVERTISE", "127.0.0.1"));
                Firefox firefox = Firefox.start()) {
            SyntheticEmulator other =
                    loopback.owns(SyntheticEmulator.start(loopback.emulator().build()));
            other.awaitConnected(SOON);
            awaitPicture(firefox, loopback, "", "adaptive");
            System.out.printf(
                    Locale.ROOT,
                    "FIREFOX first_frame_after_fallback_ms=%.0f%n",
                    firefox.evaluate("macemu.marks.firstFrame - macemu.history[0].time").asDouble());
        }
    }

    private static void awaitPicture(Firefox firefox, Product product, String query, String lane) {
        firefox.navigate(product.page(query));
        Await.until(
                "picture in Firefox",
                SOON,
                () -> {
                    String stage = firefox.evaluate("document.body.dataset.stage").asText();
                    return stage.equals("playing") ? null : stage + " " + firefox.evaluate("macemu.state()");
                },
                product::logTails);
        assertEquals(lane, firefox.evaluate("macemu.state().lane").asText());
    }
}
