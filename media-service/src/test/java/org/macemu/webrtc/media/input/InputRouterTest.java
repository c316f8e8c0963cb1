package org.macemu.webrtc.media.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.media.capture.VideoStatus;

/** What reaches the emulator of what browsers say. */
class InputRouterTest {

    private final List<Input> sent = new ArrayList<>();
    private VideoStatus screen = new VideoStatus(640, 480, 60, 1, "");
    private final InputRouter router = new InputRouter(sent::add, () -> screen);

    private void route(String json) throws ControlProtocolException {
        assertTrue(router.route("v", json));
    }

    private static String key(int code, boolean pressed) {
        return "{\"type\":\"key\",\"code\":" + code + ",\"pressed\":" + pressed + "}";
    }

    private static String button(int x, int y, int button, boolean pressed) {
        return "{\"type\":\"mouse_button\",\"x\":%d,\"y\":%d,\"button\":%d,\"pressed\":%b}"
                .formatted(x, y, button, pressed);
    }

    private static Key up(int code) {
        return new Key(code, false, false, false, false, false, 0);
    }

    private static Key down(int code) {
        return new Key(code, true, false, false, false, false, 0);
    }

    @Test
    void aKeyGoesDownOnceAndUpOnce() throws Exception {
        route(key(65, true));
        route(key(65, true));
        route(key(65, false));
        route(key(65, false));
        assertEquals(List.of(down(65), up(65)), sent);
    }

    @Test
    void aKeyThatIsNotDownDoesNotGoUp() throws Exception {
        route(key(65, false));
        route(button(1, 1, 0, false));
        assertTrue(sent.isEmpty());
    }

