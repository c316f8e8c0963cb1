package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;
import org.macemu.webrtc.testing.ServiceProcess;

/** The packaged service as a process of its own: how it starts, refuses to start, and ends. */
class ProcessIT {

    @Test
    void servesThePageAndTheConfiguredSignalling() throws Exception {
        int port = MediaAddress.freePort();
        try (ServiceProcess service = ServiceProcess.start(
                "-Dquarkus.http.port=" + port,
                "-Dmacemu.signaling.url=wss://mac.example.org/signaling",
                "-Dmacemu.signaling.port=18090",
                "-Dquarkus.log.console.json.enabled=true")) {
            service.awaitOutput("Listening on");
            RestClient client = new RestClient(port);
            assertEquals(
                    new ObjectMapper().readTree("{\"signalingUrl\":\"wss://mac.example.org/signaling\","
                            + "\"signalingPort\":18090,\"signalingPath\":\"/signaling\"}"),
                    RestClient.body(client.get("/api/v1/connection")));
            var page = client.get("/");
            assertEquals(200, page.statusCode());
            assertEquals(
                    304,
                    client.get("/", "If-Modified-Since", page.headers().firstValue("Last-Modified").orElseThrow())
                            .statusCode());
            service.terminate();
            // 143 = 128 + SIGTERM, as Quarkus ends after a signal.
            assertEquals(143, service.exitCode());
            String line = service.output().lines().filter(text -> text.startsWith("{")).findFirst().orElseThrow();
            assertTrue(new ObjectMapper().readTree(line).has("message"), line);
        }
    }

    @Test
    void anOccupiedPortEndsTheStartWithOneSentence() throws Exception {
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServiceProcess service = ServiceProcess.start("-Dquarkus.http.port=" + occupant.getLocalPort())) {
            assertEquals(1, service.exitCode());
            String output = service.output().strip();
            assertTrue(output.contains("cannot listen on 127.0.0.1:" + occupant.getLocalPort()), output);
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
