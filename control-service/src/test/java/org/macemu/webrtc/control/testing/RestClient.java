package org.macemu.webrtc.control.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests to the service under test as programs make them. Every answer is held against the API's description. */
public final class RestClient {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final String base;
    private Contract contract;

    public RestClient(int port) {
        this(port, HttpClient.Version.HTTP_1_1);
    }

    private RestClient(int port, HttpClient.Version version) {
        this.client = HttpClient.newBuilder().version(version).build();
        this.base = "http://127.0.0.1:" + port;
    }

    /** One that upgrades its connection to HTTP/2. */
    public static RestClient http2(int port) {
        return new RestClient(port, HttpClient.Version.HTTP_2);
    }

    /** The origin of the service's own pages. */
    public String origin() {
        return base;
    }

    /** {@code headers} are names and values in turn. */
    public HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        contract().check(method, path, response.statusCode(), response.headers(), response.body());
        return response;
    }

    /** A body of bytes, and an answer of bytes. */
    public HttpResponse<byte[]> transfer(String method, String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
        contract().check(method, path, response.statusCode(), response.headers(), response.body());
        return response;
    }

    private Contract contract() throws Exception {
        if (contract == null) {
            HttpRequest description = HttpRequest.newBuilder(URI.create(base + "/api/v1/openapi.json"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            contract = new Contract(client.send(description, BodyHandlers.ofString()).body());
        }
        return contract;
    }

    public HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    /** A body that is not text. */
    public HttpResponse<byte[]> bytes(String path, String... headers) throws Exception {
        return transfer("GET", path, null, headers);
    }

    public HttpResponse<String> json(String method, String path, String body) throws Exception {
        return send(method, path, body, "Content-Type", "application/json");
    }

    /** The body of a success. */
    public static JsonNode body(HttpResponse<String> response) throws JsonProcessingException {
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    /** The same for an answer of bytes. */
    public static String problemOf(HttpResponse<byte[]> response, int status, String type) throws JsonProcessingException {
        return problem(
                new String(response.body(), StandardCharsets.UTF_8),
                response.headers().firstValue("Content-Type").orElse("missing"),
                response.statusCode(),
                status,
                type);
    }

    /** Checks that this is a problem detail (RFC 9457) of that type and status, and returns its detail. */
    public static String problem(HttpResponse<String> response, int status, String type)
            throws JsonProcessingException {
        return problem(
                response.body(),
                response.headers().firstValue("Content-Type").orElse("missing"),
                response.statusCode(),
                status,
                type);
    }

    private static String problem(String body, String contentType, int found, int status, String type)
            throws JsonProcessingException {
        assertEquals(status, found, body);
        assertEquals("application/problem+json", contentType, body);
        JsonNode problem = JSON.readTree(body);
        assertEquals("urn:macemu:problem:" + type, problem.path("type").asText());
        assertEquals(status, problem.path("status").asInt());
        assertFalse(problem.path("title").asText().isBlank());
        assertFalse(problem.path("detail").asText().isBlank());
        return problem.path("detail").asText();
    }
}
