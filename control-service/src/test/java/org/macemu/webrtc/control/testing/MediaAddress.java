package org.macemu.webrtc.control.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

/** A free port for the media-service's counterpart, which each test starts and ends as it likes. */
public class MediaAddress implements QuarkusTestResourceLifecycleManager {

    /** How long a call may take. */
    public static final int CALL_TIMEOUT_MS = 1_000;

    @Override
    public Map<String, String> start() {
        return Map.of(
                "macemu.media.port", String.valueOf(freePort()),
                "macemu.media.call-timeout", CALL_TIMEOUT_MS + "ms",
                "macemu.allowed-hosts", "proxy.example.org");
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
