package org.macemu.webrtc.control.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small OpenID Connect provider over real HTTP: discovery, keys, authorization code flow, RS256. It lets everybody in
 * whom {@code /authorize} is asked for by the parameter {@code login_hint}: {@code name:role,role}.
 */
public final class OidcProvider implements QuarkusTestResourceLifecycleManager {

    public static final String CLIENT = "macemu";

    private static final String KEY_ID = "k1";
    private static volatile OidcProvider running;

    private final KeyPair keys = pair();
    private final Map<String, String> people = new ConcurrentHashMap<>();
    private HttpServer server;
    private Path keyFile;

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The one of the running test. */
    public static OidcProvider running() {
        return running;
    }

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            keyFile = Files.createTempFile("access", ".key");
            Files.writeString(keyFile, "q".repeat(43) + "\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/.well-known/openid-configuration", this::discovery);
        server.createContext("/keys", this::keys);
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.start();
        running = this;
        return Map.of(
                "macemu.access.key-file", keyFile.toString(),
                "macemu.access.role-claim", "realm_access/roles",
                "macemu.access.role-names", "mac-admins=owner,mac-users=controller,everybody=guest",
                "quarkus.oidc.tenant-enabled", "true",
                "quarkus.oidc.auth-server-url", issuer(),
                "quarkus.oidc.client-id", CLIENT,
                "quarkus.oidc.credentials.secret", "a-secret-of-the-client-that-is-long-enough");
    }

    @Override
    public void stop() {
        server.stop(0);
        try {
            Files.deleteIfExists(keyFile);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A token as a program gets it. */
    public String tokenOf(String person) {
        return sign(person, keys, CLIENT);
    }

    /** One that another key has signed. */
    public String forgedTokenOf(String person) {
        return sign(person, pair(), CLIENT);
    }

    private String sign(String person, KeyPair pair, String audience) {
        String[] parts = person.split(":", 2);
        return Jwt.claims()
                .issuer(issuer())
                .subject("id-of-" + parts[0])
                .audience(audience)
                .claim("name", parts[0])
                .claim("realm_access", Map.of("roles", List.of(parts[1].split(","))))
                .issuedAt(Instant.now())
                .expiresAt(Instant.now().plusSeconds(120))
                .jws()
                .keyId(KEY_ID)
                .algorithm(SignatureAlgorithm.RS256)
                .sign(pair.getPrivate());
    }

    private void discovery(HttpExchange exchange) throws IOException {
        json(exchange, """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",\
                "jwks_uri":"%1$s/keys","response_types_supported":["code"],"subject_types_supported":["public"],\
                "id_token_signing_alg_values_supported":["RS256"]}""".formatted(issuer()));
    }

    private void keys(HttpExchange exchange) throws IOException {
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        json(exchange, "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"" + KEY_ID
                + "\",\"n\":\"" + number(key.getModulus()) + "\",\"e\":\"" + number(key.getPublicExponent()) + "\"}]}");
    }

    /** Base64urlUInt of RFC 7518 section 2: no leading zero byte. */
    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> query = parameters(exchange.getRequestURI().getRawQuery());
        String code = UUID.randomUUID().toString();
        people.put(code, query.get("login_hint"));
        exchange.getResponseHeaders()
                .set("Location", query.get("redirect_uri") + "?code=" + code + "&state=" + query.get("state"));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form =
                parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String person = people.remove(form.getOrDefault("code", ""));
        if (person == null) {
            exchange.sendResponseHeaders(400, -1);
            exchange.close();
            return;
        }
        json(exchange, "{\"access_token\":\"" + tokenOf(person) + "\",\"token_type\":\"Bearer\",\"expires_in\":120,"
                + "\"id_token\":\"" + tokenOf(person) + "\"}");
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> found = new ConcurrentHashMap<>();
        for (String pair : text.split("&")) {
            String[] parts = pair.split("=", 2);
            found.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return found;
    }

    private static void json(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
