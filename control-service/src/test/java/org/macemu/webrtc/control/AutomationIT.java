package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.body;
import static org.macemu.webrtc.control.testing.RestClient.problem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.Screenshot;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;
import org.macemu.webrtc.control.testing.ScriptedMedia;

/** Screenshot, input, viewers and the unversioned endpoints, against the other end of the gRPC contract. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class AutomationIT {

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
    void aScreenshotIsServedWithATagOfItsOwn() throws Exception {
        // As large as a full screen: beyond what a gRPC client reads by default.
        byte[] png = new byte[1_000_000];
        new Random(1).nextBytes(png);
        media.screenshot(Screenshot.newBuilder().setPng(ByteString.copyFrom(png)).build());
        HttpResponse<byte[]> shot = client.bytes("/api/v1/screenshot");
        assertEquals(200, shot.statusCode());
        assertEquals("image/png", shot.headers().firstValue("Content-Type").orElseThrow());
        assertEquals("no-store", shot.headers().firstValue("Cache-Control").orElseThrow());
        assertTrue(Arrays.equals(png, shot.body()));
        String tag = shot.headers().firstValue("ETag").orElseThrow();
        assertEquals(304, client.get("/api/v1/screenshot", "If-None-Match", tag).statusCode());
        png[0]++;
        media.screenshot(Screenshot.newBuilder().setPng(ByteString.copyFrom(png)).build());
        assertEquals(200, client.bytes("/api/v1/screenshot", "If-None-Match", tag).statusCode());
    }

    @Test
    void inputReachesTheMediaServiceStepByStep() throws Exception {
        assertEquals(204, client.json("POST", "/api/v1/input", "{\"press\":[\"meta\",\"q\"]}").statusCode());
        assertEquals(1, media.calls().size());
        JsonNode steps = JSON.readTree("[" + media.calls().getFirst().substring("input ".length()) + "]");
        assertEquals(4, steps.size());
        assertEquals(
                JSON.readTree("{\"type\":\"key\",\"code\":81,\"pressed\":true,\"ctrl\":false,\"alt\":false,"
                        + "\"shift\":false,\"meta\":true,\"location\":0}"),
                steps.get(1));
        problem(client.json("POST", "/api/v1/input", "{\"press\":[\"hyper\"]}"), 400, "invalid-request");
        assertEquals(1, media.calls().size());
    }

    @Test
    void viewersAreListedChangedAndSentAway() throws Exception {
        media.viewer(ViewerInfo.newBuilder()
                .setViewerId("v-1")
                .setName("Ada")
                .setRole(Role.ROLE_GUEST)
                .setRoundTripMs(Double.NaN)
                .setBytesSent(9_000_000_000L)
                .build());
        JsonNode viewer = body(client.get("/api/v1/viewers")).path("viewers").path(0);
        assertEquals("v-1", viewer.path("id").asText());
        assertEquals("guest", viewer.path("role").asText());
        assertEquals(9_000_000_000L, viewer.path("bytesSent").asLong());
        assertTrue(viewer.path("roundTripMs").isNull());
        JsonNode changed = body(client.json("PATCH", "/api/v1/viewers/v-1", "{\"role\":\"controller\"}"));
        assertEquals("controller", changed.path("role").asText());
        assertEquals(204, client.json("DELETE", "/api/v1/viewers/v-1", null).statusCode());
        assertEquals(204, client.json("DELETE", "/api/v1/viewers/v-1?invitation=keep", null).statusCode());
        problem(client.json("DELETE", "/api/v1/viewers/v-1?invitation=no", null), 400, "invalid-request");
        problem(client.json("DELETE", "/api/v1/viewers/v-2", null), 404, "viewer-unknown");
        problem(client.json("PATCH", "/api/v1/viewers/v-2", "{\"role\":\"owner\"}"), 404, "viewer-unknown");
        for (String bad : new String[] {"{}", "[]", "{", "{\"role\":\"king\"}", "{\"role\":\"guest\",\"a\":1}"}) {
            problem(client.json("PATCH", "/api/v1/viewers/v-1", bad), 400, "invalid-request");
        }
        assertEquals(
                List.of(
                        "viewers",
                        "role v-1 ROLE_CONTROLLER",
                        "remove v-1",
                        "remove v-1, may return",
                        "remove v-2",
                        "role v-2 ROLE_OWNER"),
                media.calls());
    }

    @Test
    void refusalsSayWhatWasRefused() throws Exception {
        media.failing(Status.FAILED_PRECONDITION.withDescription("A person does"));
        problem(client.json("POST", "/api/v1/input", "{\"type\":\"a\"}"), 409, "controls-held");
        problem(client.get("/api/v1/screenshot"), 409, "no-picture");
        media.failing(Status.UNAVAILABLE.withDescription("No Mac"));
        problem(client.json("POST", "/api/v1/input", "{\"type\":\"a\"}"), 503, "emulator-not-connected");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/status, 200, status",
        "GET, /api/storage, 200, storage",
        "GET, /api/config, 200, get_config",
        "POST, /api/config, 204, 'set_config {\"a\":1}'",
        "POST, /api/restart, 202, restart",
        "POST, /api/emulator/restart, 202, restart",
        "POST, /api/emulator/stop, 202, shutdown",
        "POST, /api/emulator/reset, 202, reset",
        "GET, /api/screenshot, 200, screenshot"
    })
    void oldScriptsKeepWorking(String method, String path, int status, String call) throws Exception {
        HttpResponse<String> response = method.equals("GET")
                ? client.get(path)
                : client.json(method, path, path.endsWith("config") ? "{\"a\":1}" : null);
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(List.of(call), media.calls());
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse("missing"));
    }

    @Test
    void startingLeavesAMacAloneThatRuns() throws Exception {
        for (String path : new String[] {"/api/emulator/start", "/api/v1/emulator/start"}) {
            media.status(SessionStatus.newBuilder()
                    .setEmulatorConnected(true)
                    .setEmulatorStatusJson("{\"type\":\"status\",\"running\":true}")
                    .build());
            assertEquals(204, client.json("POST", path, null).statusCode());
            media.status(SessionStatus.newBuilder()
                    .setEmulatorConnected(true)
                    .setEmulatorStatusJson("{\"type\":\"status\",\"running\":false}")
                    .build());
            assertEquals(202, client.json("POST", path, null).statusCode());
        }
        assertEquals(List.of("status", "status", "restart", "status", "status", "restart"), media.calls());
        media.failing(Status.UNAVAILABLE.withDescription("No emulator is connected"));
        problem(client.json("POST", "/api/v1/emulator/start", null), 503, "emulator-not-connected");
        problem(client.send("POST", "/api/emulator/stop", null), 403, "cross-site-request");
    }

    @Test
    void lifecycleAndLogReachTheEmulator() throws Exception {
        for (String verb : new String[] {"stop", "restart", "reset"}) {
            assertEquals(202, client.json("POST", "/api/v1/emulator/" + verb, null).statusCode());
        }
        JsonNode line = body(client.get("/api/v1/emulator/log")).at("/lines/0");
        assertEquals("2023-11-14T22:13:20.123Z", line.path("time").asText());
        assertEquals("ERROR: <b>no</b> ROM", line.path("text").asText());
        assertEquals(List.of("shutdown", "restart", "reset", "log"), media.calls());
        media.failing(Status.FAILED_PRECONDITION.withDescription("unknown type \"log\""));
        problem(client.get("/api/v1/emulator/log"), 409, "emulator-refused");
        assertEquals("POST", client.get("/api/v1/emulator/reset").headers().firstValue("Allow").orElse(""));
    }
}
