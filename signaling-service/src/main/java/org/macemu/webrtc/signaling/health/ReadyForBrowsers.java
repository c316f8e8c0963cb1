package org.macemu.webrtc.signaling.health;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.service.BrowserSessions;

/**
 * Ready: another browser would be taken. An absent media-service does not change that: the browser is better off with
 * an open WebSocket that says so than with none.
 */
@Readiness
@Singleton
public class ReadyForBrowsers implements HealthCheck {

    private final BrowserSessions sessions;
    private final MediaClient media;
    private final int capacity;

    @Inject
    ReadyForBrowsers(BrowserSessions sessions, MediaClient media, SignalingConfig config) {
        this.sessions = sessions;
        this.media = media;
        this.capacity = config.signaling().maxBrowsers();
    }

    @Override
    public HealthCheckResponse call() {
        int open = sessions.size();
        return HealthCheckResponse.named("browsers")
                .status(sessions.accepting() && open < capacity)
                .withData("open", open)
                .withData("capacity", capacity)
                .withData("mediaService", media.target())
                .build();
    }
}
