package org.macemu.webrtc.media.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.macemu.webrtc.synthetic.SyntheticOptions;

/**
 * Segments, socket and port of the application under test, shared with nobody; and time limits that can be waited for.
 */
public final class IsolatedNames implements QuarkusTestResourceLifecycleManager {

    /** Viewers the application takes in all, and on the adaptive lane. */
    public static final int MAX_VIEWERS = 3;

    public static final long IDLE_MILLIS = 3_000;

    private static final String NAME = "macemu-test-" + ProcessHandle.current().pid();
    private static final Path FOLDER = folder();

    private static Path folder() {
        try {
            return Files.createTempDirectory("macemu-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An emulator for the application under test. */
    public static SyntheticOptions.Builder emulator() {
        return SyntheticOptions.named(NAME, FOLDER);
    }

    @Override
    public Map<String, String> start() {
        return Map.of(
                "macemu.video-shm", "/" + NAME + "-video",
                "macemu.audio-shm", "/" + NAME + "-audio",
                "macemu.control-sock", FOLDER.resolve(NAME + ".sock").toString(),
                "macemu.rtc.port", String.valueOf(freePort()),
                "macemu.viewers.max", String.valueOf(MAX_VIEWERS),
                "macemu.viewers.idle-timeout", IDLE_MILLIS + "ms",
                "macemu.control.timeout", "500ms",
                "quarkus.http.test-port", "0");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        try {
            Files.deleteIfExists(FOLDER.resolve(NAME + ".sock"));
            Files.deleteIfExists(FOLDER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
