package org.macemu.webrtc.signaling;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.signaling.testing.MediaAddress;

/** Who may open a WebSocket, asked over a plain socket because Host and Origin are the point; the HTTP beside it. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class UpgradeIT {

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ParameterizedTest
    @CsvSource({
        "localhost:8090, http://localhost:8000, 101",
        "127.0.0.1, , 101",
        "localhost, https://mac.example.org, 101",
        "proxy.example.org, https://proxy.example.org, 101",
        "localhost, https://evil.example.org, 403",
        "localhost, null, 403",
        "evil.example.org, http://evil.example.org, 403",
        "evil.example.org, , 403"
    })
    void checksHostAndOrigin(String host, String origin, int status) throws Exception {
        assertEquals(status, handshake(host, origin));
    }

    private int handshake(String host, String origin) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(8_000);
            socket.getOutputStream()
                    .write(("GET /signaling HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + (origin == null ? "" : "Origin: " + origin + "\r\n") + "\r\n")
                            .getBytes(US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            return Integer.parseInt(line.split(" ")[1]);
        }
    }

    @Test
    void withoutAnUpgradeThereIsNothing() throws Exception {
        assertEquals(404, get("/signaling").statusCode());
        assertEquals(404, get("/").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health/live", "/q/health/ready", "/q/health/started"})
    void isHealthyWithoutAMediaService(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertEquals(200, response.statusCode(), response.body());
        assertTrue(response.body().contains("\"UP\""), response.body());
    }

    @Test
    void countsBrowsersAndMessages() throws Exception {
        System.gc();
        String metrics = get("/q/metrics").body();
        assertTrue(metrics.contains("macemu_signaling_browsers"), metrics);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
