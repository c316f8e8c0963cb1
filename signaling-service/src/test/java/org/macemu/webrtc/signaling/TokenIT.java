package org.macemu.webrtc.signaling;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.signaling.testing.MediaAddress;
import org.macemu.webrtc.signaling.testing.ScriptedMedia;
import org.macemu.webrtc.signaling.testing.WhepPlayer;

/** A server with a key file: who may open a WebSocket, as what, and for how long. With real signed tokens. */
@QuarkusTest
@TestProfile(TokenIT.KeyFile.class)
@QuarkusTestResource(MediaAddress.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TokenIT {

    /** A server that asks for tokens, and looks at its sessions often. */
    public static class KeyFile implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path file = Files.createTempFile("access", ".key");
                file.toFile().deleteOnExit();
                Files.writeString(file, "q".repeat(43) + "\n");
                return Map.of("macemu.access.key-file", file.toString(), "macemu.signaling.send-timeout", "400ms");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "macemu.access.key-file")
    Path keyFile;

    private ScriptedMedia media;
    private AccessTokens tokens;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.start(mediaPort);
        tokens = new AccessTokens(keyFile, "mac");
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    private Socket open(String query, String header) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(8_000);
        socket.getOutputStream()
                .write(("GET /signaling" + query + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + (header == null ? "" : header + "\r\n") + "\r\n")
                        .getBytes(US_ASCII));
        return socket;
    }

    private int status(String query, String header) throws IOException {
        try (Socket socket = open(query, header)) {
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            return Integer.parseInt(line.split(" ")[1]);
        }
    }

    @Test
    @Order(1)
    void theCookieOrABearerTokenOpensTheWebSocketWithItsRoleAndName() throws Exception {
        Map<AccessRole, Role> roles = Map.of(
                AccessRole.GUEST, Role.ROLE_GUEST,
                AccessRole.CONTROLLER, Role.ROLE_CONTROLLER,
                AccessRole.OWNER, Role.ROLE_OWNER);
        Set<String> ids = new HashSet<>();
        for (Map.Entry<AccessRole, Role> role : roles.entrySet()) {
            String token = tokens.issue(role.getKey(), "Ada", Duration.ofMinutes(1));
            String id = null;
            for (String header :
                    new String[] {"Cookie: a=b; macemu_access=" + token, "Authorization: Bearer " + token}) {
                try (Socket socket = open("", header)) {
                    Join join = media.nextCall().join();
                    assertEquals(role.getValue(), join.getRole());
                    assertEquals("Ada", join.getName());
                    assertTrue(id == null || id.equals(join.getToken().getId()), "one token has one id");
                    id = join.getToken().getId();
                    assertEquals(role.getKey() != AccessRole.OWNER, join.hasToken(), "an owner is not shut out");
                    if (!join.hasToken()) {
                        continue;
                    }
                    assertTrue(id.matches("[A-Za-z0-9_-]{43}"), id);
                    long left = join.getToken().getExpiresMs() - System.currentTimeMillis();
                    assertTrue(left > 0 && left <= 60_000, () -> left + " ms");
                }
            }
            assertTrue(ids.add(id), "each token has an id of its own");
        }
    }

    @Test
    @Order(2)
    void theSessionEndsWithItsToken() throws Exception {
        // Less than MediaAddress.SILENCE_MS: the browser of this test says nothing.
        String token = tokens.issue(AccessRole.OWNER, "", Duration.ofSeconds(3));
        try (Socket socket = open("", "Cookie: macemu_access=" + token)) {
            media.nextCall();
            InputStream in = socket.getInputStream();
            StringBuilder text = new StringBuilder();
            for (int b = in.read(); b >= 0 && text.indexOf("\"expired\"}") < 0; b = in.read()) {
                text.append((char) b);
            }
            assertTrue(text.indexOf("{\"type\":\"goodbye\",\"reason\":\"expired\"}") > 0, text.toString());
        }
    }

    /** Sessions of a key that is taken out of the file end, and those of the others do not; WHEP's likewise. */
    @Test
    @Order(3)
    void theSessionEndsWithTheKeyOfItsToken() throws Exception {
        String kept = Files.readString(keyFile);
        String doomed = "d".repeat(43) + "\n";
        Files.writeString(keyFile, kept + doomed);
        Thread.sleep(1_100);
        String dying = new AccessTokens(keyFile, "mac").issue(AccessRole.OWNER, "", Duration.ofMinutes(5));
        String living = tokensOf(kept).issue(AccessRole.OWNER, "", Duration.ofMinutes(5));
        WhepPlayer player = new WhepPlayer(port);
        try (Socket first = open("", "Cookie: macemu_access=" + dying)) {
            media.nextCall();
            try (Socket second = open("", "Cookie: macemu_access=" + living)) {
                media.nextCall();
                var created = player.offer("Authorization", "Bearer " + dying);
                ScriptedMedia.Call call = media.nextCall();
                call.send(MediaMessage.newBuilder()
                        .setState(State.newBuilder().setEmulatorConnected(true))
                        .build());
                call.next();
                call.send(MediaMessage.newBuilder()
                        .setAnswer(Answer.newBuilder().setSdp("v=0\r\n"))
                        .build());
                assertEquals(201, created.join().statusCode());

                Files.writeString(keyFile, kept);
                StringBuilder text = new StringBuilder();
                InputStream in = first.getInputStream();
                for (int b = in.read(); b >= 0 && text.indexOf("\"expired\"}") < 0; b = in.read()) {
                    text.append((char) b);
                }
                assertTrue(text.indexOf("{\"type\":\"goodbye\",\"reason\":\"expired\"}") > 0, text.toString());
                assertEquals("half-closed", call.end());
                byte[] said = new byte[second.getInputStream().available()];
                int length = second.getInputStream().readNBytes(said, 0, said.length);
                assertTrue(!new String(said, 0, length, US_ASCII).contains("goodbye"));
            }
        }
    }

    private static AccessTokens tokensOf(String keys) throws IOException {
        Path file = Files.createTempFile("access", ".key");
        file.toFile().deleteOnExit();
        Files.writeString(file, keys);
        return new AccessTokens(file, "mac");
    }

    @Test
    @Order(4)
    void anythingElseIsRefusedAndThenNotLookedAtAnyMore() throws Exception {
        String good = tokens.issue(AccessRole.OWNER, "", Duration.ofMinutes(1));
        String expired = tokens.issue(AccessRole.OWNER, "", Duration.ofSeconds(-1));
        assertEquals(401, status("", null));
        // Addresses end in logs and histories: a token is not read from there.
        assertEquals(401, status("?token=" + good, null));
        assertEquals(401, status("", "Cookie: macemu_access=" + expired));
        assertEquals(401, status("", "Cookie: macemu_access=" + good + "x"));
        assertEquals(401, status("", "Authorization: Basic " + good));
        assertEquals(101, status("", "Cookie: macemu_access=" + good));
        for (int i = 0; i < 20; i++) {
            status("", "Cookie: macemu_access=x");
        }
        assertEquals(429, status("", "Cookie: macemu_access=" + good));
    }
}
