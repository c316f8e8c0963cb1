package org.macemu.webrtc.media.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.GetConfig;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.NewThreads;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** The socket as good and bad emulators meet it. */
class ControlSocketTest {

    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final String ACK = "{\"type\":\"ack\"}";

    @TempDir
    Path folder;

    private Path path;
    private final RecordingListener listener = new RecordingListener();
    private final NewThreads threads = new NewThreads();
    private ControlSocket socket;

    @BeforeEach
    void name() {
        path = folder.resolve("c.sock");
    }

    @AfterEach
    void close() {
        if (socket != null) {
            socket.close();
        }
    }

    private static int uid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private ControlSocket bind(Set<Integer> uids) throws IOException {
        return new ControlSocket(new ControlSocket.Settings(path, "rw-------", uids), listener);
    }

    private void listen() throws IOException {
        socket = bind(Set.of(uid()));
        socket.start();
    }

    private HostileEmulator.Connection connect() throws Exception {
        HostileEmulator.Connection c = HostileEmulator.connect(path);
        Await.until("connection", socket::isConnected);
        return c;
    }

    @Test
    void tellsWhoConnectedAndWhatItSays() throws Exception {
        listen();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertFalse(socket.isConnected());
        assertFalse(socket.send(new GetConfig()));
        try (HostileEmulator.Connection c = connect()) {
            assertEquals(ProcessHandle.current().pid(), socket.peer().pid());
            assertEquals(uid(), socket.peer().uid());
            c.send(ACK);
            Await.until("an ack", () -> listener.messages.equals(List.of(new ControlMessage.Ack())));
            assertTrue(socket.send(new GetConfig()));
            assertEquals("{\"type\":\"get_config\"}", c.readLine(SHORT));
        }
        Await.until("disconnection", () -> listener.events.equals(List.of("connected", "disconnected")));
        Await.until("vacancy", () -> !socket.isConnected());
    }

    @Test
    void cutsLinesWhereverTheBytesBreak() throws Exception {
        listen();
        try (HostileEmulator.Connection c = connect()) {
            c.send(HostileEmulator.halfLine());
            Thread.sleep(20);
            assertTrue(listener.messages.isEmpty());
            c.send("ing\":true}");
            c.sendByteByByte((ACK + "\n").getBytes(StandardCharsets.UTF_8));
            c.send((ACK + "\n\n" + ACK + "\n" + ACK.substring(0, 5)).getBytes(StandardCharsets.UTF_8));
            c.send(ACK.substring(5));
            Await.until("5 messages, found " + listener.messages, () -> listener.messages.size() == 5);
        }
    }

    @Test
    void nonsenseIsAnsweredAndTheConnectionStays() throws Exception {
        listen();
        try (HostileEmulator.Connection c = connect()) {
            c.send("{\"type\":\"dance\"}");
            assertContains(c.readLine(SHORT), "error", "dance", "config, storage, status, log, error, ack");
            c.send("[1,2]");
            assertContains(c.readLine(SHORT), "error", "JSON object");
            c.send("{\"type\":");
            assertContains(c.readLine(SHORT), "error", "Not valid JSON");
            c.send("{\"type\":\"storage\",\"roms\":7,\"disks\":[]}");
            assertContains(c.readLine(SHORT), "error", "roms");
            c.send(HostileEmulator.longLine(1 << 20));
            assertContains(c.readLine(SHORT), "error", "longer than 65536");
            c.send(HostileEmulator.binary(7, 50_000));
            c.send("\n" + ACK);
            Await.until("the ack after it all", () -> listener.messages.contains(new ControlMessage.Ack()));
            assertTrue(socket.isConnected());
        }
    }

    private static void assertContains(String line, String... parts) {
        for (String part : parts) {
            assertTrue(line.contains(part), line);
        }
    }

    @Test
    void complainsAHundredTimesAtMost() throws Exception {
        listen();
        try (HostileEmulator.Connection c = connect()) {
            c.send("x\n".repeat(5_000).getBytes(StandardCharsets.UTF_8));
            c.send(ACK);
            Await.until("the ack", () -> listener.messages.size() == 1);
            socket.send(new GetConfig());
            int errors = 0;
            for (String line = c.readLine(SHORT); !line.contains("get_config"); line = c.readLine(SHORT)) {
                errors++;
            }
            assertEquals(100, errors);
        }
    }