    @Test
    void leftAndRightShiftAreTwoKeys() throws Exception {
        route("{\"type\":\"key\",\"code\":16,\"pressed\":true,\"location\":1}");
        route("{\"type\":\"key\",\"code\":16,\"pressed\":true,\"location\":2}");
        route("{\"type\":\"key\",\"code\":16,\"pressed\":false,\"location\":1}");
        assertEquals(3, sent.size());
        assertEquals(1, ((Key) sent.get(2)).location());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"release_all\"}", " { \"type\" : \"release_all\" }\n"})
    void releasesEverythingThatIsHeldOnce(String json) throws Exception {
        route(key(65, true));
        route(key(16, true));
        route(button(10, 20, 2, true));
        sent.clear();
        route(json);
        route(json);
        assertEquals(3, sent.size());
        assertTrue(sent.containsAll(List.of(up(65), up(16), new MouseButton(10, 20, 2, false))), sent.toString());
        // The browser's own key-up, late: the key is up already.
        route(key(65, false));
        assertEquals(3, sent.size());
    }

    @Test
    void aViewerThatLeavesReleasesItsOwn() throws Exception {
        router.route("a", key(65, true));
        router.route("b", key(66, true));
        router.releaseAll("a");
        router.releaseAll("nobody");
        assertEquals(List.of(down(65), down(66), up(65)), sent);
    }

    @Test
    void aNewEmulatorHasNothingDown() throws Exception {
        route(key(65, true));
        router.forget();
        route(key(65, false));
        route(key(65, true));
        assertEquals(List.of(down(65), down(65)), sent);
    }

    @Test
    void thePointerStaysOnTheScreen() throws Exception {
        route("{\"type\":\"mouse_move\",\"x\":-5,\"y\":9999}");
        route(button(640, 480, 0, true));
        screen = new VideoStatus(320, 200, 60, 1, "");
        route(button(639, 479, 0, false));
        screen = VideoStatus.NONE;
        route("{\"type\":\"mouse_move\",\"x\":32767,\"y\":0}");
        assertEquals(
                List.of(
                        new MouseMove(0, 479),
                        new MouseButton(639, 479, 0, true),
                        new MouseButton(319, 199, 0, false),
                        new MouseMove(32767, 0)),
                sent);
    }

    @Test
    void distancesAndLinesAreGivenOn() throws Exception {
        route("{\"type\":\"mouse_move\",\"dx\":-3,\"dy\":4}");
        route("{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3}");
        assertEquals(List.of(new MouseMoveRelative(-3, 4), new MouseWheel(0, -3)), sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"shutdown\"}",
                "{\"type\":\"set_config\",\"config\":{}}",
                "{\"type\":\"restart\"}",
                "{\"type\":\"mouse_move\",\"x\":NaN,\"y\":0}",
                "{\"type\":\"mouse_move\",\"x\":1e308,\"y\":0}",
                "{\"type\":\"mouse_move\",\"x\":1.5,\"y\":0}",
                "{\"type\":\"mouse_move\",\"x\":\"1\",\"y\":0}",
                "{\"type\":\"mouse_move\",\"x\":99999999999999999999,\"y\":0}",
                "{\"type\":\"mouse_move\",\"x\":32768,\"y\":0}",
                "{\"type\":\"mouse_move\",\"x\":1}",
                "{\"type\":\"mouse_button\",\"x\":1,\"y\":1,\"button\":3,\"pressed\":true}",
                "{\"type\":\"mouse_button\",\"x\":1,\"y\":1,\"button\":-1,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":0,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":256,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":-65,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":\"KeyA\",\"pressed\":true}",
                "{\"type\":\"key\",\"code\":65,\"pressed\":1}",
                "{\"type\":\"key\",\"code\":65}",
                "{\"type\":\"key\",\"code\":65,\"code\":66,\"pressed\":true}",
                "{\"type\":\"key\",\"code\":65,\"pressed\":true} {\"type\":\"key\",\"code\":65,\"pressed\":true}",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            })
    void whatIsNoInputIsRefusedInWords(String json) {
        ControlProtocolException e = assertThrows(ControlProtocolException.class, () -> router.route("v", json));
        assertFalse(e.getMessage().isBlank());
        assertTrue(e.getMessage().length() < 400, e.getMessage());
        assertTrue(sent.isEmpty());
    }

    @Test
    void aLongMessageIsRefusedBeforeItIsRead() {
        String json = key(65, true) + " ".repeat(1024);
        ControlProtocolException e = assertThrows(ControlProtocolException.class, () -> router.route("v", json));
        assertTrue(e.getMessage().contains("at most 1024"), e.getMessage());
    }

    @Test
    void whoIsNotAdmittedReachesNothing() throws Exception {
        router.gate("a"::equals);
        assertTrue(router.route("a", key(65, true)));
        assertFalse(router.route("b", key(66, true)));
        assertFalse(router.route("b", "{\"type\":\"mouse_move\",\"x\":1,\"y\":1}"));
        assertEquals(List.of(down(65)), sent);
    }

    @Test
    void aClickWithALockedPointerDoesNotMoveIt() throws Exception {
        route("{\"type\":\"mouse_move\",\"x\":100,\"y\":100}");
        route("{\"type\":\"mouse_move\",\"dx\":30,\"dy\":-20}");
        sent.clear();
        // The page knows only where the pointer was when it was caught.
        route(button(5, 6, 0, true));
        route(button(5, 6, 0, false));
        assertEquals(List.of(new MouseButton(130, 80, 0, true), new MouseButton(130, 80, 0, false)), sent);
        sent.clear();
        route("{\"type\":\"mouse_move\",\"x\":7,\"y\":8}");
        route(button(9, 10, 0, true));
        assertEquals(List.of(new MouseMove(7, 8), new MouseButton(9, 10, 0, true)), sent);
    }

    @Test
    void distancesAddUpWithinTheScreen() throws Exception {
        route("{\"type\":\"mouse_move\",\"dx\":32767,\"dy\":-32768}");
        route("{\"type\":\"mouse_move\",\"dx\":-1,\"dy\":1}");
        route(button(0, 0, 0, true));
        assertEquals(new MouseButton(638, 1, 0, true), sent.getLast());
    }

    @Test
    void anotherViewersClickHasAPlaceAgain() throws Exception {
        router.route("a", "{\"type\":\"mouse_move\",\"dx\":3,\"dy\":2}");
        router.route("b", button(50, 60, 0, true));
        assertEquals(
                List.of(new MouseMoveRelative(3, 2), new MouseMove(50, 60), new MouseButton(50, 60, 0, true)), sent);
    }
}
