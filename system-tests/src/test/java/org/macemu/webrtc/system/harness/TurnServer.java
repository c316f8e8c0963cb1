package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Debian's coturn on loopback: what stands between a browser that may only use relays and the media-service. */
public final class TurnServer implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/bin/turnserver");
    private static final Duration START = Duration.ofSeconds(20);
    private static final String USER = "macemu";
    private static final String PASSWORD = "relayed";

    private final int port = FreePorts.next();
    private final Path folder;
    private final ServiceProcess process;

    private TurnServer(Class<?> test) throws IOException {
        folder = Files.createTempDirectory("macemu-turn-");
        process = new ServiceProcess(
                "coturn",
                List.of(
                        PROGRAM.toString(), "-n", "--no-cli", "--no-tls", "--no-dtls",
                        "--simple-log", "--log-file=stdout", "--verbose",
                        "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--listening-port=" + port,
                        // The media-service is on loopback, where a real relay must lead nobody.
                        "--allow-loopback-peers",
                        "--lt-cred-mech", "--realm=macemu", "--user=" + USER + ":" + PASSWORD,
                        "--userdb=" + folder.resolve("turn.db"), "--pidfile=" + folder.resolve("turn.pid")),
                Map.of(),
                folder,
                Product.logFolder(test).resolve("coturn.log"));
    }

    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /** Starts a server and waits until it takes clients. */
    public static TurnServer start(Class<?> test) throws IOException {
        TurnServer server = new TurnServer(test);
        server.process.start().awaitLog("Relay ports initialization done", START);
        return server;
    }

    /** The settings that make a media-service tell its browsers of this server. */
    public Map<String, String> settings() {
        return Map.of(
                "MACEMU_RTC_ICE_SERVERS", "turn:127.0.0.1:" + port + "?transport=udp",
                "MACEMU_RTC_ICE_USERNAME", USER,
                "MACEMU_RTC_ICE_CREDENTIAL", PASSWORD);
    }

    /** The end of its log. */
    public String logTail() {
        return process.logTail();
    }

    @Override
    public void close() throws IOException {
        process.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