    @Test
    void refusesASecondEmulatorWhileTheFirstLives() throws Exception {
        listen();
        try (HostileEmulator.Connection first = connect()) {
            try (HostileEmulator.Connection second = HostileEmulator.connect(path)) {
                assertContains(second.readLine(SHORT), "error", "another emulator is connected already");
                assertNull(second.readLine(SHORT));
            }
            socket.send(new GetConfig());
            assertEquals("{\"type\":\"get_config\"}", first.readLine(SHORT));
        }
        assertEquals("connected", listener.events.get(0));
    }

    /** An emulator that is started again at once, a hundred times: never refused, and never told in the wrong order. */
    @Test
    void anEmulatorThatComesBackAtOnceIsTaken() throws Exception {
        listen();
        int rounds = 100;
        for (int i = 0; i < rounds; i++) {
            try (HostileEmulator.Connection c = HostileEmulator.connect(path)) {
                int round = i;
                c.send(ACK);
                Await.until(() -> "round " + round + ": " + listener.events, () -> listener.messages.size() == round + 1);
            }
        }
        Await.until("the last end", () -> listener.events.size() == 2 * rounds);
        List<String> expected = new ArrayList<>();
        IntStream.range(0, rounds).forEach(i -> Collections.addAll(expected, "connected", "disconnected"));
        assertEquals(expected, listener.events);
    }

    @Test
    void aListenerThatFailsCostsOneConnection() throws Exception {
        boolean[] fails = {true};
        socket = new ControlSocket(
                new ControlSocket.Settings(path, "rw-------", Set.of(uid())), new EmulatorListener() {
                    @Override
                    public void connected(EmulatorPeer peer) {
                        if (fails[0]) {
                            throw new IllegalStateException("as the test wants");
                        }
                        listener.connected(peer);
                    }

                    @Override
                    public void received(ControlMessage.FromEmulator message) {}

                    @Override
                    public void disconnected(EmulatorPeer peer) {
                        listener.disconnected(peer);
                    }
                });
        socket.start();
        try (HostileEmulator.Connection c = HostileEmulator.connect(path)) {
            assertNull(c.readLine(SHORT));
        }
        fails[0] = false;
        Await.until("vacancy", () -> !socket.isConnected());
        try (HostileEmulator.Connection c = connect()) {
            Await.until("connected", () -> listener.events.contains("connected"));
        }
    }

    @Test
    void anEmulatorThatNeverReadsBlocksNobodyAndIsDisconnected() throws Exception {
        long writers = threads.named("control-write");
        long readers = threads.named("control-read");
        listen();
        try (HostileEmulator.Connection c = connect()) {
            long longest = 0;
            boolean taken = true;
            for (int i = 0; taken && i < 200_000; i++) {
                long begin = System.nanoTime();
                taken = socket.send(new Key(65, i % 2 == 0, false, false, false, false, 0));
                longest = Math.max(longest, System.nanoTime() - begin);
            }
            assertFalse(taken, "200,000 unread messages were taken");
            assertTrue(longest < 2_000_000_000L, "send took " + longest / 1_000_000 + " ms");
            Await.until("disconnection", () -> listener.events.equals(List.of("connected", "disconnected")));
            Await.until("the writer's end", () -> threads.named("control-write") == writers && threads.named("control-read") == readers);
        }
        try (HostileEmulator.Connection next = connect()) {
            socket.send(new GetConfig());
            assertEquals("{\"type\":\"get_config\"}", next.readLine(SHORT));
        }
    }

    /** Pointer moves that nobody reads take no room. */
    @Test
    void movesCollapseWhileTheEmulatorDoesNotRead() throws Exception {
        listen();
        try (HostileEmulator.Connection c = connect()) {
            for (int i = 0; i < 100_000; i++) {
                assertTrue(socket.send(new MouseMove(i % 640, i % 480)), "at " + i);
            }
            assertTrue(socket.isConnected());
        }
    }

    @Test
    void reusesTheFileOfADeadServer() throws Exception {
        try (AFUNIXServerSocket dead = AFUNIXServerSocket.newInstance()) {
            dead.setDeleteOnClose(false);
            dead.bind(AFUNIXSocketAddress.of(path));
        }
        assertTrue(Files.exists(path), "the stale file is not there");
        listen();
        connect().close();
    }

