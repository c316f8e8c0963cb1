package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Command;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/** Players of other makers watch by WHEP, with a guest's token; the statuses and headers are WhepIT's business. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhepST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration RECEIVER = Duration.ofSeconds(60);
    private static final String PYTHON = "/usr/bin/python3";
    private static final double AMPLITUDE = 0.25;
    private static final double LOUDNESS = 32_768 * AMPLITUDE / Math.sqrt(2);

    private Product product;
    private Browser browser;
    private String guest;

    @BeforeAll
    void start() throws Exception {
        Path keys = Files.createTempFile("macemu-st-", ".key");
        keys.toFile().deleteOnExit();
        Files.writeString(keys, "q".repeat(43) + "\n");
        guest = new AccessTokens(keys, "mac").issue(AccessRole.GUEST, "a player", Duration.ofMinutes(10));
        product = Product.start(WhepST.class, Map.of("MACEMU_ACCESS_KEY_FILE", keys.toString()));
        SyntheticEmulator emulator =
                product.owns(SyntheticEmulator.start(product.emulator().build()));
        emulator.tone(440, AMPLITUDE);
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @AfterEach
    void nobodyIsLeft() {
        Await.until("nobody watches", SOON, () -> {
            double viewers = product.metrics().sum("macemu_viewers") + product.metrics().sum("macemu_sessions");
            return viewers == 0 ? null : viewers + " viewers and sessions";
        }, product::logTails);
    }

    private String endpoint() {
        return "http://127.0.0.1:" + product.port(Part.SIGNALING) + "/whep";
    }

    @ParameterizedTest
    @CsvSource({
        "aiortc, import aiortc, python3-aiortc",
        "gstreamer, 'import gi; gi.require_version(\"GstWebRTC\", \"1.0\")',"
                + " python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice",
    })
    void otherReceivers(String receiver, String needs, String packages) throws Exception {
        Path folder = Product.root().resolve("bench/receivers").resolve(receiver);
        assumeTrue(
                Command.run(folder, RECEIVER, PYTHON, "-c", needs).status() == 0,
                receiver + " is missing: apt-get install " + packages);
        Command run = Command.run(
                folder, RECEIVER, "env", "WHEP_TOKEN=" + guest, PYTHON, "receive.py", endpoint(), "60");
        assertEquals(0, run.status(), run.output());
        JsonNode figures = new ObjectMapper().readTree(run.lastLine());
        assertTrue(figures.path("pictures").asInt() >= 60, run.output());
        assertTrue(figures.path("sounds").asInt() >= 60, run.output());
        assertEquals(640, figures.path("width").asInt(), run.output());
        assertEquals(480, figures.path("height").asInt(), run.output());
        assertEquals(LOUDNESS, figures.path("loudness").asDouble(), LOUDNESS * 0.15, run.output());
        System.out.println("WHEP " + receiver + " " + run.lastLine());
    }

    @Test
    void withoutATokenNobodyWatches() throws Exception {
        var answer = product.send(HttpRequest.newBuilder(URI.create(endpoint()))
                .header("Content-Type", "application/sdp")
                .POST(HttpRequest.BodyPublishers.ofString("v=0\r\n")));
        assertEquals(401, answer.statusCode(), answer.body());
        assertTrue(answer.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Bearer"));
    }

    @Test
    void aPlayerInABrowserRestartsIceAndLeaves() {
        // A page of another origin on this machine: what it may do is CORS' business.
        String elsewhere = "http://127.0.0.1:" + product.port(Part.MEDIA) + "/q/health/live";
        try (ViewerPage page = browser.open(product, elsewhere)) {
            page.expectErrors("favicon");
            page.page().addScriptTag(new com.microsoft.playwright.Page.AddScriptTagOptions().setContent(player()));
            JsonNode joined = page.evaluate("whepPlayer.play('" + endpoint() + "', '" + guest + "')");
            assertEquals(201, joined.path("status").asInt(), joined.toString());
            assertEquals(1, joined.path("streams").size(), "one media stream: " + joined);
            awaitPictures(page, 0);

            JsonNode restarted = page.evaluate("whepPlayer.restart()");
            assertEquals(200, restarted.path("status").asInt(), restarted.toString());
            assertNotEquals(joined.path("tag").asText(), restarted.path("tag").asText());
            assertNotEquals(joined.path("ufrag").asText(), restarted.path("ufrag").asText());
            Await.until("the new ICE session is in use", SOON, () -> {
                JsonNode stats = page.evaluate("whepPlayer.stats()");
                boolean used = stats.path("state").asText().equals("connected")
                        && stats.path("remote").toString().contains(restarted.path("ufrag").asText());
                return used ? null : stats.toString();
            }, product::logTails);
            awaitPictures(page, page.evaluate("whepPlayer.stats()").path("pictures").asLong());

            assertEquals(200, page.evaluate("whepPlayer.leave()").asInt());
            nobodyIsLeft();
        }
    }

    private void awaitPictures(ViewerPage page, long before) {
        Await.until("pictures and sound", SOON, () -> {
            JsonNode stats = page.evaluate("whepPlayer.stats()");
            boolean plays = stats.path("pictures").asLong() > before + 30
                    && stats.path("sound").asLong() > 48_000
                    && stats.path("width").asInt() == 640;
            return plays ? null : stats.toString();
        }, product::logTails);
    }

    private static String player() {
        try (InputStream in = WhepST.class.getResourceAsStream("/page/whep-player.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
