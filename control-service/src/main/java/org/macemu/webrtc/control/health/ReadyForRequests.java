package org.macemu.webrtc.control.health;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.macemu.webrtc.control.client.MediaClient;

/**
 * Ready: requests are answered. An absent media-service does not change that: the web client is served without it and
 * says what is missing.
 */
@Readiness
@Singleton
public class ReadyForRequests implements HealthCheck {

    private final MediaClient media;
    private volatile boolean stopping;

    @Inject
    ReadyForRequests(MediaClient media) {
        this.media = media;
    }

    void onStop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("requests")
                .status(!stopping)
                .withData("mediaService", media.target())
                .build();
    }
}