    @Test
    void leavesALivingServerAlone() throws Exception {
        listen();
        IOException e = assertThrows(IOException.class, () -> bind(Set.of(uid())));
        assertTrue(e.getMessage().contains("another server is listening"), e.getMessage());
        connect().close();
    }

    @Test
    void removesNothingThatIsNoSocket() throws Exception {
        Files.writeString(path, "precious");
        IOException e = assertThrows(IOException.class, () -> bind(Set.of(uid())));
        assertTrue(e.getMessage().contains("no socket stands there"), e.getMessage());
        assertEquals("precious", Files.readString(path));
        Files.delete(path);
        Files.createDirectory(path);
        assertThrows(IOException.class, () -> bind(Set.of(uid())));
        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("/dev/null"));
        assertThrows(IOException.class, () -> bind(Set.of(uid())));
    }

    @Test
    void saysWhyItCannotListen() {
        path = folder.resolve("missing").resolve("c.sock");
        IOException e = assertThrows(IOException.class, () -> bind(Set.of(0)));
        assertTrue(e.getMessage().contains("its folder must exist"), e.getMessage());
        path = folder.resolve("x".repeat(150));
        e = assertThrows(IOException.class, () -> bind(Set.of(0)));
        assertTrue(e.getMessage().contains("107 bytes"), e.getMessage());
    }

    @Test
    void closingEndsTheConnectionAndRemovesTheFile() throws Exception {
        long acceptors = threads.named("control-accept");
        long readers = threads.named("control-read");
        listen();
        try (HostileEmulator.Connection c = connect()) {
            socket.close();
            assertNull(c.readLine(SHORT));
        }
        assertFalse(Files.exists(path));
        Await.until("disconnected", () -> listener.events.contains("disconnected"));
        Await.until("the threads' end", () -> threads.named("control-accept") == acceptors && threads.named("control-read") == readers);
    }

    @Test
    void refusesOtherUsers() throws Exception {
        socket = bind(Set.of(uid() + 1));
        socket.start();
        try (HostileEmulator.Connection c = HostileEmulator.connect(path)) {
            assertContains(c.readLine(SHORT), "error", "user " + uid() + " may not connect");
            assertNull(c.readLine(SHORT));
        }
        assertTrue(listener.events.isEmpty());
    }

    /** The kernel's word for a process of another user, not the process's own. */
    @Test
    void refusesAProcessOfAnotherUser() throws Exception {
        assumeTrue(uid() == 0, "only root can become another user");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv here");
        path = Files.createTempDirectory("macemu-control").resolve("c.sock");
        Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        socket = new ControlSocket(new ControlSocket.Settings(path, "rw-rw-rw-", Set.of(0)), listener);
        socket.start();
        String script = "import socket,sys;s=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1]);"
                + "print(s.makefile().readline())";
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3 here");
        Process stranger = new ProcessBuilder(
                        "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c",
                        script, path.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(stranger.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertContains(said, "error", "user 65534 may not connect", "expected one of [0]");
        assertTrue(listener.events.isEmpty());
        Files.deleteIfExists(path);
    }

    /** From {@code send} to the line in the other process's socket, at 1,000 events a second. */
    @Test
    void anEventIsOnTheSocketWithinMilliseconds() throws Exception {
        listen();
        int events = 2_000;
        long[] sent = new long[events];
        long[] took = new long[events];
        try (HostileEmulator.Connection c = connect()) {
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < events; i++) {
                        c.readLine(SHORT);
                        took[i] = System.nanoTime() - sent[i];
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            long next = System.nanoTime();
            for (int i = 0; i < events; i++) {
                sent[i] = System.nanoTime();
                assertTrue(socket.send(new Key(1 + i % 255, i % 2 == 0, false, false, false, false, 0)));
                next += 1_000_000;
                LockSupport.parkNanos(next - System.nanoTime());
            }
            reader.join(SHORT.toMillis());
            assertFalse(reader.isAlive(), "not every event arrived");
        }
        Arrays.sort(took);
        System.out.printf(
                "input event to the emulator's socket at 1,000 a second: median %.0f us, p99 %.0f us%n",
                took[events / 2] / 1e3, took[events * 99 / 100] / 1e3);
        assertTrue(took[events / 2] < 50_000_000L, "median " + took[events / 2] + " ns");
    }
}
