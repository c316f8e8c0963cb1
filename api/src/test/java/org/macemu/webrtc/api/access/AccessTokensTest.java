package org.macemu.webrtc.api.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are good, and every way in which one can be bad. */
class AccessTokensTest {

    @TempDir
    Path folder;

    private Path file;
    private AccessTokens tokens;

    @BeforeEach
    void keys() throws IOException {
        file = folder.resolve("keys");
        Files.writeString(file, "# the first\n" + line(1) + "\n");
        tokens = new AccessTokens(file, "mac");
    }

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return bytes;
    }

    private static String line(int seed) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(seed));
    }

    private static SecretKey key(int seed) {
        return new SecretKeySpec(bytes(seed), "HmacSHA256");
    }

    private static JwtClaimsBuilder claims() {
        return Jwt.claims()
                .issuer("macemu-webrtc")
                .audience("mac")
                .claim("jti", "1")
                .claim("role", "owner")
                .issuedAt(Instant.now())
                .expiresAt(Instant.now().plusSeconds(60));
    }

    private static String sign(JwtClaimsBuilder claims, int seed) {
        return claims.jws().algorithm(SignatureAlgorithm.HS256).sign(key(seed));
    }

    private void refused(String token) {
        assertThrows(AccessRefused.class, () -> tokens.verify(token), token);
    }

    @Test
    void whatIsIssuedIsAccepted() throws Exception {
        for (AccessRole role : AccessRole.values()) {
            AccessToken token = tokens.verify(tokens.issue(role, "Ada \u00e9", Duration.ofMinutes(1)));
            assertEquals(role, token.role());
            assertEquals("Ada \u00e9", token.name());
            assertTrue(token.expires().isAfter(Instant.now().plusSeconds(50)));
        }
        assertEquals("", tokens.verify(tokens.issue(AccessRole.GUEST, "", Duration.ofMinutes(1))).name());
        assertDoesNotThrow(() -> tokens.verify(sign(claims(), 1)));
    }

    @Test
    void anyOtherSignatureOrClaimIsRefused() throws Exception {
        refused(sign(claims(), 2));
        refused(sign(claims().expiresAt(Instant.now().minusSeconds(1)), 1));
        refused(sign(claims().audience("another"), 1));
        refused(sign(claims().issuer("somebody"), 1));
        refused(sign(claims().claim("role", "king"), 1));
        refused(sign(claims().claim("role", "OWNER"), 1));
        refused(sign(claims().claim("name", "x".repeat(41)), 1));
        refused(sign(claims().remove("role"), 1));
        refused(claims().jws().algorithm(SignatureAlgorithm.HS512)
                .sign(new SecretKeySpec(Arrays.copyOf(bytes(1), 64), "HmacSHA512")));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        refused(claims().jws().algorithm(SignatureAlgorithm.RS256).sign(generator.generateKeyPair().getPrivate()));
    }

    /** The same bytes in the alphabet of plain base64, which decoders take as well. */
    @Test
    void aTokenHasOneSpelling() throws Exception {
        String token;
        do {
            token = tokens.issue(AccessRole.GUEST, "", Duration.ofMinutes(1));
        } while (!token.contains("_") && !token.contains("-"));
        tokens.verify(token);
        refused(token.replace('_', '/').replace('-', '+'));
        refused(token + "=");
        refused(token + "\n");
        refused(" " + token);
    }

    @Test
    void aTokenThatIsChangedIsRefused() {
        String[] parts = tokens.issue(AccessRole.GUEST, "", Duration.ofMinutes(1)).split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        assertTrue(claims.contains("guest"), claims);
        String owner = encode(claims.replace("guest", "owner"));
        refused(parts[0] + "." + owner + "." + parts[2]);
        String none = encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");
        refused(none + "." + owner + ".");
        refused(none + "." + owner + "." + parts[2]);
        refused(none + "." + parts[1] + ".");
        refused(parts[0] + "." + parts[1] + ".");
        refused(parts[0] + "." + parts[1]);
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "null", "\u0000", "eyJhbGciOiJIUzI1NiJ9..", "a.b.c.d.e", " "})
    void whatIsNoTokenIsRefused(String text) {
        refused(text);
    }

    @Test
    void aHugeTokenIsRefusedUnread() {
        refused("x".repeat(1_000_000));
    }

    @Test
    void keysAreRotatedWithoutARestart() throws Exception {
        String old = tokens.issue(AccessRole.OWNER, "", Duration.ofMinutes(1));
        Files.writeString(file, line(1) + "\n" + line(2) + "\n");
        TimeUnit.MILLISECONDS.sleep(1_100);
        String fresh = tokens.issue(AccessRole.OWNER, "", Duration.ofMinutes(1));
        tokens.verify(old);
        tokens.verify(fresh);
        Files.writeString(file, line(2) + "\n");
        TimeUnit.MILLISECONDS.sleep(1_100);
        tokens.verify(fresh);
        refused(old);
        Files.writeString(file, "half a ke");
        TimeUnit.MILLISECONDS.sleep(1_100);
        tokens.verify(fresh);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "short\n", "not base64url at all, but long enough to be a key\n"})
    void aFileWithoutKeysIsRefusedWithASentence(String text) throws IOException {
        Files.writeString(file, text);
        String message = assertThrows(IOException.class, () -> new AccessTokens(file, "mac")).getMessage();
        assertTrue(message.contains(file.toString()) && message.contains("expected"), message);
        assertThrows(IOException.class, () -> new AccessTokens(folder.resolve("missing"), "mac"));
    }

    @Test
    void rolesCoverWhatIsBelowThem() {
        assertTrue(AccessRole.OWNER.covers(AccessRole.CONTROLLER) && AccessRole.GUEST.covers(AccessRole.GUEST));
        assertFalse(AccessRole.GUEST.covers(AccessRole.CONTROLLER));
        assertFalse(AccessRole.CONTROLLER.covers(AccessRole.OWNER));
    }

    @Test
    void badTokensAreCountedForAMinute() {
        FailureLimit limit = new FailureLimit();
        for (int i = 0; i < FailureLimit.PER_MINUTE; i++) {
            assertFalse(limit.exceeded("a", i));
            limit.failed("a", i);
        }
        assertTrue(limit.exceeded("a", 100));
        assertFalse(limit.exceeded("b", 100));
        assertFalse(limit.exceeded("a", TimeUnit.MINUTES.toNanos(1)));
    }

    private static KeyPair pair(String family, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static JwtClaimsBuilder foreignClaims() {
        return Jwt.claims()
                .issuer("https://login.example.org")
                .claim("jti", "u-1")
                .audience("mac")
                .claim("preferred_username", "ada")
                .claim("realm_access", Map.of("roles", List.of("staff", "mac-admins")))
                .expiresAt(Instant.now().plusSeconds(60));
    }

    private static AccessTokens.Foreign mapped(String issuer) {
        return new AccessTokens.Foreign(
                Optional.ofNullable(issuer),
                RoleClaim.of("realm_access/roles", List.of("mac-admins=owner", "staff=guest")));
    }

    @ParameterizedTest
    @CsvSource({"RSA,2048,RS256", "EC,256,ES256", "EC,384,ES384", "EC,521,ES512"})
    void tokensThatOthersSignedAreCheckedWithTheirPublicKey(String family, int bits, SignatureAlgorithm algorithm)
            throws Exception {
        KeyPair pair = pair(family, bits);
        Files.writeString(file, line(1) + "\n# their key\n" + pem(pair.getPublic()));
        tokens = new AccessTokens(file, "mac", mapped("https://login.example.org"));
        AccessToken token = tokens.verify(foreignClaims().jws().algorithm(algorithm).sign(pair.getPrivate()));
        assertEquals(AccessRole.OWNER, token.role(), "the greatest of its roles");
        assertEquals("ada", token.name());
        assertEquals("u-1", token.id());
        // Ours go on as before, beside theirs.
        assertEquals(
                AccessRole.GUEST,
                tokens.verify(tokens.issue(AccessRole.GUEST, "", Duration.ofMinutes(1))).role());

        for (JwtClaimsBuilder bad : List.of(
                foreignClaims().audience("another"),
                foreignClaims().issuer("https://elsewhere.example.org"),
                foreignClaims().expiresAt(Instant.now().minusSeconds(5)),
                foreignClaims().claim("realm_access", Map.of("roles", List.of("nobody"))),
                foreignClaims().claim("realm_access", "owner"),
                foreignClaims().remove("realm_access"))) {
            refused(bad.jws().algorithm(algorithm).sign(pair.getPrivate()));
        }
        refused(foreignClaims().jws().algorithm(algorithm).sign(pair(family, bits).getPrivate()));
    }

    /** The public key is no secret: whoever uses it as one must not get in (RFC 8725 section 2.1). */
    @Test
    void aPublicKeyDoesNotServeAsASecret() throws Exception {
        KeyPair pair = pair("RSA", 2048);
        Files.writeString(file, pem(pair.getPublic()));
        tokens = new AccessTokens(file, "mac");
        for (byte[] known : new byte[][] {
            pair.getPublic().getEncoded(), pem(pair.getPublic()).getBytes(StandardCharsets.US_ASCII)
        }) {
            refused(claims().jws()
                    .algorithm(SignatureAlgorithm.HS256)
                    .sign(new SecretKeySpec(known, "HmacSHA256")));
        }
        assertEquals(
                AccessRole.OWNER,
                tokens.verify(claims().jws().algorithm(SignatureAlgorithm.RS256).sign(pair.getPrivate())).role());
        assertFalse(tokens.canIssue());
        assertThrows(IllegalStateException.class, () -> tokens.issue(AccessRole.GUEST, "", Duration.ofMinutes(1)));
    }

    @Test
    void badPublicKeysAreNamed() throws Exception {
        for (String bad : List.of(
                pem(pair("RSA", 1024).getPublic()), "-----BEGIN PUBLIC KEY-----\n" + line(1) + "\n",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")) {
            Files.writeString(file, "# first\n" + bad);
            IOException e = assertThrows(IOException.class, () -> new AccessTokens(file, "mac"), bad);
            assertTrue(e.getMessage().startsWith("line 2 of the key file"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> RoleClaim.of("role", List.of("king")));
        assertThrows(IllegalArgumentException.class, () -> RoleClaim.of("role", List.of("a=king")));
    }
}
