package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.grpc.IceServer;

/** Credentials of a viewer's own at a real TURN server that knows nothing but the secret: coturn. */
class IceServersIT {

    private static final Path SERVER = Path.of("/usr/bin/turnserver");
    private static final Path CLIENT = Path.of("/usr/bin/turnutils_uclient");
    private static final String SECRET = "north";

    @TempDir
    private Path folder;

    private Process server;
    private int port;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(SERVER) && Files.isExecutable(CLIENT), "coturn is not installed");
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        Path log = folder.resolve("log");
        server = new ProcessBuilder(
                        SERVER.toString(), "-n", "--use-auth-secret", "--static-auth-secret=" + SECRET,
                        "--realm=mac", "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", Integer.toString(port),
                        "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers", "--log-file=stdout",
                        "--pidfile=" + folder.resolve("pid"), "--userdb=" + folder.resolve("db"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.readString(log).contains("Total General servers")) {
            assertTrue(server.isAlive() && System.nanoTime() < deadline, () -> text(log));
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
    }

    /** What coturn's own client says after it has tried to send through the server with these credentials. */
    private String relayed(IceServer told) throws Exception {
        Path output = folder.resolve("client");
        Process client = new ProcessBuilder(
                        CLIENT.toString(), "-y", "-c", "-n", "3", "-m", "1", "-u", told.getUsername(),
                        "-w", told.getCredential(), "-p", Integer.toString(port), "127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!client.waitFor(15, TimeUnit.SECONDS)) {
            client.destroyForcibly().waitFor();
        }
        return Files.readString(output);
    }

    @Test
    void aViewersCredentialsOpenTheRelayUntilTheyEnd() throws Exception {
        List<String> urls = List.of("turn:127.0.0.1:" + port);
        Duration hour = Duration.ofHours(1);
        Clock now = Clock.systemUTC();
        String good = relayed(
                IceServers.timeLimited(urls, SECRET, hour, now).of("v-abc").getFirst());
        assertTrue(good.contains("Total lost packets 0 "), good);
        Clock earlier = Clock.offset(now, Duration.ofHours(2).negated());
        String ended = relayed(
                IceServers.timeLimited(urls, SECRET, hour, earlier).of("v-abc").getFirst());
        assertTrue(ended.contains("Cannot complete Allocation"), ended);
        String forged = relayed(
                IceServers.timeLimited(urls, "south", hour, now).of("v-abc").getFirst());
        assertTrue(forged.contains("Cannot complete Allocation"), forged);
    }
}
