package org.macemu.webrtc.media.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.media.testing.IsolatedNames;

/** What a scheduler and a dashboard ask. No emulator is connected, which is nobody's illness. */
@QuarkusTest
@QuarkusTestResource(IsolatedNames.class)
class OperationsTest {

    @TestHTTPResource
    URL url;

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url.toString()).resolve(path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"started", "live", "ready"})
    void isWellWithoutAnEmulator(String question) throws Exception {
        HttpResponse<String> answer = get("/q/health/" + question);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("UP"), answer.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "macemu_frames_captured_total{pixels=\"changed\"",
                "macemu_frames_captured_total{pixels=\"unchanged\"",
                "macemu_frames_dropped_total",
                "macemu_frames_invalid_total",
                "macemu_frames_encoded_total",
                "macemu_key_frames_total{cause=",
                "macemu_audio_underruns_total",
                "macemu_audio_skipped_total",
                "macemu_input_events_total",
                "macemu_viewers",
                "macemu_lane_viewers{lane=\"adaptive\"",
                "macemu_lane_viewers{lane=\"shared\"",
                "macemu_sessions",
                "macemu_emulator_connected",
                "macemu_capture_fps",
                "macemu_frame_to_wire_seconds_bucket",
                "macemu_adaptive_frames_encoded_total",
                "macemu_adaptive_key_frames_total",
            })
    void tellsItsFigures(String name) throws Exception {
        HttpResponse<String> answer = get("/q/metrics");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains(name), () -> name + " is not among\n" + answer.body()
                .lines()
                .filter(l -> l.startsWith("macemu"))
                .toList());
    }

    @Test
    void nobodyIsConnected() throws Exception {
        String figures = get("/q/metrics").body();
        assertTrue(figures.contains("macemu_emulator_connected 0.0"), "no emulator");
        assertTrue(figures.contains("macemu_viewers 0.0"), "no viewers");
    }
}
