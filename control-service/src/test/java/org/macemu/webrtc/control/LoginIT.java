package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.problem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.OidcProvider;
import org.macemu.webrtc.control.testing.RestClient;

/** Signing in with an OpenID Connect provider: the same build as everywhere else, switched on by configuration. */
@QuarkusTest
@TestProfile(LoginIT.SignedIn.class)
@QuarkusTestResource(value = OidcProvider.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(MediaAddress.class)
class LoginIT {

    /** A process of its own configuration. */
    public static class SignedIn implements QuarkusTestProfile {}

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ConfigProperty(name = "macemu.access.key-file")
    Path keyFile;

    /** A browser: cookies, and redirects that the test follows itself. */
    private final HttpClient browser = HttpClient.newBuilder()
            .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private HttpResponse<String> visit(URI address) throws Exception {
        return browser.send(
                HttpRequest.newBuilder(address)
                        .timeout(Duration.ofSeconds(10))
                        .header("Accept", "text/html")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI location(HttpResponse<String> response) {
        return response.uri().resolve(response.headers().firstValue("Location").orElseThrow());
    }

    /** From the link on the page to the provider and back. */
    private HttpResponse<String> signIn(String person) throws Exception {
        HttpResponse<String> toProvider = visit(URI.create("http://localhost:" + port + "/api/v1/login"));
        assertEquals(302, toProvider.statusCode(), toProvider.body());
        String authorize = location(toProvider).toString();
        assertTrue(authorize.startsWith(OidcProvider.running().issuer() + "/authorize?"), authorize);
        assertTrue(authorize.contains("response_type=code") && authorize.contains("openid"), authorize);
        HttpResponse<String> back = visit(
                URI.create(authorize + "&login_hint=" + URLEncoder.encode(person, StandardCharsets.UTF_8)));
        HttpResponse<String> here = visit(location(back));
        for (int i = 0; i < 3 && here.statusCode() == 302; i++) {
            here = visit(location(here));
        }
        return here;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"Ada:mac-admins | owner", "Grace:staff,everybody,mac-users | controller", "Joan:everybody | guest"})
    void whoSignsInHasTheRoleOfTheClaims(String person, String role) throws Exception {
        HttpResponse<String> signedIn = signIn(person);
        assertEquals(303, signedIn.statusCode(), signedIn.body());
        assertEquals("/", location(signedIn).getPath());
        String cookie = signedIn.headers().allValues("Set-Cookie").stream()
                .filter(c -> c.startsWith(AccessToken.COOKIE + "="))
                .findFirst()
                .orElseThrow();
        assertTrue(cookie.contains("HttpOnly") && cookie.matches("(?i).*SameSite=\"?Strict.*"), cookie);
        String token = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')).replace("\"", "");
        AccessToken access = new AccessTokens(keyFile, "mac").verify(token);
        assertEquals(role, access.role().text());
        assertEquals(person.substring(0, person.indexOf(':')), access.name());

        HttpResponse<String> viewers = new RestClient(port)
                .get("/api/v1/viewers", "Cookie", AccessToken.COOKIE + "=" + token);
        assertEquals(role.equals("owner"), viewers.statusCode() != 403, viewers.body());
    }

    @Test
    void whoHasNoRoleStaysOutside() throws Exception {
        HttpResponse<String> signedIn = signIn("Mallory:staff");
        assertTrue(problem(signedIn, 403, "role-insufficient").contains("realm_access/roles"));
        assertTrue(signedIn.headers().allValues("Set-Cookie").stream()
                .noneMatch(c -> c.startsWith(AccessToken.COOKIE + "=")));
    }

    @Test
    void aProgramExchangesTheProvidersToken() throws Exception {
        RestClient client = new RestClient(port);
        HttpResponse<String> answer = client.get(
                "/api/v1/login", "Authorization", "Bearer " + OidcProvider.running().tokenOf("Robot:mac-users"));
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode login = new ObjectMapper().readTree(answer.body());
        assertEquals("controller", login.path("role").asText());
        assertEquals("Robot", login.path("name").asText());
        String token = login.path("token").asText();
        assertEquals(AccessRole.CONTROLLER, new AccessTokens(keyFile, "mac").verify(token).role());
        problem(client.get("/api/v1/config", "Authorization", "Bearer " + token), 403, "role-insufficient");

        problem(
                client.get("/api/v1/login", "Authorization", "Bearer " + OidcProvider.running()
                        .forgedTokenOf("Robot:mac-admins")),
                401,
                "token-required");
        problem(client.get("/api/v1/login", "Authorization", "Bearer nonsense"), 401, "token-required");
        // Nothing but the exchange knows the provider's tokens.
        problem(
                client.get("/api/v1/status", "Authorization", "Bearer " + OidcProvider.running()
                        .tokenOf("Robot:mac-admins")),
                401,
                "token-required");
    }

    @Test
    void invitationsGoOnBesideIt() throws Exception {
        String token = new AccessTokens(keyFile, "mac").issue(AccessRole.OWNER, "", Duration.ofMinutes(1));
        RestClient client = new RestClient(port);
        int status = client.get("/api/v1/viewers", "Authorization", "Bearer " + token).statusCode();
        assertTrue(status != 401 && status != 403, "status " + status);
        problem(client.get("/api/v1/viewers"), 401, "token-required");
        assertEquals(200, client.get("/").statusCode());
    }
}
