package org.macemu.webrtc.signaling.rest;

import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessRefused;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.access.ListenAddress;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.service.Access;
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

    /** The token the browser showed, for the session that follows; absent when nobody is asked for one. */
    static final TypedKey<AccessToken> TOKEN = new TypedKey<>("accessToken");

    private static final Logger LOG = Logger.getLogger(UpgradeCheck.class);
    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY = 429;
    private static final String BEARER = "bearer ";
    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;

    private final OriginPolicy policy;
    private final BrowserSessions sessions;
    private final SignalingMetrics metrics;
    private final Access access;

    @Inject
    UpgradeCheck(
            SignalingConfig config,
            ListenAddress address,
            BrowserSessions sessions,
            SignalingMetrics metrics,
            Access access) {
        this.policy = new OriginPolicy(
                address.loopback(),
                config.allowedHosts().orElse(List.of()),
                config.allowedOrigins().orElse(List.of()));
        this.sessions = sessions;
        this.metrics = metrics;
        this.access = access;
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
            return checkToken(context, remote);
        }
        LOG.infof("WebSocket from %s refused: %s", remote, refusal);
        metrics.refused("origin");
        return CheckResult.rejectUpgrade(FORBIDDEN);
    }

    /** The cookie of the page, which the browser shows to every port of its host, or a program's bearer token. */
    private Uni<CheckResult> checkToken(HttpUpgradeContext context, String remote) {
        if (access.tokens().isEmpty()) {
            return CheckResult.permitUpgrade();
        }
        if (access.failures().exceeded(remote)) {
            metrics.refused("token");
            return CheckResult.rejectUpgrade(TOO_MANY);
        }
        String text = token(context.httpRequest());
        if (text == null) {
            LOG.infof("WebSocket from %s refused: no token", remote);
            metrics.refused("token");
            return CheckResult.rejectUpgrade(UNAUTHORIZED);
        }
        try {
            context.userData().put(TOKEN, access.tokens().get().verify(text));
            return CheckResult.permitUpgrade();
        } catch (AccessRefused e) {
            access.failures().failed(remote);
            LOG.infof("WebSocket from %s refused: bad token", remote);
            metrics.refused("token");
            return CheckResult.rejectUpgrade(UNAUTHORIZED);
        }
    }

    private static String token(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? header.substring(BEARER.length()).strip()
                    : null;
        }
        Cookie cookie = request.getCookie(AccessToken.COOKIE);
        return cookie == null ? null : cookie.getValue();
    }
}
