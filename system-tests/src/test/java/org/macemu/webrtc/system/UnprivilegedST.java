package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.FreePorts;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ServiceProcess;

/**
 * The media-service as a user without rights, as in its container: it starts, and knows its own user as the one whose
 * emulator may connect.
 */
@Timeout(120)
class UnprivilegedST {

    private static final int NOBODY = 65_534;
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    /** An emulator of that user: says how it is, and prints what it is answered. */
    private static final String EMULATOR =
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.connect(sys.argv[1])
            s.sendall(b'{"type":"status","running":true,"fps":1}\\n{"type":"nonsense"}\\n')
            s.settimeout(10)
            said = b''
            while b'nonsense' not in said:
                said += s.recv(4096)
            print(said.decode())
            """;

    private static List<String> asNobody(List<String> command) {
        List<String> all = new ArrayList<>(List.of(
                SETPRIV.toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs"));
        all.addAll(command);
        return all;
    }

    @Test
    void aServiceOfNobodyTakesTheEmulatorOfNobody() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become somebody else");
        assumeTrue(Files.isExecutable(SETPRIV), "setpriv is missing: apt-get install util-linux");
        Path folder = Files.createTempDirectory(
                "macemu-st-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path application = folder.resolve("application");
        copy(Part.MEDIA.jar().getParent(), application);
        int port = FreePorts.next();
        Path socket = folder.resolve("control.sock");
        Map<String, String> environment = new HashMap<>(Map.of(
                "MACEMU_VIDEO_SHM", "/macemu-st-nobody-" + port + "-video",
                "MACEMU_AUDIO_SHM", "/macemu-st-nobody-" + port + "-audio",
                "MACEMU_CONTROL_SOCK", socket.toString(),
                "MACEMU_MEDIA_PORT", Integer.toString(port),
                "MACEMU_RTC_PORT", Integer.toString(FreePorts.next()),
                "HOME", folder.toString(),
                "TMPDIR", folder.toString()));
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Djava.io.tmpdir=" + folder,
                "-jar",
                application.resolve("quarkus-run.jar").toString());
        try (ServiceProcess service = new ServiceProcess(
                "media-service",
                asNobody(java),
                environment,
                folder,
                Product.logFolder(UnprivilegedST.class).resolve("media-service.log"))) {
            service.start();
            Await.until("the service is ready", Product.START, () -> {
                assertTrue(service.isAlive(), "it has ended");
                return ready(port);
            }, service::logTail);
            assertEquals(NOBODY, Files.getAttribute(socket, "unix:uid"));

            Process emulator = new ProcessBuilder(
                            asNobody(List.of("/usr/bin/python3", "-c", EMULATOR, socket.toString())))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(emulator.getInputStream().readAllBytes());
            assertEquals(0, emulator.waitFor(), said + service.logTail());
            assertTrue(said.contains("{\"type\":\"status\"}"), said);
            assertTrue(said.contains("Unknown type \\\"nonsense\\\""), said);
        } finally {
            for (String kind : new String[] {"-video", "-audio"}) {
                Files.deleteIfExists(Path.of("/dev/shm/macemu-st-nobody-" + port + kind));
            }
            delete(folder);
        }
    }

    private static String ready(int port) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? null : answer.body();
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** The build's folder may be one that nobody else may read. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
                } else {
                    Files.copy(file, copy);
                    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
