package org.macemu.webrtc.signaling.placement;

import io.quarkus.runtime.Startup;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.sessions.SessionPods;

/**
 * Chooses a place for a viewer. Whoever may hold the controls is served by the origin, the one place that decides about
 * them; of the others the origin serves the first ones, and the edge with the least stress everybody else. An edge that
 * does not answer is nobody's choice. So it is for this server's own Mac and for each session's; a Mac that has no edges
 * serves its whole audience.
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
    private final Place own;

    /** Of all places of Macs that have edges. */
    private final Map<Place, PlaceLoad> loads = new ConcurrentHashMap<>();

    private volatile Set<Place> ownEdges = Set.of();
    private final Set<Place> asked = ConcurrentHashMap.newKeySet();
    private long askTimer = -1;
    private long resolveTimer = -1;

    @Inject
    ViewerPlacement(Vertx vertx, MediaClient media, SessionPods pods, SignalingConfig config) {
        this.vertx = vertx;
        this.media = media;
        this.pods = pods;
        this.originViewers = config.placement().originViewers();
        this.own = new Place(media.origin(), false);
        Optional<EdgeNames> names = config.placement()
                .edges()
                .filter(list -> !list.isEmpty())
                .map(list -> new EdgeNames(list, config.media().tlsFolder().isPresent()));
        Context context = vertx.getOrCreateContext();
        names.ifPresent(edgeNames -> {
            LOG.infof("Guests beyond the first %d are placed on the edges %s", originViewers, edgeNames);
            context.runOnContext(ignored -> {
                resolve(edgeNames);
                resolveTimer = vertx.setPeriodic(RESOLVE_MS, timer -> resolve(edgeNames));
            });
        });
        if (names.isPresent() || pods.enabled()) {
            context.runOnContext(ignored -> askTimer = vertx.setPeriodic(ASK_MS, timer -> askAll()));
        }
    }

    /** Where one Mac's viewers may be served; changes as edges come and go. */
    private record Places(Place origin, Set<Place> edges) {}

    /** @return empty while the session has no pod */
    private Optional<Places> places(Optional<String> session) {
        if (session.isEmpty()) {
            return Optional.of(new Places(own, ownEdges));
        }
        return pods.find(session.get())
                .map(pod -> new Places(
                        new Place(pod, false),
                        pods.edges(session.get()).stream()
                                .map(edge -> new Place(edge, true))
                                .collect(Collectors.toSet())));
    }

    private PlaceLoad load(Place place) {
        return loads.computeIfAbsent(place, p -> new PlaceLoad(p, System.nanoTime()));
    }

    /**
     * A place for a viewer of this server's own Mac or of a session's, who is on the way there with the return of this.
     *
     * @param session empty for this server's own Mac
     * @param mayHoldControls its token says owner or controller; where nobody is asked for a token nobody's does
     * @return empty while the session has no pod
     */
    public Optional<Place> choose(Optional<String> session, boolean mayHoldControls) {
        return places(session).map(places -> {
            if (places.edges().isEmpty()) {
                return places.origin();
            }
            List<PlaceLoad> edges = places.edges().stream().map(this::load).toList();
            long now = System.nanoTime();
            PlaceLoad chosen = choose(load(places.origin()), edges, originViewers, mayHoldControls, now);
            chosen.sent(now);
            return chosen.place();
        });
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

    /**
     * A call to this place broke, or its viewers are to go: nobody is sent there for some seconds where there is a choice.
     */
    public void failed(Place place) {
        PlaceLoad load = loads.get(place);
        if (load != null) {
            load.failed(System.nanoTime());
        }
    }

    private void resolve(EdgeNames edgeNames) {
        vertx.executeBlocking(edgeNames::resolve).onSuccess(found -> {
            ownEdges = found;
            askAll();
        });
    }

    private void askAll() {
        Set<Place> present = new HashSet<>();
        Stream<Optional<String>> macs = Stream.concat(
                Stream.of(Optional.empty()), pods.withEdges().stream().map(Optional::of));
        macs.flatMap(session -> places(session).stream())
                .filter(places -> !places.edges().isEmpty())
                .forEach(places -> {
                    present.add(places.origin());
                    present.addAll(places.edges());
                });
        loads.keySet().retainAll(present);
        present.forEach(place -> ask(load(place)));
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
