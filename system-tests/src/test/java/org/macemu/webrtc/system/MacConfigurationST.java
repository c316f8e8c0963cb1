package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.BasiliskMac;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * The real Basilisk II changed through the API while somebody watches: another memory and screen, a ROM that is none,
 * and one restart after the other.
 *
 * <p>{@code -Dmacemu.restarts=1000} restarts it that often instead.
 */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MacConfigurationST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int RESTARTS = Integer.getInteger("macemu.restarts", 100);

    /** Memory that a JVM takes for its code, its buffers and its heap while it does the same thing again. */
    private static final long SLACK_KILOBYTES = 48 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Product product;
    private BasiliskMac mac;
    private Browser browser;
    private ViewerPage page;
    private int starts = 1;

    @BeforeAll
    void start() throws Exception {
        String missing = BasiliskMac.missing();
        if (missing != null) {
            BasiliskMac.announceSkip(MacConfigurationST.class, missing);
        }
        assumeTrue(missing == null, () -> "Basilisk II cannot be had: " + missing);
        product = Product.start(MacConfigurationST.class);
        mac = BasiliskMac.start(product, product.controlSocket(), "--prefs", preferences().toString());
        Files.copy(BasiliskMac.demoRom(), BasiliskMac.roms(product).resolve("Demo.ROM"));
        Files.write(BasiliskMac.roms(product).resolve("Wrong.ROM"), new byte[512 * 1024]);
        browser = product.owns(Browser.start());
        mac.awaitStart(1, SOON);
        page = browser.open(product, "").awaitPicture();
        page.awaitSize(640, 480);
    }

    @AfterAll
    void stop() {
        if (page != null) {
            page.close();
        }
        if (product != null) {
            product.close();
        }
    }

    private Path preferences() {
        return product.folder().resolve("prefs");
    }

    private HttpResponse<String> call(String method, String path, String body) throws IOException {
        return product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.port(Part.CONTROL) + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private void change(String config) throws IOException {
        HttpResponse<String> answer = call("PATCH", "/api/v1/config", config);
        assertEquals(204, answer.statusCode(), answer.body());
    }

    private void restart() throws IOException {
        HttpResponse<String> answer = call("POST", "/api/v1/restart", "{}");
        assertEquals(2, answer.statusCode() / 100, answer.body());
    }

    @Test
    @Order(1)
    void anotherMemoryAndScreenAreThereAfterARestart() throws Exception {
        List<String> before = Files.readAllLines(preferences());
        change("{\"ramsize\":32,\"screen\":\"win/800/600\"}");
        page.awaitSize(640, 480);
        restart();
        mac.awaitStart(++starts, SOON);
        page.awaitPicture();
        page.awaitSize(800, 600);
        JsonNode config = JSON.readTree(product.get(Part.CONTROL, "/api/v1/config").body());
        assertEquals(32 * 1024 * 1024, config.path("ramsize").asInt());
        assertEquals("win/800/600", config.path("screen").asText());
        JsonNode video = product.status().path("video");
        assertEquals(800, video.path("width").asInt());
        assertEquals(600, video.path("height").asInt());
        // What was not named stays as it was, to the line.
        List<String> after = Files.readAllLines(preferences());
        assertEquals(
                before.stream().filter(MacConfigurationST::unchanged).toList(),
                after.stream().filter(MacConfigurationST::unchanged).toList());
        assertTrue(after.contains("ramsize 33554432") && after.contains("screen win/800/600"), after.toString());
    }

    private static boolean unchanged(String line) {
        return !line.startsWith("ramsize ") && !line.startsWith("screen ");
    }

    @Test
    @Order(2)
    void aWrongRomIsAnErrorThatAPersonUnderstands() throws Exception {
        change("{\"rom\":\"Wrong.ROM\"}");
        restart();
        Await.until("the API says what is wrong", SOON, () -> {
            JsonNode status = product.status().path("emulator").path("status");
            boolean told = !status.path("running").asBoolean(true)
                    && status.path("state").asText().equals("failed")
                    && status.path("error").asText().contains("ROM");
            return told ? null : status.toString();
        }, () -> mac.log());
        String words = product.status().path("emulator").path("status").path("error").asText();
        page.await("the page says what is wrong", SOON, () -> {
            String overlay = page.overlay();
            return overlay.contains(words) ? null : "it says " + overlay;
        });
        System.out.println("WRONG ROM: API and page say: " + words);
        starts++;

        change("{\"rom\":\"Demo.ROM\",\"screen\":\"win/640/480\"}");
        restart();
        mac.awaitStart(++starts, SOON);
        page.awaitPicture();
        page.awaitSize(640, 480);
        page.await("the complaint is gone", SOON, () -> page.overlay().isEmpty() ? null : page.overlay());
    }

    @Test
    @Order(3)
    void restartsLeaveNothing() throws Exception {
        // What is loaded and compiled only once is there after some.
        int warmUp = 5;
        restartTimes(warmUp);
        long agent = mac.agent();
        long media = product.service(Part.MEDIA).pid();
        ResourceUse agentBefore = settled(agent);
        ResourceUse mediaBefore = settled(media);
        long segmentsBefore = segments();
        restartTimes(RESTARTS);
        page.awaitPicture();
        ResourceUse agentAfter = settled(agent);
        ResourceUse mediaAfter = settled(media);
        System.out.printf("RESTARTS %d: agent %s%n  -> %s%n", RESTARTS, agentBefore, agentAfter);
        System.out.printf("RESTARTS %d: media-service %s%n  -> %s%n", RESTARTS, mediaBefore, mediaAfter);
        System.out.printf("RESTARTS %d: segments %d -> %d%n", RESTARTS, segmentsBefore, segments());

        assertEquals(agentBefore.threads(), agentAfter.threads());
        assertEquals(agentBefore.descriptors(), agentAfter.descriptors());
        assertEquals(1, agentAfter.children(), "the one emulator");
        assertTrue(agentAfter.residentKilobytes() <= agentBefore.residentKilobytes() + 512, agentAfter.toString());
        // Threads of pools come and go; one thread or descriptor a restart would be more.
        int few = Math.max(4, RESTARTS / 4);
        assertTrue(mediaAfter.threads() <= mediaBefore.threads() + few, mediaAfter.toString());
        assertTrue(mediaAfter.descriptors() <= mediaBefore.descriptors() + few, mediaAfter.toString());
        assertEquals(mediaBefore.sharedMappings(), mediaAfter.sharedMappings());
        assertTrue(
                mediaAfter.residentKilobytes() <= mediaBefore.residentKilobytes() + SLACK_KILOBYTES,
                mediaAfter.toString());
        assertEquals(segmentsBefore, segments());
    }

    private void restartTimes(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            restart();
            mac.awaitStart(++starts, SOON);
        }
    }

    /** A moment after the last start, when what belonged to the one before is gone. */
    private static ResourceUse settled(long pid) throws Exception {
        ResourceUse[] last = {ResourceUse.of(pid)};
        Await.until("what process " + pid + " holds stays the same", SOON, () -> {
            ResourceUse before = last[0];
            Thread.sleep(1_000);
            last[0] = ResourceUse.of(pid);
            boolean settled = before.threads() == last[0].threads()
                    && before.descriptors() == last[0].descriptors()
                    && before.children() == last[0].children();
            return settled ? null : before + " -> " + last[0];
        });
        return last[0];
    }

    private long segments() throws IOException {
        String prefix = product.videoSegment().getFileName().toString().replaceAll("-video$", "");
        try (Stream<Path> files = Files.list(product.videoSegment().getParent())) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix)).count();
        }
    }
}
