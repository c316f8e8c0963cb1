package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;

/** Health and metrics. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class OperationsIT {

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void isHealthyWithoutAMediaService(String kind) throws Exception {
        HttpResponse<String> response = new RestClient(port).get("/q/health/" + kind);
        assertEquals(200, response.statusCode(), response.body());
        assertTrue(response.body().contains("\"name\""), () -> "no check behind it: " + response.body());
    }

    @Test
    void countsRequests() throws Exception {
        RestClient client = new RestClient(port);
        client.get("/api/v1/connection");
        assertTrue(client.get("/q/metrics").body().contains("http_server_requests_seconds"));
    }
}
