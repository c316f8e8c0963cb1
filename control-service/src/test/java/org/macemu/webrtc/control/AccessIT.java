package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.body;
import static org.macemu.webrtc.control.testing.RestClient.problem;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.grpc.Screenshot;
import org.macemu.webrtc.control.testing.AccessKeyFile;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;
import org.macemu.webrtc.control.testing.ScriptedMedia;

/** A server with a key file: who may do what, with real signed tokens. */
@QuarkusTest
@TestProfile(AccessKeyFile.class)
@QuarkusTestResource(MediaAddress.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessIT {

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ConfigProperty(name = "macemu.access.key-file")
    Path keyFile;

    private ScriptedMedia media;
    private RestClient client;
    private AccessTokens tokens;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.start(mediaPort)
                .screenshot(Screenshot.newBuilder().setPng(ByteString.copyFromUtf8("a picture")).build());
        client = new RestClient(port);
        tokens = new AccessTokens(keyFile, "mac");
        media.awaitReached(client, "Authorization", bearer(AccessRole.OWNER));
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    private String bearer(AccessRole role) {
        return "Bearer " + tokens.issue(role, "Ada", Duration.ofMinutes(1));
    }

    private HttpResponse<String> as(String authorization, String method, String path, String body) throws Exception {
        return client.send(
                method, path, body, "Content-Type", "application/json", "Authorization", authorization);
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /api/v1/status | | guest",
                "GET | /api/v1/screenshot | | guest",
                "GET | /api/v1/connection | | guest",
                "GET | /api/status | | guest",
                "POST | /api/v1/input | {\"type\":\"a\"} | controller",
                "GET | /api/v1/config | | owner",
                "PATCH | /api/v1/config | {\"a\":1} | owner",
                "GET | /api/v1/storage | | owner",
                "GET | /api/v1/viewers | | owner",
                "DELETE | /api/v1/viewers/v-1 | | owner",
                "PATCH | /api/v1/viewers/v-1 | {\"role\":\"owner\"} | owner",
                "POST | /api/v1/restart | | owner",
                "POST | /api/v1/shutdown | | owner",
                "POST | /api/config | {\"a\":1} | owner",
                "POST | /api/restart | | owner",
                "POST | /api/emulator/stop | | owner",
                "POST | /api/v1/invitations | {\"role\":\"guest\"} | owner"
            })
    void everyEndpointAsksForItsRole(String method, String path, String body, String needed) throws Exception {
        HttpResponse<String> none = client.json(method, path, body);
        problem(none, 401, "token-required");
        assertTrue(none.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Bearer"));
        for (AccessRole role : AccessRole.values()) {
            HttpResponse<String> response = as(bearer(role), method, path, body);
            if (role.covers(AccessRole.of(needed).orElseThrow())) {
                assertTrue(
                        response.statusCode() != 401 && response.statusCode() != 403,
                        () -> role + ": " + response.statusCode() + " " + response.body());
            } else {
                problem(response, 403, "role-insufficient");
            }
        }
        assertTrue(media.calls().size() <= 3, () -> media.calls().toString());
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource({
        "/api//v1/config", "/api/v1//config", "/api/v1/%63onfig", "/api/v1/./config", "/api/v1/status/../config",
        "/%61pi/v1/config", "//api/v1/config", "/api/v1/config;a=b", "/api/v1/config/", "/x/../api/v1/config"
    })
    void noSpellingOfAPathLeadsAroundTheRules(String path) throws Exception {
        for (String authorization : new String[] {"Basic YTpi", bearer(AccessRole.GUEST)}) {
            int status = client.get(path, "Authorization", authorization).statusCode();
            assertTrue(status >= 400 && status < 500, () -> path + " " + status);
        }
        assertTrue(media.calls().isEmpty(), () -> media.calls().toString());
    }

    @Test
    @Order(3)
    void aLinkBecomesACookie() throws Exception {
        JsonNode link = body(as(
                bearer(AccessRole.OWNER),
                "POST",
                "/api/v1/invitations",
                "{\"role\":\"controller\",\"name\":\"Grace\",\"expiresIn\":60}"));
        String token = link.path("token").asText();
        assertEquals(client.origin() + "/?token=" + token, link.path("link").asText());
        HttpResponse<String> session = client.json("POST", "/api/v1/session", "{\"token\":\"" + token + "\"}");
        assertEquals("controller", body(session).path("role").asText());
        assertEquals("Grace", body(session).path("name").asText());
        String cookie = session.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(cookie.contains("HttpOnly") && cookie.matches("(?i).*SameSite=\"?Strict.*"), cookie);
        String pair = cookie.substring(0, cookie.indexOf(';'));
        assertEquals(200, client.get("/api/v1/status", "Cookie", pair).statusCode());
        problem(client.get("/api/v1/config", "Cookie", pair), 403, "role-insufficient");
        // A cookie alone does not make another site's request one of ours.
        problem(
                client.send("POST", "/api/v1/input", "{\"type\":\"a\"}", "Cookie", pair, "Content-Type",
                        "text/plain", "Origin", "https://evil.example.org"),
                403,
                "cross-site-request");
        HttpResponse<String> closed = client.json("DELETE", "/api/v1/session", null);
        assertEquals(204, closed.statusCode());
        assertTrue(closed.headers().firstValue("Set-Cookie").orElseThrow().contains("Max-Age=0"));
        for (String bad : new String[] {
            "{\"role\":\"king\"}", "{}", "[]", "{\"role\":\"guest\",\"expiresIn\":1}",
            "{\"role\":\"guest\",\"expiresIn\":\"x\"}", "{\"role\":\"guest\",\"name\":\"" + "x".repeat(41) + "\"}"
        }) {
            problem(as(bearer(AccessRole.OWNER), "POST", "/api/v1/invitations", bad), 400, "invalid-request");
        }
    }

    @Test
    @Order(4)
    void thePageAndHealthNeedNoToken() throws Exception {
        for (String path : new String[] {"/", "/client/app.js", "/q/health/live", "/api/v1/openapi"}) {
            assertEquals(200, client.get(path).statusCode(), path);
        }
    }

    @Test
    @Order(5)
    void nobodySignsInWithoutAProvider() throws Exception {
        problem(client.get("/api/v1/login"), 404, "not-found");
        problem(client.get("/api/v1/login", "Authorization", bearer(AccessRole.OWNER)), 404, "not-found");
    }

    @Test
    @Order(6)
    void badTokensAreRefusedAndThenNotLookedAtAnyMore() throws Exception {
        String expired = tokens.issue(AccessRole.OWNER, "", Duration.ofSeconds(-1));
        problem(as("Bearer " + expired, "GET", "/api/v1/status", null), 401, "token-required");
        for (int i = 0; i < 19; i++) {
            problem(client.json("POST", "/api/v1/session", "{\"token\":\"x\"}"), 401, "token-required");
        }
        problem(client.json("POST", "/api/v1/session", "{\"token\":\"x\"}"), 429, "too-many-failures");
        problem(as(bearer(AccessRole.OWNER), "GET", "/api/v1/status", null), 429, "too-many-failures");
    }
}
