package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.SignalingSocket;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * An emulator that lies and visitors that send rubbish, against the running product while somebody watches: nothing
 * crashes, the liar is told, and the picture comes back.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileST {

    private static final Duration SOON = Duration.ofSeconds(30);

    private Product product;
    private Browser browser;
    private long mediaPid;

    @BeforeAll
    void start() {
        product = Product.start(HostileST.class);
        browser = product.owns(Browser.start());
        mediaPid = product.service(Part.MEDIA).pid();
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    @AfterEach
    void everyServiceIsAlive() {
        for (Part part : Part.values()) {
            assertTrue(product.service(part).isAlive(), part + " has ended" + product.service(part).logTail());
            Await.until(part + " is healthy", SOON, () -> product.health(part, "live"), product::logTails);
        }
        assertEquals(mediaPid, product.service(Part.MEDIA).pid());
    }

    private SyntheticEmulator emulator() throws Exception {
        SyntheticEmulator emulator = SyntheticEmulator.start(product.emulator().build());
        emulator.awaitConnected(SOON);
        return emulator;
    }

    @Test
    void impossibleGeometry() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture()) {
            emulator.pause(true);
            double invalid = product.metrics().sum("macemu_frames_invalid_total");
            Path video = product.videoSegment();
            int[][] geometries = {
                {0, 0, 0}, {640, 480, 0}, {640, 480, 100}, {-1, -1, -1}, {Integer.MAX_VALUE, Integer.MAX_VALUE, 4},
                {640, Integer.MAX_VALUE, 2560}, {4096, 4096, 16384}, {640, 480, Integer.MIN_VALUE},
            };
            for (int[] g : geometries) {
                HostileEmulator.geometry(video, g[0], g[1], g[2]);
                awaitInvalid(page, invalid);
                invalid = product.metrics().sum("macemu_frames_invalid_total");
            }
            HostileEmulator.overflowingGeometry(video);
            awaitInvalid(page, invalid);
            for (int index : new int[] {7, -1, Integer.MIN_VALUE}) {
                HostileEmulator.writeIndex(video, index);
            }
            HostileEmulator.file(product.folder().resolve("noise"), 0, 0, 0);
            Random random = new Random(1);
            for (int i = 0; i < 200; i++) {
                HostileEmulator.poke(video, 4L * random.nextInt(2, 12), random.nextInt());
            }
            emulator.pause(false);
            page.awaitPicture();
            page.awaitSize(640, 480);
        }
    }

    private void awaitInvalid(ViewerPage page, double before) {
        page.await("an impossible picture is counted", SOON, () -> {
            double now = product.metrics().sum("macemu_frames_invalid_total");
            return now > before ? null : "still " + now;
        });
    }

    @Test
    void lyingSound() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture()) {
            page.awaitTone(440, 0.25);
            emulator.pause(true);
            Path audio = product.audioSegment();
            Random random = new Random(2);
            for (int i = 0; i < 100; i++) {
                HostileEmulator.writePosition(audio, random.nextInt());
            }
            for (int[] format : new int[][] {{0, 2, 0}, {44_100, 255, 0}, {44_100, 2, 9}, {-1, -1, -1}, {1, 1, 1}}) {
                HostileEmulator.soundFormat(audio, format[0], format[1], format[2]);
                HostileEmulator.writePosition(audio, random.nextInt());
            }
            emulator.pause(false);
            page.awaitPicture();
            page.awaitTone(440, 0.25);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20, 4096, 48 + 3 * 640 * 480 * 4})
    void segmentShrinksUnderTheMapping(long size) throws Exception {
        try (ForkedJvm emulator = ForkedJvm.emulator(product.emulatorArguments());
                ViewerPage page = browser.open(product, "").awaitPicture()) {
            HostileEmulator.shrink(product.videoSegment(), size);
            HostileEmulator.shrink(product.audioSegment(), Math.min(size, 100));
            emulator.kill();
            page.awaitStage("off", SOON);
            Files.deleteIfExists(product.videoSegment());
            Files.deleteIfExists(product.audioSegment());
            try (SyntheticEmulator next = emulator()) {
                page.awaitPicture();
                page.awaitSize(640, 480);
                page.awaitTone(440, 0.25);
            }
        }
    }

    @Test
    void rubbishOnTheControlSocket() throws Exception {
        byte[][] rubbish = {
            HostileEmulator.halfLine(),
            HostileEmulator.longLine(1 << 20),
            HostileEmulator.binary(3, 200_000),
            "\n\n\n".getBytes(),
            "[]\nnull\n{}\n{\"type\":7}\n{\"type\":\"self_destruct\"}\n{\"type\":\"status\"\n".getBytes(),
            ("[".repeat(60_000) + "\n").getBytes(),
        };
        try (ViewerPage page = browser.open(product, "")) {
            for (byte[] bytes : rubbish) {
                try (HostileEmulator.Connection connection = HostileEmulator.connect(product.controlSocket())) {
                    connection.send(bytes);
                } catch (IOException e) {
                    // Cut while it still sent: a server may do that to whoever floods it.
                }
                assertEquals(null, product.health(Part.MEDIA, "live"), "after " + bytes.length + " bytes");
            }
            try (HostileEmulator.Connection connection = HostileEmulator.connect(product.controlSocket())) {
                connection.send("{\"type\":\"self_destruct\"}");
                assertTrue(errorLine(connection).contains("self_destruct"), "the unknown type is not named");
                connection.sendByteByByte("{\"type\":\"status\",\"running\":true,\"fps\":60}\n".getBytes());
                connection.send("{\"type\":\"self_destruct_2\"}");
                assertTrue(errorLine(connection).contains("self_destruct_2"), "the connection did not stay up");
            }
            try (SyntheticEmulator emulator = emulator()) {
                page.awaitPicture();
                assertTrue(emulator.connected());
            }
        }
    }

    /** The next line of the server that is an error; it may ask for things first. */
    private static String errorLine(HostileEmulator.Connection connection) throws IOException {
        for (int i = 0; i < 20; i++) {
            String line = connection.readLine(SOON);
            if (line == null) {
                throw new AssertionError("The server closed the connection");
            }
            if (line.contains("\"type\":\"error\"")) {
                return line;
            }
        }
        throw new AssertionError("Twenty lines and no error");
    }

    @Test
    void secondEmulatorIsRefusedWhileTheFirstLives() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture()) {
            try (HostileEmulator.Connection second = HostileEmulator.connect(product.controlSocket())) {
                String line = second.readLine(SOON);
                assertTrue(line.contains("\"type\":\"error\""), line);
                assertTrue(line.contains("another emulator"), line);
                assertEquals(null, second.readLine(SOON), "the second connection stays open");
            }
            page.awaitPicture();
            PointerCheck.at(page, emulator, 0.3, 0.6);
            assertEquals(1, emulator.connections(), "the first emulator had to connect again");
        }
    }

    @Test
    void rubbishInSessionDescriptions() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture();
                SignalingSocket visitor = SignalingSocket.join(product)) {
            for (String lane : new String[] {"shared", "adaptive", "auto"}) {
                String[] offers = {
                    "",
                    "hello",
                    "v=0",
                    "v=0\\r\\no=- 1 1 IN IP4 0.0.0.0\\r\\ns=-\\r\\nt=0 0\\r\\n",
                    "v=0\\r\\no=- 1 1 IN IP4 0.0.0.0\\r\\ns=-\\r\\nt=0 0\\r\\nm=video 9 UDP/TLS/RTP/SAVPF 96\\r\\n",
                    "v=0\\r\\n" + "m=audio 9 X 1\\r\\n".repeat(2000),
                    "v=0\\r\\na=" + "x".repeat(60_000) + "\\r\\n",
                };
                for (String sdp : offers) {
                    visitor.clear();
                    visitor.send("{\"type\":\"offer\",\"lane\":\"" + lane + "\",\"sdp\":\"" + sdp + "\"}");
                    JsonNode error = visitor.awaitType("error");
                    assertTrue(error.path("code").asText().startsWith("sdp_"), lane + ": " + error);
                    assertTrue(!error.path("message").asText().isBlank(), lane + ": " + error);
                }
            }
            visitor.assertAlive();
            page.awaitPicture();
        }
    }

    @Test
    void thousandCandidates() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture();
                SignalingSocket visitor = SignalingSocket.join(product)) {
            for (int i = 0; i < 1000; i++) {
                visitor.send("{\"type\":\"candidate\",\"candidate\":\"candidate:" + i
                        + " 1 udp 2122260223 192.0.2.1 " + (1024 + i)
                        + " typ host\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}");
            }
            visitor.awaitError("too_many_candidates");
            visitor.send("{\"type\":\"candidate\",\"candidate\":\"x\",\"sdpMid\":\"0\",\"sdpMLineIndex\":-7}");
            visitor.awaitType("error");
            long told = visitor.messages().stream()
                    .filter(m -> m.path("code").asText().equals("too_many_candidates"))
                    .count();
            assertTrue(told <= 1000, told + " complaints");
            page.awaitPicture();
        }
    }

    @Test
    void messagesThatAreNone() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture();
                SignalingSocket visitor = SignalingSocket.join(product)) {
            visitor.send("{\"type\":\"offer\",\"sdp\":\"v=0" + "x".repeat(120_000) + "\"}");
            visitor.awaitError("message_too_large");
            visitor.send("not JSON");
            visitor.awaitError("message_invalid");
            visitor.send("[" .repeat(50_000));
            visitor.send("{\"type\":\"self_destruct\"}");
            visitor.awaitError("message_unknown_type");
            visitor.assertAlive();
            visitor.sendBinary(new byte[] {1, 2, 3});
            page.awaitPicture();
            try (SignalingSocket giant = SignalingSocket.join(product)) {
                giant.send("{\"type\":\"offer\",\"sdp\":\"v=0" + "x".repeat(2_000_000) + "\"}");
                giant.awaitClose();
            }
            page.awaitPicture();
        }
    }

    @Test
    void inputOutOfEveryRange() throws Exception {
        try (SyntheticEmulator emulator = emulator();
                ViewerPage page = browser.open(product, "").awaitPicture();
                SignalingSocket visitor = SignalingSocket.join(product)) {
            String[] refused = {
                "{\"type\":\"mouse_move\",\"x\":NaN,\"y\":1}",
                "{\"type\":\"mouse_move\",\"x\":1e400,\"y\":1}",
                "{\"type\":\"mouse_move\",\"x\":\"1\",\"y\":1}",
                "{\"type\":\"mouse_move\",\"x\":1}",
                "{\"type\":\"mouse_button\",\"x\":1,\"y\":1,\"button\":99,\"pressed\":true}",
                "{\"type\":\"mouse_button\",\"x\":1,\"y\":1,\"button\":0,\"pressed\":\"yes\"}",
                "{\"type\":\"key\",\"code\":-1,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":100000,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":65.5,\"pressed\":true}",
                "{\"type\":\"mouse_wheel\",\"dx\":1e99,\"dy\":0}",
            };
            for (String message : refused) {
                visitor.clear();
                visitor.send(message);
                JsonNode error = visitor.awaitType("error");
                assertTrue(
                        error.path("code").asText().matches("input_invalid|message_invalid"), message + ": " + error);
            }
            for (String where : new String[] {"-5", "99999", "-2147483648", "2147483647", "-99999999999", "1e18"}) {
                visitor.send("{\"type\":\"mouse_move\",\"x\":" + where + ",\"y\":" + where + "}");
                visitor.send("{\"type\":\"mouse_button\",\"x\":" + where + ",\"y\":" + where
                        + ",\"button\":0,\"pressed\":true}");
                visitor.send("{\"type\":\"mouse_button\",\"x\":" + where + ",\"y\":" + where
                        + ",\"button\":0,\"pressed\":false}");
            }
            visitor.send("{\"type\":\"mouse_move\",\"x\":123,\"y\":45}");
            emulator.awaitInput(new MouseMove(123, 45)::equals, SOON);
            for (Input input : emulator.inputs()) {
                switch (input) {
                    case MouseMove m -> assertOnScreen(m.x(), m.y(), input);
                    case MouseButton b -> assertOnScreen(b.x(), b.y(), input);
                    default -> throw new AssertionError("Refused input reached the emulator: " + input);
                }
            }
            page.awaitPicture();
        }
    }

    private static void assertOnScreen(int x, int y, Input input) {
        assertTrue(x >= 0 && x < 640 && y >= 0 && y < 480, "off the screen: " + input);
    }
}
