package org.macemu.webrtc.media.health;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;
import org.macemu.webrtc.media.MediaServer;

/** The answers to a scheduler's three questions. None of them depends on the emulator: a Mac may rest or be off. */
@ApplicationScoped
public class Probes {

    /** The capture thread goes round once a second at least. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final MediaServer server;

    Probes(MediaServer server) {
        this.server = server;
    }

    /** Segments, control socket and lanes are there. */
    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("media path built").status(server.isStarted()).build();
    }

    /** The capture thread is not stuck; that this answers shows the event loop alive. */
    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("capture thread alive")
                .status(!server.isStarted() || System.nanoTime() - server.captureHeartbeat() < STUCK_NANOS)
                .build();
    }

    /** Not draining, and a lane takes one more viewer. */
    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> HealthCheckResponse.named("able to take viewers").status(server.isReady()).build();
    }
}
