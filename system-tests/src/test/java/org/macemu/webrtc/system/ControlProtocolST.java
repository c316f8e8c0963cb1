package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.BasiliskMac;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.SignalingSocket;
import org.macemu.webrtc.system.harness.SocketTap;
import org.macemu.webrtc.system.harness.SocketTap.Writer;

/**
 * Every message of the design's two tables, between the real agent with the real emulator and the real services: the
 * REST call or WebSocket message, the line it becomes on the control socket, the line that answers.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlProtocolST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Product product;
    private SocketTap tap;
    private BasiliskMac mac;
    private SignalingSocket browser;
    private int starts = 1;

    @BeforeAll
    void start() throws Exception {
        String missing = BasiliskMac.missing();
        if (missing != null) {
            BasiliskMac.announceSkip(ControlProtocolST.class, missing);
        }
        assumeTrue(missing == null, () -> "Basilisk II cannot be had: " + missing);
        product = Product.start(ControlProtocolST.class);
        tap = product.owns(SocketTap.of(product));
        mac = BasiliskMac.start(product, tap.path(), "--prefs", product.folder().resolve("prefs").toString());
        Files.copy(BasiliskMac.demoRom(), BasiliskMac.roms(product).resolve("Quadra.ROM"));
        Files.write(BasiliskMac.images(product).resolve("System7.img"), new byte[1024 * 1024]);
        mac.awaitStart(1, SOON);
        browser = product.owns(SignalingSocket.join(product));
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    private HttpResponse<String> call(String method, String path, String body) throws IOException {
        return product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.port(Part.CONTROL) + path))
                .header("Content-Type", "application/json")
                .method(method, body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String type(String line) {
        try {
            return JSON.readTree(line).path("type").asText();
        } catch (IOException e) {
            throw new AssertionError("Not JSON on the control socket: " + line, e);
        }
    }

    /** The line that answers: status lines come unasked, too, and count only where one is expected. */
    private String answer(int place, String expected) {
        Pattern pattern = Pattern.compile(expected);
        int after = tap.await(place, "an answer like " + expected, Writer.EMULATOR, line ->
                !type(line).equals("status") || expected.contains("\"status\""));
        String line = tap.lineBefore(after);
        assertTrue(pattern.matcher(line).find(), () -> "answered " + line + ", expected " + expected);
        return line;
    }

    // Lines are compared as they are: compact JSON, fields in the design's order.
    @Order(1)
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET | /api/v1/status | | {\"type\":\"status\"} | ^\\{\"type\":\"status\",\"running\":true,\"fps\":\\d+,"
                        + " | 200 | \"running\":true",
                "GET | /api/status | | {\"type\":\"status\"} | ^\\{\"type\":\"status\",.*\"emulator\":\"Basilisk II\""
                        + " | 200 | \"captureFps\"",
                "GET | /api/v1/config | | {\"type\":\"get_config\"} | ^\\{\"type\":\"config\",\"data\":\\{\"rom\":"
                        + " | 200 | \"screen\":\"win/640/480\"",
                "GET | /api/config | | {\"type\":\"get_config\"} | ^\\{\"type\":\"config\",\"data\": | 200 | \"ramsize\"",
                "GET | /api/v1/storage | | {\"type\":\"storage\"} |"
                        + " ^\\{\"type\":\"storage\",\"roms\":\\[\"Quadra.ROM\"\\],\"disks\":\\[\"System7.img\"\\]\\}$"
                        + " | 200 | \"Quadra.ROM\"",
                "GET | /api/storage | | {\"type\":\"storage\"} | \"disks\":\\[\"System7.img\"\\] | 200 | System7.img",
                "PATCH | /api/v1/config | {\"rom\":\"Quadra.ROM\",\"ramsize\":16} |"
                        + " {\"type\":\"set_config\",\"config\":{\"rom\":\"Quadra.ROM\",\"ramsize\":16}} |"
                        + " ^\\{\"type\":\"ack\"\\}$ | 204 | ``",
                "POST | /api/config | {\"cpu\":4} | {\"type\":\"set_config\",\"config\":{\"cpu\":4}} |"
                        + " ^\\{\"type\":\"ack\"\\}$ | 204 | ``",
                "PATCH | /api/v1/config | {\"ramsize\":0} | {\"type\":\"set_config\",\"config\":{\"ramsize\":0}} |"
                        + " ^\\{\"type\":\"error\",\"message\":\".*ramsize | 409 | ramsize",
                "PATCH | /api/v1/config | {\"rom\":\"../../etc/passwd\"} |"
                        + " {\"type\":\"set_config\",\"config\":{\"rom\":\"../../etc/passwd\"}} |"
                        + " ^\\{\"type\":\"error\",\"message\":\" | 409 | urn:macemu:problem:emulator-refused",
                "GET | /api/v1/config | | {\"type\":\"get_config\"} | \"rom\":\"Quadra.ROM\".*\"ramsize\":16777216"
                        + " | 200 | \"ramsize\":16777216",
            })
    void requestsAndAnswers(
            String method, String path, String body, String line, String answer, int status, String response)
            throws Exception {
        int mark = tap.mark();
        HttpResponse<String> answered = call(method, path, body);
        int place = tap.await(mark, line, Writer.SERVER, line::equals);
        String found = answer(place, answer);
        assertEquals(status, answered.statusCode(), answered.body());
        assertTrue(answered.body().contains(response), answered.body());
        System.out.println("PROTOCOL " + method + " " + path + (body == null ? "" : " " + body) + "  ->  " + line
                + "  <-  " + found + "  ->  " + status);
    }

    // A person's input is not answered: what the Mac makes of it is seen on its screen (BasiliskST).
    @Order(2)
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\": \"mouse_move\", \"x\": 100, \"y\": 200} | {\"type\":\"mouse_move\",\"x\":100,\"y\":200}",
                "{\"type\":\"mouse_move\",\"x\":5000,\"y\":-1} | {\"type\":\"mouse_move\",\"x\":639,\"y\":0}",
                "{\"type\": \"mouse_button\", \"x\": 100, \"y\": 200, \"button\": 0, \"pressed\": true} |"
                        + " {\"type\":\"mouse_button\",\"x\":100,\"y\":200,\"button\":0,\"pressed\":true}",
                "{\"pressed\":false,\"button\":0,\"y\":200,\"x\":100,\"type\":\"mouse_button\"} |"
                        + " {\"type\":\"mouse_button\",\"x\":100,\"y\":200,\"button\":0,\"pressed\":false}",
                "{\"type\": \"key\", \"code\": 65, \"pressed\": true, \"ctrl\": false, \"alt\": false, \"shift\": false,"
                        + " \"meta\": false} | {\"type\":\"key\",\"code\":65,\"pressed\":true,\"ctrl\":false,"
                        + "\"alt\":false,\"shift\":false,\"meta\":false}",
                "{\"type\":\"key\",\"code\":65,\"pressed\":false,\"shift\":true} | {\"type\":\"key\",\"code\":65,"
                        + "\"pressed\":false,\"ctrl\":false,\"alt\":false,\"shift\":true,\"meta\":false}",
                "{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3} | {\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3}",
                "{\"type\":\"mouse_move\",\"dx\":3,\"dy\":-2} | {\"type\":\"mouse_move\",\"dx\":3,\"dy\":-2}",
            })
    void inputOfABrowser(String message, String line) {
        // Places are kept within the picture, whose size is looked up once a second while nobody watches.
        Await.until("the picture's size is known", SOON, () -> {
            String found = call("GET", "/api/v1/status", null).body();
            return JSON.readTree(found).path("video").path("width").asInt() == 640 ? null : found;
        });
        int mark = tap.mark();
        assertTrue(browser.send(message));
        tap.await(mark, line, Writer.SERVER, line::equals);
        // Whatever the driver has to say about it comes before its next status.
        assertEquals(200, status());
        assertTrue(tap.since(mark).stream().noneMatch(l -> type(l.text()).equals("error")), tap.since(mark).toString());
        System.out.println("PROTOCOL WebSocket " + message + "  ->  " + line);
    }

    private int status() {
        try {
            return call("GET", "/api/v1/status", null).statusCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(3)
    void inputThatTheEmulatorDoesNotKnowIsAnsweredWithAnError() {
        int mark = tap.mark();
        assertTrue(browser.send("{\"type\":\"key\",\"code\":7,\"pressed\":true}"));
        int place = tap.await(mark, "the key", Writer.SERVER, line -> line.startsWith("{\"type\":\"key\",\"code\":7,"));
        answer(place, "^\\{\"type\":\"error\",\"message\":\"key: no key has the keyCode 7\"\\}$");
        assertTrue(browser.send("{\"type\":\"release_all\"}"));
        tap.await(place, "its release", Writer.SERVER, line ->
                line.startsWith("{\"type\":\"key\",\"code\":7,\"pressed\":false"));
    }

    @Test
    @Order(4)
    void inputOfAProgram() throws Exception {
        browser.send("{\"type\":\"control\",\"action\":\"release\"}");
        int mark = tap.mark();
        HttpResponse<String> answered = call("POST", "/api/v1/input", "{\"type\":\"a\"}");
        assertEquals(204, answered.statusCode(), answered.body());
        int down = tap.await(mark, "A down", Writer.SERVER, line ->
                line.startsWith("{\"type\":\"key\",\"code\":65,\"pressed\":true"));
        tap.await(down, "A up", Writer.SERVER, line ->
                line.startsWith("{\"type\":\"key\",\"code\":65,\"pressed\":false"));
    }

    @Test
    @Order(5)
    void aSecondEmulatorIsToldWhoIsThere() throws Exception {
        try (SocketChannel second = SocketChannel.open(UnixDomainSocketAddress.of(product.controlSocket()))) {
            ByteBuffer bytes = ByteBuffer.allocate(1024);
            while (second.read(bytes) >= 0 && bytes.get(bytes.position() - 1) != '\n') {
                // The whole line.
            }
            String line = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            String refusal = "{\"type\":\"error\",\"message\":\"another emulator is connected already";
            assertTrue(line.startsWith(refusal), line);
        }
        assertEquals(200, status());
    }

    @Order(6)
    @ParameterizedTest(name = "{0}")
    @CsvSource({"/api/v1/restart", "/api/restart", "/api/emulator/restart"})
    void restart(String path) throws Exception {
        int mark = tap.mark();
        HttpResponse<String> answered = call("POST", path, "{}");
        int place = tap.await(mark, "restart", Writer.SERVER, "{\"type\":\"restart\"}"::equals);
        answer(place, "^\\{\"type\":\"ack\"\\}$");
        assertEquals(2, answered.statusCode() / 100, answered.body());
        // Unasked: viewers want to know.
        place = tap.await(place, "restarting", Writer.EMULATOR, line -> line.contains("\"state\":\"restarting\""));
        tap.await(place, "running", Writer.EMULATOR, line -> line.contains("\"state\":\"running\""));
        mac.awaitStart(++starts, SOON);
        System.out.println("PROTOCOL POST " + path + "  ->  {\"type\":\"restart\"}  <-  {\"type\":\"ack\"}  ->  "
                + answered.statusCode());
    }

    @Order(7)
    @ParameterizedTest(name = "{0}")
    @CsvSource({"/api/v1/shutdown", "/api/emulator/stop"})
    void shutdown(String path) throws Exception {
        int mark = tap.mark();
        HttpResponse<String> answered = call("POST", path, "{}");
        int place = tap.await(mark, "shutdown", Writer.SERVER, "{\"type\":\"shutdown\"}"::equals);
        answer(place, "^\\{\"type\":\"ack\"\\}$");
        assertEquals(2, answered.statusCode() / 100, answered.body());
        tap.await(place, "stopped", Writer.EMULATOR, line ->
                line.contains("\"running\":false") && line.contains("\"state\":\"stopped\""));
        JsonNode state = JSON.readTree(call("GET", "/api/v1/status", null).body()).path("emulator");
        assertTrue(state.path("connected").asBoolean(), "the agent stays: " + state);
        assertEquals("the Mac was switched off", state.path("status").path("reason").asText());
        // A Mac that is switched off is switched on again by a restart.
        assertEquals(2, call("POST", "/api/v1/restart", "{}").statusCode() / 100);
        mac.awaitStart(++starts, SOON);
        System.out.println("PROTOCOL POST " + path + "  ->  {\"type\":\"shutdown\"}  <-  {\"type\":\"ack\"}  ->  "
                + answered.statusCode());
    }

    /** Nothing else was said: what the services write is the design's table, what comes back the other one. */
    @Test
    @Order(8)
    void nothingElseIsOnTheWire() {
        List<String> toEmulator = List.of(
                "mouse_move", "mouse_button", "mouse_wheel", "key", "get_config", "set_config", "restart", "shutdown",
                "storage", "status");
        List<String> toServer = List.of("config", "storage", "status", "error", "ack");
        for (SocketTap.Line line : tap.since(0)) {
            List<String> known = line.writer() == Writer.SERVER ? toEmulator : toServer;
            assertTrue(known.contains(type(line.text())), line.toString());
            assertEquals(line.text().strip(), line.text());
        }
        for (String type : toEmulator) {
            assertTrue(said(Writer.SERVER, type), type);
        }
        for (String type : toServer) {
            assertTrue(said(Writer.EMULATOR, type), type);
        }
    }

    private boolean said(Writer writer, String type) {
        return tap.since(0).stream().anyMatch(line -> line.writer() == writer && type(line.text()).equals(type));
    }
}
