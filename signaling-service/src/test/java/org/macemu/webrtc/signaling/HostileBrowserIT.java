package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.TestBrowser;

/** A browser that sends too much, the wrong things, nothing, or does not read. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class HostileBrowserIT {

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    private ScriptedMedia media;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.start(mediaPort);
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    @Test
    void wrongMessagesAreAnsweredAndTheConnectionStaysUp() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            browser.send("{\"type\":\"juggle\"}");
            expectError(browser, "message_unknown_type");
            browser.send("{\"type\":");
            expectError(browser, "message_invalid");
            browser.send("\u0000\u0001\u0002");
            expectError(browser, "message_invalid");
            browser.send("x".repeat(200_000));
            expectError(browser, "message_too_large");
            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0" + "x".repeat(64 * 1024) + "\"}");
            expectError(browser, "sdp_too_large");
            browser.send("{\"type\":\"key\",\"x\":\"" + "x".repeat(1024) + "\"}");
            expectError(browser, "input_invalid");
            browser.sendBinary(new byte[] {1, 2, 3});
            expectError(browser, "message_invalid");
            browser.sendBinary(new byte[0]);
            expectError(browser, "message_invalid");
            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0\"}");
            assertEquals("v=0", call.next().getOffer().getSdp(), "nothing else reached the media-service");
        }
    }

    @Test
    void aMessageBeyondTheTransportsLimitClosesOnlyThatBrowser() throws Exception {
        try (TestBrowser other = TestBrowser.open(port)) {
            media.nextCall();
            other.next("welcome");
            TestBrowser browser = TestBrowser.open(port);
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            try {
                browser.send("x".repeat(1024 * 1024));
            } catch (ExecutionException e) {
                // The server may be gone before everything is written.
            }
            assertEquals(1009, browser.closed().code());
            assertEquals("half-closed", call.end());
            other.send("{\"type\":\"ping\"}");
            other.next("pong");
        }
    }

    @Test
    void candidatesAreCountedPerOffer() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0\"}");
            for (int i = 0; i < 1_000; i++) {
                browser.send("{\"type\":\"candidate\",\"candidate\":\"candidate:" + i + "\"}");
            }
            expectError(browser, "too_many_candidates");
            browser.send("{\"type\":\"ping\"}");
            browser.next("pong");
            call.next();
            for (int i = 0; i < 200; i++) {
                assertEquals("candidate:" + i, call.next().getCandidate().getCandidate());
            }
            assertEquals(0, call.waiting());
            browser.send("{\"type\":\"offer\",\"sdp\":\"v=0\"}");
            browser.send("{\"type\":\"candidate\",\"candidate\":\"candidate:next\"}");
            call.next();
            assertEquals("candidate:next", call.next().getCandidate().getCandidate());
        }
    }

    @Test
    void aFloodIsClosed() throws Exception {
        try (TestBrowser browser = TestBrowser.open(port)) {
            ScriptedMedia.Call call = media.nextCall();
            browser.next("welcome");
            try {
                for (int i = 0; i < 30_000 && !browser.isClosed(); i++) {
                    browser.send("{\"type\":\"mouse_move\",\"x\":1,\"y\":1}");
                }
            } catch (ExecutionException e) {
                // Closed while writing.
            }
            JsonNode error = browser.next("error");
            assertEquals("rate_limited", error.path("code").asText());
            assertTrue(error.path("fatal").asBoolean());
            assertEquals(1008, browser.closed().code());
            assertEquals("half-closed", call.end());
        }
    }

    @Test
    void silenceIsClosedAndPingsPreventIt() throws Exception {
        long start = System.nanoTime();
        try (TestBrowser silent = TestBrowser.open(port);
                TestBrowser pinging = TestBrowser.open(port)) {
            silent.next("welcome");
            pinging.next("welcome");
            while (!silent.isClosed() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
                Thread.sleep(200);
                pinging.send("{\"type\":\"ping\",\"time\":5}");
                assertEquals(5, pinging.next("pong").path("time").asInt());
            }
            assertEquals(1008, silent.closed().code());
            assertTrue(silent.closed().reason().contains("ping expected"), silent.closed().reason());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue(millis >= MediaAddress.SILENCE_MS, () -> "closed after " + millis + " ms");
            assertFalse(pinging.isClosed());
        }
    }

    @Test
    void aBrowserThatDoesNotReadIsClosedAndOthersAreNotDelayed() throws Exception {
        try (TestBrowser reading = TestBrowser.open(port)) {
            ScriptedMedia.Call callOfReading = media.nextCall();
            reading.next("welcome");
            TestBrowser stuck = TestBrowser.openWithoutReading(port);
            ScriptedMedia.Call call = media.nextCall();
            // More than the socket buffers of both ends can hold.
            MediaMessage answer = MediaMessage.newBuilder()
                    .setAnswer(Answer.newBuilder().setSdp("x".repeat(60_000)))
                    .build();
            for (int i = 0; i < 400 && !call.ended(); i++) {
                call.send(answer);
            }
            callOfReading.send(answer);
            reading.next("answer");
            assertEquals("half-closed", call.end());
            stuck.vanish();
            assertNull(reading.poll(50));
            assertFalse(reading.isClosed());
        }
    }

    private static void expectError(TestBrowser browser, String code) throws InterruptedException {
        JsonNode error = browser.next("error");
        assertEquals(code, error.path("code").asText(), () -> "found " + error);
        assertFalse(error.path("fatal").asBoolean());
        assertFalse(error.path("message").asText().isBlank());
    }
}
