package org.macemu.webrtc.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.media.control.EmulatorException;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.macemu.webrtc.testing.CProgram;

/** Emulators in C of protocol v4, good and bad, with the service's own search, connection and capture. */
class V4EmulatorIT {

    private static final int NOBODY = 65_534;

    @TempDir
    static Path programs;

    @TempDir
    Path folder;

    private static CProgram emulator;

    private final List<Process> processes = new ArrayList<>();
    private MacFixture fixture;

    @BeforeAll
    static void compile() throws Exception {
        Path source = Path.of(System.getProperty("basedir", ""), "src/test/c/v4_emulator.c");
        emulator = CProgram.compile(programs.resolve("v4"), source.toAbsolutePath().toString());
    }

    @AfterEach
    void end() throws Exception {
        if (fixture != null) {
            fixture.close();
        }
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            process.waitFor();
        }
        String maps = Files.readString(Path.of("/proc/self/maps"));
        assertFalse(maps.contains(folder.toString()), "still mapped after close");
    }

    private void open(Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("macemu.emulator.protocol", "v4");
        fixture = new MacFixture(folder, all);
    }

    private Process start(String format, String kind, String... before) throws Exception {
        List<String> command = new ArrayList<>(List.of(before));
        Path log = folder.resolve("log-" + processes.size());
        command.addAll(emulator.command(folder.toString(), format, log.toString(), kind));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        Await.until("its segment", () -> !process.isAlive() || isFilled(segment(process)));
        assertTrue(process.isAlive(), "it runs");
        return process;
    }

    /** The magic number is written last. */
    private static boolean isFilled(Path segment) {
        try (InputStream in = Files.newInputStream(segment)) {
            return in.read() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private Path segment(Process process) {
        return folder.resolve("macemu-video-" + process.pid());
    }

    /** What an emulator was told so far, a message a line. */
    private String told(Process process) {
        return MacFixture.said(folder.resolve("log-" + processes.indexOf(process)));
    }

    private void awaitConnected(Process process) throws Exception {
        Await.until(() -> "connection to " + process.pid() + ": " + fixture.mac.state(), () -> {
            try {
                return fixture.status().getEmulatorPid() == process.pid();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private void press(String json) throws Exception {
        assertTrue(fixture.mac.input().route("a", json));
    }

    private void awaitTold(Process process, String... lines) throws InterruptedException {
        String expected = String.join("\n", lines) + "\n";
        Await.until(() -> "messages " + expected + "in " + told(process), () -> told(process).contains(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"argb", "bgra"})
    void picturesAndSoundAreExact(String format) throws Exception {
        open(Map.of());
        assertTrue(fixture.status().getVideoSegment().contains("no emulator of protocol v4"), "waits");
        Process process = start(format, "good");
        awaitConnected(process);
        fixture.assertTestPicture();
        fixture.assertTestTone();
        assertTrue(fixture.status().getVideoSegment().startsWith("protocol v4,"), fixture.status().getVideoSegment());
        assertEquals(44_100, fixture.status().getAudioSampleRate());
        assertTrue(fixture.status().getEmulatorStatusJson().contains("\"state\":\"running\""));
    }

    @Test
    void inputIsToldInItsBytes() throws Exception {
        open(Map.of());
        Process process = start("bgra", "good");
        awaitConnected(process);
        Await.until("the screen's size", () -> fixture.mac.state().getWidth() == MacFixture.WIDTH);
        press("{\"type\":\"key\",\"code\":83,\"pressed\":true}");
        press("{\"type\":\"key\",\"code\":83,\"pressed\":false}");
        press("{\"type\":\"key\",\"code\":16,\"location\":2,\"pressed\":true}");
        press("{\"type\":\"key\",\"code\":13,\"location\":3,\"pressed\":true}");
        press("{\"type\":\"key\",\"code\":255,\"pressed\":true}");
        awaitTold(process, "0101000001000000", "0100000001000000", "010100007b000000", "010100004c000000");
        press("{\"type\":\"mouse_move\",\"x\":10,\"y\":20}");
        awaitTold(process, "0600000000000000", "021000000a0014000000000000000000");
        press("{\"type\":\"mouse_button\",\"x\":11,\"y\":21,\"button\":0,\"pressed\":true}");
        press("{\"type\":\"mouse_button\",\"x\":11,\"y\":21,\"button\":2,\"pressed\":true}");
        press("{\"type\":\"mouse_button\",\"x\":12,\"y\":22,\"button\":0,\"pressed\":false}");
        awaitTold(
                process,
                "021000000b0015000100000000000000",
                "021000000b0015000300000000000000",
                "021000000c0016000200000000000000");
        // A wheel has no message; a distance changes the mode first, and buttons then do not move the pointer.
        press("{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":3}");
        press("{\"type\":\"mouse_move\",\"dx\":-3,\"dy\":2}");
        awaitTold(process, "0600000001000000", "02000000fdff02000200000000000000");
        press("{\"type\":\"mouse_button\",\"x\":50,\"y\":30,\"button\":2,\"pressed\":false}");
        awaitTold(process, "02000000000000000000000000000000");
    }

    @Test
    void whatItCannotDoIsAnswered() throws Exception {
        open(Map.of());
        Process process = start("bgra", "good");
        awaitConnected(process);
        for (ControlMessage.Request request : List.of(
                new ControlMessage.GetConfig(), new ControlMessage.GetStorage(), new ControlMessage.GetLog())) {
            ExecutionException e = assertThrows(
                    ExecutionException.class,
                    () -> fixture.mac.requests().ask(request).get(10, TimeUnit.SECONDS));
            EmulatorException why = (EmulatorException) e.getCause();
            assertEquals(EmulatorException.Reason.REFUSED, why.reason());
            assertTrue(why.getMessage().contains("v4 cannot answer " + request.type()), why.getMessage());
        }
        fixture.mac.requests().ask(new ControlMessage.Restart()).get(10, TimeUnit.SECONDS);
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        assertEquals(75, process.exitValue(), "reset");
        Await.until("the end", () -> !fixture.mac.isConnected());

        // Its segment and its socket are still there; the next one is found beside them.
        Process next = start("argb", "good");
        awaitConnected(next);
        fixture.mac.requests().ask(new ControlMessage.Shutdown()).get(10, TimeUnit.SECONDS);
        assertTrue(next.waitFor(10, TimeUnit.SECONDS));
        assertEquals(0, next.exitValue(), "stop");
        assertTrue(told(next).contains("0300000002000000"), told(next));
    }

    /** It cannot say that it stopped: its segment does. */
    @Test
    void aChangedStateIsNoticed() throws Exception {
        open(Map.of());
        Process process = start("argb", "good");
        awaitConnected(process);
        Await.until("running", () -> fixture.mac.state().getEmulatorConnected());
        state(process, 0);
        Await.until("stopped", () -> !fixture.mac.state().getEmulatorConnected());
        assertTrue(fixture.mac.isConnected(), "the connection stays");
        state(process, 1);
        Await.until("running again", () -> fixture.mac.state().getEmulatorConnected());
    }

    private void state(Process process, int state) throws IOException {
        try (FileChannel file = FileChannel.open(segment(process), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) state, 0, 0, 0}), 12);
        }
    }

    @Test
    void withoutDescriptorsPicturesAreLookedFor() throws Exception {
        open(Map.of());
        Process process = start("argb", "mute");
        awaitConnected(process);
        fixture.assertTestPicture();
        fixture.assertTestTone();
    }

    /** One that hung up before it greeted may be starting anew: it is tried again at once. */
    @Test
    void whoHangsUpIsNotRefused() throws Exception {
        open(Map.of());
        Process process = start("argb", "leaves");
        awaitConnected(process);
        fixture.assertTestPicture();
    }

    @Test
    void theSegmentIsLeftWithItsEmulatorAlthoughNobodyWatches() throws Exception {
        open(Map.of());
        Process process = start("argb", "good");
        awaitConnected(process);
        fixture.assertTestPicture();
        fixture.assertTestTone();
        fixture.mac.watched(false);
        String name = segment(process).getFileName().toString();
        assertTrue(Files.readString(Path.of("/proc/self/maps")).contains(name), "mapped");
        process.destroyForcibly().waitFor();
        Await.until("unmapped", () -> {
            try {
                return !Files.readString(Path.of("/proc/self/maps")).contains(name);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** A bad one is newer, and so tried first; it is left alone, and the good one taken. */
    @ParameterizedTest
    @ValueSource(strings = {"garbage", "pipe", "talks", "floods", "wrong-pid", "short"})
    void badOnesAreRefused(String kind) throws Exception {
        Process good = start("bgra", "good");
        Thread.sleep(20);
        Process bad = start("bgra", kind);
        open(Map.of());
        awaitConnected(good);
        fixture.assertTestPicture();
        assertTrue(bad.isAlive() || told(bad).contains("hung up"), told(bad));
        assertFalse(told(bad).contains("01"), "nothing was told to it: " + told(bad));
    }

    @Test
    void liesAreSurvived() throws Exception {
        open(Map.of());
        awaitConnected(start("bgra", "liar"));
        fixture.assertTestPicture();
        fixture.assertTestTone();
    }

    /** Pictures of one colour each, written as fast as memory allows: none is shown of two. */
    @Test
    void aWriterThatLapsNeverMakesATornPicture() throws Exception {
        open(Map.of());
        AtomicInteger torn = new AtomicInteger();
        fixture.eye = frame -> {
            byte first = frame.pixels().get(ValueLayout.JAVA_BYTE, 0);
            byte[] all = frame.pixels().toArray(ValueLayout.JAVA_BYTE);
            for (byte b : all) {
                if (b != first) {
                    torn.incrementAndGet();
                    return;
                }
            }
        };
        awaitConnected(start("bgra", "laps"));
        Await.until(() -> "20 pictures: " + fixture.pictures, () -> fixture.pictures.get() > 20);
        assertEquals(0, torn.get());
    }

    @Test
    void theProcessThatIsAskedForIsTaken() throws Exception {
        Process wanted = start("argb", "good");
        Thread.sleep(20);
        Process newer = start("bgra", "good");
        open(Map.of("macemu.emulator.pid", String.valueOf(wanted.pid())));
        awaitConnected(wanted);
        fixture.assertTestPicture();
        assertEquals("", told(newer));
    }

    /** The newest of two is taken; when it ends, the other. A file that one left behind is in nobody's way. */
    @Test
    void oneAfterTheOtherIsServed() throws Exception {
        Process older = start("argb", "good");
        Thread.sleep(20);
        Process newer = start("bgra", "good");
        HostileEmulator.file(folder.resolve("macemu-video-999999999"), 0x4D454D34, 4, 24_898_880);
        open(Map.of());
        awaitConnected(newer);
        Await.until("its picture", () -> fixture.format.get() == PixelFormat.BGRA);
        // Cut under the mappings of both: the emulator dies of it, the service does not.
        HostileEmulator.shrink(segment(newer), 4_096);
        assertTrue(newer.waitFor(10, TimeUnit.SECONDS));
        awaitConnected(older);
        Await.until("the other's picture", () -> fixture.format.get() == PixelFormat.ARGB);
        fixture.assertTestPicture();
    }

    /** Another user's emulator is not seen; nor is its socket talked to when the segment seems to be ours. */
    @Test
    void anotherUsersEmulatorIsNotTouched() throws Exception {
        assumeTrue((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "only root can be another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process foreign = start("bgra", "good", "setpriv", "--reuid=" + NOBODY, "--clear-groups");
        open(Map.of());
        Process good = start("bgra", "good");
        awaitConnected(good);
        assertEquals("", told(foreign));
        good.destroyForcibly().waitFor();
        Files.setAttribute(segment(foreign), "unix:uid", 0);
        Files.setAttribute(folder.resolve("macemu-" + foreign.pid() + ".sock"), "unix:uid", 0);
        Await.until("it is reached and left: " + told(foreign), () -> told(foreign).contains("connected"));
        assertNull(peerOf(foreign), "never connected");
        assertFalse(told(foreign).lines().anyMatch(l -> l.matches("[0-9a-f]+")), told(foreign));
    }

    private Object peerOf(Process process) throws Exception {
        return fixture.status().getEmulatorPid() == process.pid() ? process : null;
    }

    /** A FIFO would be opened for ever, and a link leads to a socket that is somebody else's. */
    @Test
    void neitherFifosNorLinksAreFollowed() throws Exception {
        Process good = start("bgra", "good");
        Process linked = start("bgra", "good");
        Path socket = folder.resolve("macemu-" + linked.pid() + ".sock");
        Files.move(socket, folder.resolve("elsewhere"));
        Files.createSymbolicLink(socket, folder.resolve("elsewhere"));
        Path fifo = folder.resolve("macemu-video-999999998");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        Files.createFile(folder.resolve("macemu-999999998.sock"));
        open(Map.of());
        awaitConnected(good);
        good.destroyForcibly().waitFor();
        Process next = start("argb", "good");
        awaitConnected(next);
        assertEquals("", told(linked));
    }

    /** The wrong size is named in the log alone; the status says what is looked for. */
    @Test
    void nothingIsFoundWhereNothingIs() throws Exception {
        HostileEmulator.file(folder.resolve("macemu-video-12"), 0x4D454D34, 4, 24_898_816);
        HostileEmulator.file(folder.resolve("macemu-video-x"), 0x4D454D34, 4, 24_898_880);
        open(Map.of());
        assertFalse(fixture.mac.isConnected());
        assertTrue(fixture.mac.snapshot().get(10, TimeUnit.SECONDS).isEmpty());
    }
}
