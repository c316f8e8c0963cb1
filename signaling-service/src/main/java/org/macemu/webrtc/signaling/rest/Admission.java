package org.macemu.webrtc.signaling.rest;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessRefused;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.http.ListenAddress;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.service.Access;
import org.macemu.webrtc.signaling.service.BrowserSessions;
import org.macemu.webrtc.signaling.service.SignalingMetrics;
import org.macemu.webrtc.signaling.sessions.SessionPods;

/**
 * Who may come in, by the headers of an HTTP request: the page it comes from, the host it is addressed to, and its
 * token. Shared by the WebSocket and by WHEP; called on the event loop of the request.
 */
@Singleton
public class Admission {

    /** What was decided. */
    public sealed interface Decision {}

    /**
     * Welcome.
     *
     * @param remoteAddress of the browser or player as text
     * @param token empty when nobody is asked for one
     * @param tokenText the token as it was shown, empty likewise: for asking again later whether it still counts
     * @param session that it wants; empty for this server's own
     */
    public record Admitted(
            String remoteAddress, Optional<AccessToken> token, String tokenText, Optional<String> session)
            implements Decision {}

    /**
     * Not welcome.
     *
     * @param status of HTTP: 401, 403, 404, 429 or 503
     * @param reason for the one who asked; tells a forger nothing
     */
    public record Refused(int status, String reason) implements Decision {}

    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int TOO_MANY = 429;
    static final int UNAVAILABLE = 503;

    private static final Logger LOG = Logger.getLogger(Admission.class);
    private static final String BEARER = "bearer ";
    private static final String SESSION = "session";

    private final OriginPolicy policy;
    private final BrowserSessions sessions;
    private final SignalingMetrics metrics;
    private final Access access;
    private final SessionPods pods;
    private final String own;

    @Inject
    Admission(
            SignalingConfig config,
            ListenAddress address,
            BrowserSessions sessions,
            SignalingMetrics metrics,
            Access access,
            SessionPods pods) {
        this.policy = new OriginPolicy(
                address.loopback(),
                config.allowedHosts().orElse(List.of()),
                config.allowedOrigins().orElse(List.of()));
        this.sessions = sessions;
        this.metrics = metrics;
        this.access = access;
        this.pods = pods;
        this.own = config.access().session();
    }

    /** Whether the request may have what it asks for of the session that its query names, or of this server's own Mac. */
    public Decision decide(HttpServerRequest request) {
        Optional<String> session = Optional.ofNullable(request.getParam(SESSION)).filter(name -> !name.equals(own));
        if (session.isPresent() && !pods.offers(session.get())) {
            metrics.refused("session");
            return new Refused(NOT_FOUND, "There is no session of this name.");
        }
        return decide(request, session);
    }

    private Decision decide(HttpServerRequest request, Optional<String> session) {
        if (!sessions.accepting()) {
            metrics.refused("shutdown");
            return new Refused(UNAVAILABLE, "This server is shutting down.");
        }
        Optional<Refused> elsewhere = elsewhere(request);
        return elsewhere.isPresent() ? elsewhere.get() : byToken(request, session);
    }

    /** Why a page, or whoever addressed the request to this host, may have nothing at all; empty when it may. */
    public Optional<Refused> elsewhere(HttpServerRequest request) {
        String refusal = policy.refusal(host(request), request.headers().getAll(HttpHeaders.ORIGIN));
        if (refusal == null) {
            return Optional.empty();
        }
        LOG.infof("Request from %s refused: %s", remote(request), refusal);
        metrics.refused("origin");
        return Optional.of(new Refused(FORBIDDEN, refusal + "."));
    }

    /** HTTP/2 has {@code :authority} instead of the Host header (RFC 9113 section 8.3.1). */
    private static String host(HttpServerRequest request) {
        boolean named = request.version() == HttpVersion.HTTP_2 && request.authority() != null;
        return named ? request.authority().toString() : request.getHeader(HttpHeaders.HOST);
    }

    /** The cookie of the page, which the browser shows to every port of its host, or a program's bearer token. */
    private Decision byToken(HttpServerRequest request, Optional<String> session) {
        String remote = remote(request);
        if (access.tokens().isEmpty()) {
            return new Admitted(remote, Optional.empty(), "", session);
        }
        if (access.failures().exceeded(remote)) {
            metrics.refused("token");
            return new Refused(TOO_MANY, "Too many bad tokens from this address; wait a minute.");
        }
        String text = token(request);
        if (text == null) {
            LOG.infof("Request from %s refused: no token", remote);
            metrics.refused("token");
            return new Refused(UNAUTHORIZED, "A token is needed here: send Authorization: Bearer.");
        }
        try {
            AccessToken token = access.tokens().get().verifyFor(text, session.orElse(own));
            return new Admitted(remote, Optional.of(token), text, session);
        } catch (AccessRefused e) {
            access.failures().failed(remote);
            LOG.infof("Request from %s refused: bad token", remote);
            metrics.refused("token");
            return new Refused(UNAUTHORIZED, e.getMessage());
        }
    }

    private static String remote(HttpServerRequest request) {
        String address = request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
        return address == null ? "unknown" : address;
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
