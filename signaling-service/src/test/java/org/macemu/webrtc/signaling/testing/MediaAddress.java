package org.macemu.webrtc.signaling.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

/**
 * A free port for the media-service's counterpart, which each test starts and ends as it likes, and time limits short
 * enough to be waited for.
 */
public class MediaAddress implements QuarkusTestResourceLifecycleManager {

    /** A browser that is silent this long is closed. */
    public static final int SILENCE_MS = 4_000;

    @Override
    public Map<String, String> start() {
        return Map.ofEntries(
                Map.entry("macemu.media.port", String.valueOf(freePort())),
                Map.entry("macemu.media.welcome-timeout", "1s"),
                Map.entry("macemu.media.completion-timeout", "500ms"),
                Map.entry("macemu.media.ping-interval", "1s"),
                Map.entry("macemu.media.retry-initial", "50ms"),
                Map.entry("macemu.media.retry-max", "200ms"),
                Map.entry("macemu.signaling.silence", SILENCE_MS + "ms"),
                Map.entry("macemu.signaling.send-timeout", "1s"),
                Map.entry("macemu.signaling.join-burst", "10000"),
                Map.entry("macemu.allowed-origins", "https://mac.example.org"),
                Map.entry("macemu.allowed-hosts", "proxy.example.org"));
    }

    @Override
    public void stop() {
        // A port is not held.
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
