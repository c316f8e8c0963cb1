package org.macemu.webrtc.control.sessions;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.control.client.MediaClient;
import org.macemu.webrtc.control.client.PodNames;

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
    private final PodNames names;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sessions-idle").daemon().factory());

    IdleCheck(Sessions sessions, MediaClient media, PodNames names, Duration period) {
        this.sessions = sessions;
        this.media = media;
        this.names = names;
        clock.scheduleWithFixedDelay(this::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        sessions.running().forEach((name, address) -> {
            try {
                int viewers = media.status(names.target(address)).await().atMost(PATIENCE).getViewers();
                sessions.watched(name, viewers);
            } catch (SessionFailure | UnknownHostException e) {
                LOG.infof("Session %s: %s", name, e.getMessage());
            } catch (RuntimeException e) {
                LOG.infof("Session %s does not say how many watch: %s", name, e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
