package org.macemu.webrtc.control.sessions;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.control.client.MediaClient;

/**
 * Asks each running Mac's media-service from time to time how many watch; what that means is {@link Sessions}' to say.
 * A media-service that does not answer says nothing: its Mac is left alone. Each replica asks; suspending twice is
 * suspending once. One thread of its own.
 */
final class IdleCheck implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(IdleCheck.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Sessions sessions;
    private final MediaClient media;
    private final String host;
    private final int port;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sessions-idle").daemon().factory());

    /** @param host name in the media-services' certificate */
    IdleCheck(Sessions sessions, MediaClient media, String host, int port, Duration period) {
        this.sessions = sessions;
        this.media = media;
        this.host = host;
        this.port = port;
        clock.scheduleWithFixedDelay(this::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        sessions.running().forEach((name, address) -> {
            try {
                SocketAddress target = SocketAddress.inetSocketAddress(
                        new InetSocketAddress(InetAddress.getByAddress(host, bytes(address)), port));
                int viewers = media.status(target).await().atMost(PATIENCE).getViewers();
                sessions.watched(name, viewers);
            } catch (SessionFailure | UnknownHostException e) {
                LOG.infof("Session %s: %s", name, e.getMessage());
            } catch (RuntimeException e) {
                LOG.infof("Session %s does not say how many watch: %s", name, e.getMessage());
            }
        });
    }

    /** A pod's address is written in figures: no name is looked up. */
    private static byte[] bytes(String address) throws UnknownHostException {
        return InetAddress.ofLiteral(address).getAddress();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
