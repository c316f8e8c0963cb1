package org.macemu.webrtc.media.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** Folder of ROMs of the application under test. */
    public static Path roms() {
        return FOLDER.resolve("roms");
    }

    /** Folder of images of the application under test. */
    public static Path images() {
        return FOLDER.resolve("images");
    }

    @Override
    public Map<String, String> start() {
        return Map.ofEntries(
                Map.entry("macemu.video-shm", "/" + NAME + "-video"),
                Map.entry("macemu.audio-shm", "/" + NAME + "-audio"),
                Map.entry("macemu.control-sock", FOLDER.resolve(NAME + ".sock").toString()),
                Map.entry("macemu.rtc.port", String.valueOf(freePort())),
                Map.entry("macemu.viewers.max", String.valueOf(MAX_VIEWERS)),
                Map.entry("macemu.viewers.idle-timeout", IDLE_MILLIS + "ms"),
                Map.entry("macemu.control.timeout", "500ms"),
                Map.entry("quarkus.http.test-port", "0"),
                Map.entry("macemu.storage.roms", roms().toString()),
                Map.entry("macemu.storage.images", images().toString()),
                Map.entry("macemu.storage.max-image-size", "64M"),
                Map.entry("macemu.storage.reserve", "1M"));
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
            for (Path folder : List.of(roms(), images(), FOLDER)) {
                empty(folder);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void empty(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
    }
}
