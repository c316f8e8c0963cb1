package org.macemu.webrtc.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.TestBrowser;
import org.macemu.webrtc.testing.ServiceProcess;

/** The packaged service as a process of its own: how it starts, refuses to start, and ends. */
class ProcessIT {

    @Test
    void saysGoodbyeToBrowsersAndTheMediaServiceWhenItEnds() throws Exception {
        int mediaPort = MediaAddress.freePort();
        int port = MediaAddress.freePort();
        try (ScriptedMedia media = ScriptedMedia.start(mediaPort);
                ServiceProcess service = ServiceProcess.start(
                        "-Dquarkus.http.port=" + port,
                        "-Dmacemu.media.port=" + mediaPort,
                        "-Dmacemu.signaling.joins-per-second=0.01",
                        "-Dmacemu.signaling.join-burst=2",
                        "-Dquarkus.log.console.json.enabled=true")) {
            service.awaitOutput("Listening on");
            try (TestBrowser first = TestBrowser.open(port);
                    TestBrowser second = TestBrowser.open(port)) {
                first.next("welcome");
                second.next("welcome");
                ScriptedMedia.Call a = media.nextCall();
                ScriptedMedia.Call b = media.nextCall();

                TestBrowser third = TestBrowser.open(port);
                JsonNode limited = third.next("error");
                assertEquals("rate_limited", limited.path("code").asText());
                assertTrue(limited.path("fatal").asBoolean());
                assertEquals(1013, third.closed().code());

                service.terminate();
                for (TestBrowser browser : new TestBrowser[] {first, second}) {
                    JsonNode goodbye = browser.next("goodbye");
                    assertEquals("shutdown", goodbye.path("reason").asText());
                    assertEquals(1000, goodbye.path("retryAfterMs").asInt());
                    assertEquals(1001, browser.closed().code());
                }
                assertEquals("half-closed", a.end());
                assertEquals("half-closed", b.end());
                // 143 = 128 + SIGTERM, as Quarkus ends after a signal.
                assertEquals(143, service.exitCode());
            }
            String line = service.output().lines().filter(text -> text.startsWith("{")).findFirst().orElseThrow();
            assertTrue(new ObjectMapper().readTree(line).has("message"), line);
        }
    }

    @Test
    void anOccupiedPortEndsTheStartWithOneSentence() throws Exception {
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServiceProcess service =
                        ServiceProcess.start("-Dquarkus.http.port=" + occupant.getLocalPort())) {
            assertEquals(1, service.exitCode());
            String output = service.output().strip();
            assertTrue(output.contains("cannot listen on 127.0.0.1:" + occupant.getLocalPort()), output);
            assertFalse(output.contains("\tat "), output);
            assertEquals(1, output.lines().count(), output);
        }
    }

    @Test
    void anAddressOthersReachEndsTheStartWithOneSentence() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                "-Dquarkus.http.host=0.0.0.0", "-Dquarkus.http.port=" + MediaAddress.freePort())) {
            assertEquals(1, service.exitCode());
            String output = service.output().strip();
            assertTrue(output.contains("macemu.insecure-bind=true"), output);
            assertEquals(1, output.lines().count(), output);
        }
    }
}
