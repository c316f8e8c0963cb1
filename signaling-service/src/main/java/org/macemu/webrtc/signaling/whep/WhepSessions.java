package org.macemu.webrtc.signaling.whep;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.placement.Place;
import org.macemu.webrtc.signaling.placement.ViewerPlacement;
import org.macemu.webrtc.signaling.rest.Admission;
import org.macemu.webrtc.signaling.service.Access;
import org.macemu.webrtc.signaling.service.BrowserSessions;
import org.macemu.webrtc.signaling.service.JoinLimit;
import org.macemu.webrtc.signaling.service.SignalingMetrics;

/** The players that watch now, by session id. Thread-safe. */
@Singleton
public class WhepSessions {

    private static final int RATE_RETRY_SECONDS = 5;
    private static final int FULL_RETRY_SECONDS = 30;

    /** From waking a Mac to its pod's address; the pod is ready some seconds later. */
    private static final int STARTING_RETRY_SECONDS = 5;

    private final Vertx vertx;
    private final MediaClient media;
    private final ViewerPlacement placement;
    private final SignalingConfig config;
    private final BrowserSessions browsers;
    private final JoinLimit joinLimit;
    private final Access access;
    private final ConcurrentMap<String, WhepSession> sessions = new ConcurrentHashMap<>();

    @Inject
    WhepSessions(
            Vertx vertx,
            MediaClient media,
            ViewerPlacement placement,
            SignalingConfig config,
            BrowserSessions browsers,
            JoinLimit joinLimit,
            Access access,
            SignalingMetrics metrics) {
        this.vertx = vertx;
        this.media = media;
        this.placement = placement;
        this.config = config;
        this.browsers = browsers;
        this.joinLimit = joinLimit;
        this.access = access;
        metrics.whepSessions(sessions::size);
    }

    /** A session that was opened, and what its player is answered. */
    record Opened(WhepSession session, WhepSession.Answered answered) {}

    /** Opens a session on the event loop that calls; fails with {@link WhepProblem}. */
    Future<Opened> open(Admission.Admitted who, String offer) {
        if (!joinLimit.admit(who.remoteAddress())) {
            return Future.failedFuture(new WhepProblem(
                    WhepProblem.TOO_MANY,
                    "Too many sessions from this address; at most " + config.signaling().joinsPerSecond()
                            + " a second.",
                    RATE_RETRY_SECONDS));
        }
        if (sessions.size() + browsers.size() >= config.signaling().maxBrowsers()) {
            return Future.failedFuture(new WhepProblem(
                    WhepProblem.UNAVAILABLE,
                    "All " + config.signaling().maxBrowsers()
                            + " places for viewers are taken (macemu.signaling.max-browsers).",
                    FULL_RETRY_SECONDS));
        }
        Optional<Place> place = placement.choose(who.session(), false);
        if (place.isEmpty()) {
            String name = who.session().orElseThrow();
            return Future.failedFuture(new WhepProblem(
                    WhepProblem.CONFLICT,
                    "The Mac of the session " + name + " is not running; there is nothing to watch yet. A visit of its"
                            + " page, or POST /api/v1/sessions/" + name + "/visits, wakes one that is suspended.",
                    STARTING_RETRY_SECONDS));
        }
        WhepSession session = new WhepSession(
                who.session(),
                vertx,
                config.media().welcomeTimeout().toMillis(),
                closed -> sessions.remove(closed.id(), closed));
        sessions.put(session.id(), session);
        return session.open(
                        listener -> media.connect(place.get().address(), listener),
                        who.remoteAddress(),
                        who.token(),
                        () -> access.counts(who.tokenText(), who.session()),
                        offer)
                .map(answered -> new Opened(session, answered));
    }

    /**
     * The session of that id, if it watches the Mac that was asked for: a token is good for one Mac.
     *
     * @param mac the session of that Mac; empty for this server's own
     */
    Optional<WhepSession> find(String id, Optional<String> mac) {
        return Optional.ofNullable(sessions.get(id)).filter(session -> session.mac().equals(mac));
    }

    /** Players are not told: their DTLS session ends with the media, and their next request finds nothing. */
    void onStop(@Observes ShutdownDelayInitiatedEvent event) {
        for (WhepSession session : List.copyOf(sessions.values())) {
            session.run(session::close);
        }
    }
}
