package org.macemu.webrtc.signaling.placement;

import io.quarkus.runtime.Startup;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.sessions.SessionPods;

/**
 * Chooses a place for a viewer. Whoever may hold the controls is served by the origin, the one place that decides about
 * them; of the others the origin serves the first ones, and the edge with the least stress everybody else. An edge that
 * does not answer is nobody's choice.
 *
 * <p>The loads are asked for on one event loop; {@link #choose} may be called by any thread and never waits.
 */
@Startup
@Singleton
public class ViewerPlacement {

    private static final Logger LOG = Logger.getLogger(ViewerPlacement.class);

    private static final long ASK_MS = 500;
    private static final long ANSWER_MS = 1_000;
    private static final long RESOLVE_MS = 5_000;

    private final Vertx vertx;
    private final MediaClient media;
    private final SessionPods pods;
    private final int originViewers;
    private final Optional<EdgeNames> names;
    private final PlaceLoad origin;
    private final Map<Place, PlaceLoad> edges = new ConcurrentHashMap<>();
    private final Set<Place> asked = ConcurrentHashMap.newKeySet();
    private long askTimer = -1;
    private long resolveTimer = -1;

    @Inject
    ViewerPlacement(Vertx vertx, MediaClient media, SessionPods pods, SignalingConfig config) {
        this.vertx = vertx;
        this.media = media;
        this.pods = pods;
        this.originViewers = config.placement().originViewers();
        this.origin = new PlaceLoad(new Place(media.origin(), false), System.nanoTime());
        this.names = config.placement()
                .edges()
                .filter(list -> !list.isEmpty())
                .map(list -> new EdgeNames(list, config.media().tlsFolder().isPresent()));
        names.ifPresent(this::watch);
    }

    private void watch(EdgeNames edgeNames) {
        LOG.infof("Guests beyond the first %d are placed on the edges %s", originViewers, edgeNames);
        Context context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> {
            resolve(edgeNames);
            resolveTimer = vertx.setPeriodic(RESOLVE_MS, timer -> resolve(edgeNames));
            askTimer = vertx.setPeriodic(ASK_MS, timer -> askAll());
        });
    }

    /** Whether there may be edges at all. */
    public boolean hasEdges() {
        return names.isPresent();
    }

    /**
     * A place for a viewer of this server's own Mac or of a session's, whose pod serves its whole audience.
     *
     * @param session empty for this server's own Mac
     * @return empty while the session has no pod
     */
    public Optional<Place> choose(Optional<String> session, boolean mayHoldControls) {
        return session.isPresent()
                ? pods.find(session.get()).map(pod -> new Place(pod, false))
                : Optional.of(choose(mayHoldControls));
    }

    /**
     * A place for a viewer of this server's own Mac, who is on the way there with the return of this.
     *
     * @param mayHoldControls its token says owner or controller; where nobody is asked for a token nobody's does
     */
    public Place choose(boolean mayHoldControls) {
        if (names.isEmpty()) {
            return origin.place();
        }
        long now = System.nanoTime();
        PlaceLoad chosen = choose(origin, edges.values(), originViewers, mayHoldControls, now);
        chosen.sent(now);
        return chosen.place();
    }

    /** The rule itself. */
    static PlaceLoad choose(
            PlaceLoad origin, Collection<PlaceLoad> edges, int originViewers, boolean mayHoldControls, long now) {
        boolean room = origin.accepts(now);
        // An origin that does not answer is waited for by those who steer: at an edge they could only watch.
        if (mayHoldControls && (room || !origin.isTrusted(now)) || room && origin.viewers(now) < originViewers) {
            return origin;
        }
        return edges.stream()
                .filter(edge -> edge.accepts(now))
                .min(Comparator.comparingDouble((PlaceLoad edge) -> edge.stress(now))
                        .thenComparingInt(edge -> edge.viewers(now)))
                .orElse(origin);
    }

    /** A call to this place broke, or its viewers are to go: nobody is sent there for some seconds, unless it is a session's pod. */
    public void failed(Place place) {
        PlaceLoad load = place.equals(origin.place()) ? origin : edges.get(place);
        if (load != null) {
            load.failed(System.nanoTime());
        }
    }

    private void resolve(EdgeNames edgeNames) {
        vertx.executeBlocking(edgeNames::resolve).onSuccess(found -> {
            edges.keySet().retainAll(found);
            for (Place place : found) {
                edges.computeIfAbsent(place, p -> new PlaceLoad(p, System.nanoTime()));
            }
            askAll();
        });
    }

    private void askAll() {
        ask(origin);
        List.copyOf(edges.values()).forEach(this::ask);
    }

    /** One question at a time: a place that answers late is not asked more often. */
    private void ask(PlaceLoad load) {
        Place place = load.place();
        if (!asked.add(place)) {
            return;
        }
        media.load(place.address(), ANSWER_MS).onComplete(result -> {
            asked.remove(place);
            boolean before = load.isKnown();
            if (result.succeeded()) {
                load.answered(result.result());
            } else {
                load.unanswered();
            }
            if (before != load.isKnown()) {
                LOG.infof("%s %s", place, before ? "does not answer: " + result.cause() : "answers");
            }
        });
    }

    @PreDestroy
    void close() {
        vertx.cancelTimer(askTimer);
        vertx.cancelTimer(resolveTimer);
    }
}
