package org.macemu.webrtc.api.http;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Live: an event loop takes and finishes a task. Neither the media-service nor the emulator matters here. */
@Liveness
@Singleton
public class EventLoopAlive implements AsyncHealthCheck {

    private static final String NAME = "event loop";
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Vertx vertx;

    @Inject
    EventLoopAlive(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom()
                .<HealthCheckResponse>emitter(emitter -> vertx.nettyEventLoopGroup()
                        .next()
                        .execute(() -> emitter.complete(HealthCheckResponse.up(NAME))))
                .ifNoItem()
                .after(LIMIT)
                .recoverWithItem(() -> HealthCheckResponse.down(NAME));
    }
}
