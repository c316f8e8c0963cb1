package org.macemu.webrtc.media.emulator.v4;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.control.EmulatorPeer;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.testing.CProgram;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** The descriptors that an emulator in C passes: each is closed once, and nothing else is. */
class V4ConnectionIT {

    private static final EmulatorListener NOBODY = new EmulatorListener() {
        @Override
        public void connected(EmulatorPeer peer) {}

        @Override
        public void received(FromEmulator message) {}

        @Override
        public void disconnected(EmulatorPeer peer) {}
    };

    @TempDir
    Path folder;

    /** What is done with a connection that has not been greeted yet. */
    private interface Step {
        void run(V4Connection connection) throws Exception;
    }

    private void connect(String kind, Step step) throws Exception {
        Path source = Path.of(System.getProperty("basedir", ""), "src/test/c/v4_emulator.c");
        CProgram emulator = CProgram.compile(folder.resolve("v4"), source.toAbsolutePath().toString());
        Process process = new ProcessBuilder(emulator.command(
                        folder.toString(), "bgra", folder.resolve("log").toString(), kind))
                .redirectErrorStream(true)
                .start();
        try {
            Path segment = folder.resolve("macemu-video-" + process.pid());
            Path address = folder.resolve("macemu-" + process.pid() + ".sock");
            Await.until("its segment", () -> Files.exists(segment));
            try (AFUNIXSocket socket = AFUNIXSocket.newInstance()) {
                socket.connect(AFUNIXSocketAddress.of(address));
                EmulatorPeer peer = new EmulatorPeer((int) process.pid(), 0);
                try (V4Connection connection = new V4Connection(socket, segment, peer, NOBODY)) {
                    step.run(connection);
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Numbers are given out again at once: a second close of one would be of a file that was opened meanwhile. */
    @Test
    void descriptorsAreClosedOnce() throws Exception {
        long before = eventfds();
        List<FileChannel> others = new ArrayList<>();
        try {
            connect("good", connection -> {
                assertTrue(connection.awaitGreeting());
                assertTrue(connection.hasSignal());
                open(others);
            });
            open(others);
            assertOpen(others);
            Await.until(() -> eventfds() + " eventfds; before " + before, () -> eventfds() <= before);
        } finally {
            close(others);
        }
    }

    @Test
    void refusedDescriptorsAreClosedOnceToo() throws Exception {
        long before = eventfds();
        List<FileChannel> others = new ArrayList<>();
        try {
            connect("pipe", connection -> {
                IOException e = assertThrows(IOException.class, connection::awaitGreeting);
                assertTrue(e.getMessage().contains("expected an eventfd"), e.getMessage());
                open(others);
            });
            assertOpen(others);
            Await.until(() -> eventfds() + " eventfds; before " + before, () -> eventfds() <= before);
        } finally {
            close(others);
        }
    }

    /** Takes the lowest numbers that are free. */
    private void open(List<FileChannel> others) throws IOException {
        for (int i = 0; i < 16; i++) {
            others.add(FileChannel.open(folder.resolve("v4"), StandardOpenOption.READ));
        }
    }

    private static void assertOpen(List<FileChannel> others) {
        for (FileChannel other : others) {
            try {
                assertTrue(other.size() > 0);
            } catch (IOException e) {
                throw new AssertionError("a file that has nothing to do with it was closed", e);
            }
        }
    }

    private static void close(List<FileChannel> others) throws IOException {
        for (FileChannel other : others) {
            other.close();
        }
    }

    /** How many eventfds this process has; the JDK has some too. */
    private static long eventfds() {
        long count = 0;
        for (String number : Path.of("/proc/self/fd").toFile().list()) {
            try {
                String what = Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                count += what.equals("anon_inode:[eventfd]") ? 1 : 0;
            } catch (IOException e) {
                // That of the listing itself.
            }
        }
        return count;
    }
}
