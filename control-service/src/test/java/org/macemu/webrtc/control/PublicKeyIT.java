package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.problem;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;

/** A server that signs nothing itself: somebody else makes the tokens, and it knows their public key only. */
@QuarkusTest
@TestProfile(PublicKeyIT.Foreign.class)
@QuarkusTestResource(MediaAddress.class)
class PublicKeyIT {

    /** Keeps the private key in the configuration, where test and service class loaders both find it. */
    public static class Foreign implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(256);
                KeyPair pair = generator.generateKeyPair();
                Path file = Files.createTempFile("access", ".key");
                file.toFile().deleteOnExit();
                Files.writeString(file, "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
                return Map.of(
                        "macemu.access.key-file", file.toString(),
                        "macemu.access.issuer", "https://login.example.org",
                        "macemu.access.role-claim", "groups",
                        "macemu.access.role-names", "mac-admins=owner,mac-guests=guest",
                        "test.private-key", Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ConfigProperty(name = "test.private-key")
    String privateKey;

    private String bearer(String issuer, String... groups) throws GeneralSecurityException {
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(privateKey)));
        return "Bearer " + Jwt.claims()
                .issuer(issuer)
                .subject("ada")
                .audience("mac")
                .claim("groups", List.of(groups))
                .expiresAt(Instant.now().plusSeconds(60))
                .jws()
                .algorithm(SignatureAlgorithm.ES256)
                .sign(key);
    }

    private HttpResponse<String> get(String path, String authorization) throws Exception {
        return new RestClient(port).get(path, "Authorization", authorization);
    }

    @Test
    void itsGroupsAreRoles() throws Exception {
        String us = "https://login.example.org";
        int status = get("/api/v1/viewers", bearer(us, "staff", "mac-admins")).statusCode();
        assertTrue(status != 401 && status != 403, "status " + status);
        problem(get("/api/v1/viewers", bearer(us, "mac-guests")), 403, "role-insufficient");
        problem(get("/api/v1/status", bearer(us, "staff")), 401, "token-required");
        problem(get("/api/v1/status", bearer("https://other.example.org", "mac-admins")), 401, "token-required");
    }

    @Test
    void nobodyIsInvitedHere() throws Exception {
        HttpResponse<String> answer = new RestClient(port)
                .send("POST", "/api/v1/invitations", "{\"role\":\"guest\"}", "Content-Type", "application/json",
                        "Authorization", bearer("https://login.example.org", "mac-admins"));
        assertTrue(problem(answer, 409, "access-not-configured").contains("public keys only"));
    }
}
