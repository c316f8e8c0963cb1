package org.macemu.webrtc.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.problem;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;

/** What every request gets and what no request may do: headers, caching, hosts, sites, sizes, methods, types. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class HttpIT {

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    private RestClient client;

    @BeforeEach
    void start() {
        client = new RestClient(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/index.html", "/reference", "/api/v1/connection", "/api/v1/status", "/nowhere",
                "/q/health/live"})
    void everyAnswerHasTheSecurityHeaders(String path) throws Exception {
        HttpResponse<String> response = client.get(path);
        String policy = header(response, "Content-Security-Policy");
        for (String directive : new String[] {
            "default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"
        }) {
            assertTrue(policy.contains(directive), policy);
        }
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("nosniff", header(response, "X-Content-Type-Options"));
        assertEquals("no-referrer", header(response, "Referrer-Policy"));
        assertEquals("same-origin", header(response, "Cross-Origin-Opener-Policy"));
        assertTrue(response.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
    }

    @Test
    void filesAreRevalidatedAndTheApiIsNotStored() throws Exception {
        HttpResponse<String> page = client.get("/");
        assertEquals(200, page.statusCode());
        assertTrue(header(page, "Content-Type").startsWith("text/html"), header(page, "Content-Type"));
        assertEquals("no-cache", header(page, "Cache-Control"));
        HttpResponse<String> again = client.get("/", "If-Modified-Since", header(page, "Last-Modified"));
        assertEquals(304, again.statusCode());
        assertEquals("no-store", header(client.get("/api/v1/connection"), "Cache-Control"));
    }

    @Test
    void filesAreCompressedWhenAskedFor() throws Exception {
        assertEquals("gzip", header(client.get("/index.html", "Accept-Encoding", "gzip"), "Content-Encoding"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nowhere", "/api", "/api/v1", "/api/v1/", "/api/v1/nowhere", "/api/v2/status",
                "/api/v1/config/rom", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/application.properties",
                "/META-INF/resources/index.html", "/q/nowhere", "/client/%00.js"})
    void nothingElseIsServed(String path) throws Exception {
        problem(client.get(path), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/v1/config, 'GET, HEAD, PATCH'",
        "PUT, /api/v1/config, 'GET, HEAD, PATCH'",
        "POST, /api/v1/status, 'GET, HEAD'",
        "PATCH, /api/v1/connection, 'GET, HEAD'",
        "POST, /api/v1/storage, 'GET, HEAD'",
        "GET, /api/v1/restart, POST",
        "GET, /api/v1/shutdown, POST",
        "GET, /api/v1/input, POST",
        "GET, /api/v1/viewers/v-1, 'DELETE, PATCH'",
        "DELETE, /api/v1/viewers, 'GET, HEAD'",
        "PUT, /api/v1/screenshot, 'GET, HEAD'",
        "DELETE, /api/v1/shutdown, POST"
    })
    void otherMethodsAreRefused(String method, String path, String allow) throws Exception {
        HttpResponse<String> response = client.json(method, path, null);
        problem(response, 405, "method-not-allowed");
        assertEquals(allow, header(response, "Allow"));
    }

    @Test
    void headWorksWhereItIsOffered() throws Exception {
        HttpResponse<String> response = client.send("HEAD", "/api/v1/connection", null);
        assertEquals(200, response.statusCode());
        assertEquals("", response.body());
    }

    @Test
    void otherMediaTypesAreRefused() throws Exception {
        String origin = client.origin();
        for (String type : new String[] {"text/plain", "application/xml", "application/x-www-form-urlencoded"}) {
            problem(
                    client.send("PATCH", "/api/v1/config", "{\"a\":1}", "Content-Type", type, "Origin", origin),
                    415,
                    "unsupported-media-type");
        }
        problem(client.get("/api/v1/connection", "Accept", "text/html"), 406, "not-acceptable");
    }

    @ParameterizedTest
    @CsvSource({
        // Content-Type, Origin (OWN: this server's), Sec-Fetch-Site
        "text/plain, , ",
        ", , ",
        "application/x-www-form-urlencoded, , ",
        "application/json, https://evil.example.org, ",
        "application/json, null, ",
        "application/json, http://127.0.0.1:1, same-site",
        "application/json, OWN, cross-site",
        "application/json, , cross-site",
        "application/json, , same-site"
    })
    void otherSitesChangeNothing(String contentType, String origin, String fetchSite) throws Exception {
        List<String> headers = new ArrayList<>();
        if (contentType != null) {
            headers.addAll(List.of("Content-Type", contentType));
        }
        if (origin != null) {
            headers.addAll(List.of("Origin", origin.equals("OWN") ? client.origin() : origin));
        }
        if (fetchSite != null) {
            headers.addAll(List.of("Sec-Fetch-Site", fetchSite));
        }
        String[] array = headers.toArray(String[]::new);
        problem(client.send("POST", "/api/v1/shutdown", null, array), 403, "cross-site-request");
        problem(client.send("PATCH", "/api/v1/config", "{\"a\":1}", array), 403, "cross-site-request");
    }

    @Test
    void preflightsGetNoPermission() throws Exception {
        HttpResponse<String> response = client.send(
                "OPTIONS",
                "/api/v1/config",
                null,
                "Origin",
                "https://evil.example.org",
                "Access-Control-Request-Method",
                "PATCH");
        assertTrue(response.headers().map().keySet().stream()
                .noneMatch(name -> name.toLowerCase().startsWith("access-control-")));
    }

    @Test
    void bodiesAreBounded() throws Exception {
        String tooLarge = "{\"a\":\"" + "x".repeat(64 * 1024) + "\"}";
        problem(client.json("PATCH", "/api/v1/config", tooLarge), 413, "body-too-large");
        problem(client.json("POST", "/api/v1/restart", "x".repeat(100_000)), 413, "body-too-large");
        // 60 KiB of the contract, reached before the 64 KiB of the body.
        String manyKeys = "{\"a\":[" + ("\"" + "x".repeat(4000) + "\",").repeat(15) + "\"" + "x".repeat(1500) + "\"]}";
        assertTrue(manyKeys.length() < 64 * 1024);
        problem(client.json("PATCH", "/api/v1/config", manyKeys), 400, "invalid-request");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8000, 200",
        "'[::1]:8000', 200",
        "127.0.0.1, 200",
        "proxy.example.org, 200",
        "PROXY.example.org:443, 200",
        "evil.example.org, 421",
        "localhost.evil.example.org, 421",
        "127.0.0.1.evil.example.org:8000, 421",
        "192.0.2.1, 421",
        "localhost/x, 400",
        "'', 421"
    })
    void onlyItsOwnNamesAreAnswered(String host, int status) throws Exception {
        assertStatus(status, raw("GET /api/v1/connection HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PATCH /api/v1/config HTTP/1.1~Host: localhost~Content-Type: application/json~"
                        + "Transfer-Encoding: chunked~~7~{\"a\":1}~0~~|411",
                "PATCH /api/v1/config HTTP/1.1~Host: localhost~Content-Type: application/json~"
                        + "Content-Length: 99999999999999999999~~|4..",
                "PATCH /api/v1/config HTTP/1.1~Host: localhost~Content-Type: application/json~"
                        + "Content-Length: -1~~|4..",
                "GET / HTTP/1.1~~|4..",
                "GET\u0000 / HTTP/1.1~Host: localhost~~|4..",
                "nonsense~~|4..",
            })
    void brokenRequestsAreRefused(String request, String status) throws Exception {
        String answer = raw(request.replace("~", "\r\n"));
        assertTrue(answer.matches("(?s)HTTP/1\\.[01] " + status + " .*"), answer);
        assertEquals(200, client.get("/api/v1/connection").statusCode());
    }

    @Test
    void http2IsTreatedAlike() throws Exception {
        // An upgrade from HTTP/1.1 for the first request, HTTP/2 for the others.
        RestClient upgrading = RestClient.http2(port);
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> page = upgrading.get("/api/v1/connection");
            assertEquals(200, page.statusCode());
            assertEquals(HttpClient.Version.HTTP_2, page.version());
        }
        problem(upgrading.get("/nowhere"), 404, "not-found");
        problem(upgrading.json("POST", "/api/v1/restart", null), 503, "media-unavailable");
        problem(upgrading.json("PATCH", "/api/v1/config", "{}"), 400, "invalid-request");
        problem(upgrading.json("PATCH", "/api/v1/config", "x".repeat(70_000)), 413, "body-too-large");
        problem(upgrading.send("POST", "/api/v1/restart", null), 403, "cross-site-request");
        assertEquals(200, upgrading.get("/api/v1/connection").statusCode());
    }

    @Test
    void headersAreBounded() throws Exception {
        String answer = raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
        assertStatus(431, answer);
    }

    private static void assertStatus(int expected, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + expected + " "), () -> "expected " + expected + ": " + answer);
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(8_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] buffer = new byte[4096];
            int read = socket.getInputStream().read(buffer);
            return read < 0 ? "" : new String(buffer, 0, read, ISO_8859_1);
        }
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("missing");
    }
}
