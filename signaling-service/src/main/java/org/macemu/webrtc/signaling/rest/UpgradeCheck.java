package org.macemu.webrtc.signaling.rest;

import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;
import org.macemu.webrtc.signaling.config.ListenAddress;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.service.BrowserSessions;
import org.macemu.webrtc.signaling.service.SignalingMetrics;

/**
 * Which HTTP requests may become a WebSocket. Browsers apply no same-origin policy to WebSockets: without this check
 * any page a person visits could use the Mac on their machine. Runs on the event loop of the request.
 */
@Singleton
public class UpgradeCheck implements HttpUpgradeCheck {

    /** The browser's address as text, for the session that follows. */
    static final TypedKey<String> REMOTE_ADDRESS = TypedKey.forString("remoteAddress");

    private static final Logger LOG = Logger.getLogger(UpgradeCheck.class);
    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;

    private final OriginPolicy policy;
    private final BrowserSessions sessions;
    private final SignalingMetrics metrics;

    @Inject
    UpgradeCheck(
            SignalingConfig config, ListenAddress address, BrowserSessions sessions, SignalingMetrics metrics) {
        this.policy = new OriginPolicy(
                address.loopback(),
                config.allowedHosts().orElse(List.of()),
                config.allowedOrigins().orElse(List.of()));
        this.sessions = sessions;
        this.metrics = metrics;
    }

    @Override
    public Uni<CheckResult> perform(HttpUpgradeContext context) {
        HttpServerRequest request = context.httpRequest();
        String remote = request.remoteAddress() == null
                ? "unknown"
                : request.remoteAddress().hostAddress();
        context.userData().put(REMOTE_ADDRESS, remote == null ? "unknown" : remote);
        if (!sessions.accepting()) {
            metrics.refused("shutdown");
            return CheckResult.rejectUpgrade(UNAVAILABLE);
        }
        List<String> origins = request.headers().getAll(HttpHeaders.ORIGIN);
        String refusal = policy.refusal(request.getHeader(HttpHeaders.HOST), origins);
        if (refusal == null) {
            return CheckResult.permitUpgrade();
        }
        LOG.infof("WebSocket from %s refused: %s", remote, refusal);
        metrics.refused("origin");
        return CheckResult.rejectUpgrade(FORBIDDEN);
    }
}
