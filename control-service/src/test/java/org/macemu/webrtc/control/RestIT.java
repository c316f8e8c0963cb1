package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.body;
import static org.macemu.webrtc.control.testing.RestClient.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.Storage;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;
import org.macemu.webrtc.control.testing.ScriptedMedia;

/** The REST API against the other end of the gRPC contract. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class RestIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    private ScriptedMedia media;
    private RestClient client;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.start(mediaPort);
        client = new RestClient(port);
        media.awaitReached(client);
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    @Test
    void tellsWhereToSignal() throws Exception {
        assertEquals(
                JSON.readTree("{\"signalingUrl\":null,\"signalingPort\":8090,\"signalingPath\":\"/signaling\"}"),
                body(client.get("/api/v1/connection")));
        assertEquals(List.of(), media.calls());
    }

    @Test
    void tellsTheStatus() throws Exception {
        media.status(SessionStatus.newBuilder()
                .setEmulatorConnected(true)
                .setEmulatorPid(123)
                .setEmulatorStatusJson("{\"type\":\"status\",\"running\":true,\"fps\":30}")
                .setWidth(640)
                .setHeight(480)
                .setCaptureFps(59.5)
                .setFramesCaptured(9_000_000_000L)
                .setFramesEncoded(7)
                .setViewers(2)
                .setUptimeSeconds(12.5)
                .setAudioSampleRate(44_100)
                .setAudioChannels(2)
                .setVideoSegment("v1, 640x480")
                .setInputToEmulatorMs(0.25)
                .setEncodeMs(Double.NaN)
                .setFrameToWireMs(Double.NaN)
                .build());
        assertEquals(
                JSON.readTree("""
                        {"emulator":{"connected":true,"pid":123,
                                     "status":{"type":"status","running":true,"fps":30}},
                         "video":{"width":640,"height":480,"captureFps":59.5,"framesCaptured":9000000000,
                                  "framesEncoded":7,"segment":"v1, 640x480"},
                         "audio":{"sampleRate":44100,"channels":2},
                         "delay":{"inputToEmulatorMs":0.25,"encodeMs":null,"frameToWireMs":null},
                         "viewers":2,"uptimeSeconds":12.5}"""),
                body(client.get("/api/v1/status")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "{\"a\":"})
    void aStatusLineThatIsNoneIsNull(String line) throws Exception {
        media.status(SessionStatus.newBuilder()
                .setEmulatorStatusJson(line)
                .setCaptureFps(Double.NaN)
                .setUptimeSeconds(Double.POSITIVE_INFINITY)
                .build());
        var status = body(client.get("/api/v1/status"));
        assertTrue(status.path("emulator").path("status").isNull());
        assertTrue(status.path("emulator").path("pid").isNull());
        assertEquals(0, status.path("video").path("captureFps").asDouble());
    }

    @Test
    void passesTheConfigurationThrough() throws Exception {
        media.config("{\"rom\":\"Quadra.ROM\",\"ramsize\":16777216,\"disk\":[\"a\",\"b\"],"
                + "\"big\":12345678901234567890}");
        assertEquals(
                JSON.readTree("{\"rom\":\"Quadra.ROM\",\"ramsize\":16777216,\"disk\":[\"a\",\"b\"],"
                        + "\"big\":12345678901234567890}"),
                body(client.get("/api/v1/config")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "17", "{\"a\""})
    void aConfigurationThatIsNoObjectIsNotPassedOn(String json) throws Exception {
        media.config(json);
        problem(client.get("/api/v1/config"), 502, "media-failed");
    }

    @Test
    void changesOnlyWhatIsNamed() throws Exception {
        HttpResponse<String> changed = client.json("PATCH", "/api/v1/config", "{ \"ramsize\" : 16 }");
        assertEquals(204, changed.statusCode(), changed.body());
        assertEquals(
                204,
                client.send(
                                "PATCH",
                                "/api/v1/config",
                                "{\"disk\":[\"a\",\"b\"],\"fps\":29.97}",
                                "Content-Type",
                                "application/merge-patch+json; charset=UTF-8")
                        .statusCode());
        assertEquals(
                List.of("set_config {\"ramsize\":16}", "set_config {\"disk\":[\"a\",\"b\"],\"fps\":29.97}"),
                media.calls());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "null", "\"x\"", "{}", "{\"a\":null}", "{\"a\":{\"b\":1}}", "{\"a b\":1}",
                "{\"a\":1}{\"b\":2}", "{\"a\":1,\"a\":2}", "{\"a\":\"x\\ny z\"}", "{\"a\":NaN}"})
    void aChangeThatDoesNotFitReachesNobody(String json) throws Exception {
        problem(client.json("PATCH", "/api/v1/config", json), 400, "invalid-request");
        assertEquals(List.of(), media.calls());
    }

    @Test
    void restartsAndShutsDown() throws Exception {
        assertEquals(202, client.json("POST", "/api/v1/restart", "").statusCode());
        assertEquals(
                202, client.send("POST", "/api/v1/shutdown", null, "Origin", client.origin()).statusCode());
        assertEquals(List.of("restart", "shutdown"), media.calls());
    }

    @Test
    void listsTheImages() throws Exception {
        media.storage(Storage.newBuilder().addRoms("Quadra.ROM").addDisks("System7.img").addDisks("<b>.img").build());
        assertEquals(
                JSON.readTree("{\"roms\":[\"Quadra.ROM\"],\"disks\":[\"System7.img\",\"<b>.img\"]}"),
                body(client.get("/api/v1/storage")));
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, 503, emulator-not-connected",
        "DEADLINE_EXCEEDED, 504, emulator-timeout",
        "FAILED_PRECONDITION, 409, emulator-refused",
        "INVALID_ARGUMENT, 400, invalid-request",
        "INTERNAL, 502, media-failed",
        "UNIMPLEMENTED, 502, media-failed",
        "UNAUTHENTICATED, 502, media-failed"
    })
    void failuresOfTheContractBecomeProblems(Status.Code code, int status, String type) throws Exception {
        media.failing(code.toStatus().withDescription("Failed to save: d\u00efsk \"full\" 100%"));
        for (HttpResponse<String> response : List.of(
                client.get("/api/v1/config"),
                client.get("/api/v1/storage"),
                client.json("PATCH", "/api/v1/config", "{\"a\":1}"),
                client.json("POST", "/api/v1/restart", null),
                client.json("POST", "/api/v1/shutdown", null))) {
            String detail = problem(response, status, type);
            assertTrue(detail.contains("Failed to save: d\u00efsk \"full\" 100%"), detail);
        }
        media.failing(code.toStatus());
        problem(client.get("/api/v1/config"), status, type);
    }

    @Test
    void aMediaServiceThatDoesNotAnswerIsNotWaitedForForever() throws Exception {
        media.silent();
        long start = System.nanoTime();
        String detail = problem(client.get("/api/v1/status"), 504, "media-timeout");
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(detail.contains(MediaAddress.CALL_TIMEOUT_MS + " ms"), detail);
        assertTrue(millis < MediaAddress.CALL_TIMEOUT_MS * 4, () -> millis + " ms");
    }

    @Test
    void anAbsentMediaServiceIsNamedAndItsReturnIsNoticedAtOnce() throws Exception {
        media.close();
        for (int i = 0; i < 3; i++) {
            String detail = problem(client.get("/api/v1/status"), 503, "media-unavailable");
            assertTrue(detail.contains("127.0.0.1:" + mediaPort), detail);
        }
        problem(client.json("POST", "/api/v1/restart", null), 503, "media-unavailable");
        assertEquals(200, client.get("/api/v1/connection").statusCode());
        media = ScriptedMedia.start(mediaPort);
        assertEquals(200, client.get("/api/v1/status").statusCode());
    }
}
