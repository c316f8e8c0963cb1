package org.macemu.webrtc.control.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * The sessions of a release: what there is, and what people ask for. Asking writes an annotation of the session's
 * StatefulSet and nothing else; the {@link Reconciler} of any replica does the rest. Blocks on the Kubernetes API;
 * thread-safe.
 */
public final class Sessions implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Sessions.class);

    /** Of one request; each means that somebody else changed the session within its few milliseconds. */
    private static final int MAX_ATTEMPTS = 8;

    /** A visit is written down this often at most: who reloads a page changes nothing. */
    private static final Duration VISIT_GRAIN = Duration.ofSeconds(10);

    /** Changes a session's annotations; false: there is nothing to change. */
    private interface Change {
        boolean apply(MacSession now, Map<String, String> annotations) throws SessionFailure;
    }

    private final KubernetesClient client;
    private final SessionsConfig config;
    private final String reserved;
    private final Clock clock;
    private final SessionPattern pattern;
    private final ClusterWatch cluster;
    private final SessionEvents events;
    private final Reconciler reconciler;

    /**
     * @param pattern folder of the chart's pattern
     * @param reserved name that no session gets
     */
    public Sessions(KubernetesClient client, SessionsConfig config, Path pattern, String reserved, Clock clock) {
        this.client = client;
        this.config = config;
        this.reserved = reserved;
        this.clock = clock;
        this.pattern = new SessionPattern(client, pattern);
        this.events = new SessionEvents(client);
        this.cluster = new ClusterWatch(client, config, this::changed);
        this.reconciler = new Reconciler(client, config, this.pattern, cluster, events);
    }

    /** Begins to watch, and returns at once. */
    public void start() {
        cluster.start();
    }

    private void changed(String session) {
        reconciler.changed(session);
    }

    /** Every session, by name. */
    public List<SessionView> list() throws SessionFailure {
        synced();
        return cluster.sets().stream()
                .map(this::view)
                .sorted(Comparator.comparing(SessionView::name))
                .toList();
    }

    /** One session. */
    public SessionView get(String name) throws SessionFailure {
        synced();
        return view(find(name));
    }

    /** Makes a session and starts it. */
    public SessionView create(JsonNode body) throws SessionFailure {
        NewSession wanted = NewSession.read(body, reserved, config.edges().max());
        synced();
        if (cluster.sets().size() >= config.max()) {
            throw new SessionFailure(
                    SessionFailure.Kind.FULL,
                    "There are " + config.max() + " sessions, as many as there may be (sessions.max of the chart)."
                            + " Delete one.");
        }
        try {
            StatefulSet made = client.resource(pattern.statefulSet(wanted, annotations(wanted))).create();
            LOG.infof("Session %s is made", wanted.name());
            return view(made);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                throw new SessionFailure(
                        SessionFailure.Kind.EXISTS,
                        "There is a session " + wanted.name() + " already, or one of that name is still ending.", e);
            }
            throw failure(e);
        } catch (IOException e) {
            throw new SessionFailure(
                    SessionFailure.Kind.CLUSTER_REFUSED, "The pattern cannot be read: " + e.getMessage(), e);
        }
    }

    private Map<String, String> annotations(NewSession wanted) {
        Map<String, String> notes = new HashMap<>();
        notes.put(MacSession.TITLE, wanted.title());
        notes.put(MacSession.DESIRED, Desired.RUNNING.text());
        notes.put(MacSession.LAST_ACTIVE, now().toString());
        wanted.rom().ifPresent(rom -> notes.put(MacSession.ROM, rom));
        wanted.screen().ifPresent(screen -> notes.put(MacSession.SCREEN, screen));
        wanted.diskSize().ifPresent(size -> notes.put(MacSession.DISK_SIZE, size));
        wanted.idleTimeout().ifPresent(idle -> notes.put(MacSession.IDLE_SECONDS, Long.toString(idle.toSeconds())));
        if (wanted.edges() > 0) {
            notes.put(MacSession.EDGES, Integer.toString(wanted.edges()));
        }
        freePort().ifPresent(port -> notes.put(MacSession.PORT, Integer.toString(port)));
        return notes;
    }

    /** The reconciler looks again before the port is used: another replica may choose the same one just now. */
    private Optional<Integer> freePort() {
        TreeSet<Integer> taken = new TreeSet<>();
        cluster.sets().forEach(set -> taken.add(MacSession.of(set, config.idleTimeout()).port()));
        for (int port = config.firstPort(); port > 0 && port <= config.lastPort(); port++) {
            if (!taken.contains(port)) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    /** Starts it, whatever it was. */
    public SessionView resume(String name) throws SessionFailure {
        return change(name, (now, notes) -> {
            wish(now, notes, Desired.RUNNING);
            notes.put(MacSession.LAST_ACTIVE, now().toString());
            return true;
        });
    }

    /** Ends its pod; a visit wakes it. */
    public SessionView suspend(String name) throws SessionFailure {
        return change(name, (now, notes) -> wish(now, notes, Desired.SUSPENDED));
    }

    /** Ends its pod until it is asked for. */
    public SessionView stop(String name) throws SessionFailure {
        return change(name, (now, notes) -> wish(now, notes, Desired.STOPPED));
    }

    /**
     * Ends it for good.
     *
     * @param disks whether its disks go, too; kept ones are found again by a session of the same name
     */
    public SessionView delete(String name, boolean disks) throws SessionFailure {
        return change(name, (now, notes) -> {
            notes.put(MacSession.DESIRED, Desired.DELETED.text());
            notes.put(MacSession.DELETE_DISKS, Boolean.toString(disks));
            return true;
        });
    }

    /** Somebody comes: a suspended session wakes, a running one stays awake, a stopped one is left alone. */
    public SessionView visit(String name) throws SessionFailure {
        return change(name, (now, notes) -> {
            boolean asleep = now.desired() == Desired.SUSPENDED;
            if (asleep) {
                notes.put(MacSession.DESIRED, Desired.RUNNING.text());
            } else if (now.desired() != Desired.RUNNING
                    || now.lastActive().plus(VISIT_GRAIN).isAfter(now())) {
                return false;
            }
            notes.put(MacSession.LAST_ACTIVE, now().toString());
            return true;
        });
    }

    /**
     * The address of a session's pod, from what is known; never blocks.
     *
     * @return empty while it has none
     */
    Optional<String> address(String name) throws SessionFailure {
        synced();
        StatefulSet set = cluster.set(name).orElseThrow(() -> unknown(name));
        return cluster.pod(MacSession.of(set, config.idleTimeout()).pod())
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && pod.getStatus() != null)
                .map(pod -> pod.getStatus().getPodIP());
    }

    /** Running sessions with a pod that takes viewers, and that pod's address. */
    Map<String, String> running() {
        Map<String, String> addresses = new HashMap<>();
        for (StatefulSet set : cluster.sets()) {
            MacSession session = MacSession.of(set, config.idleTimeout());
            if (session.desired() == Desired.RUNNING) {
                cluster.pod(session.pod())
                        .filter(SessionView::ready)
                        .map(pod -> pod.getStatus().getPodIP())
                        .ifPresent(address -> addresses.put(session.name(), address));
            }
        }
        return addresses;
    }

    /**
     * What a running Mac's audience means for it.
     *
     * @param viewers watching now
     */
    void watched(String name, int viewers) throws SessionFailure {
        Optional<StatefulSet> known = cluster.set(name);
        if (known.isEmpty()) {
            return;
        }
        MacSession seen = MacSession.of(known.get(), config.idleTimeout());
        Instant now = now();
        // Written rarely: a quarter of the time-out is all that a restart of this service can lose.
        boolean stale = seen.lastActive().plus(seen.idleTimeout().dividedBy(4)).isBefore(now);
        if (viewers > 0 ? !stale || seen.idleTimeout().isZero() : !seen.idleAt(now)) {
            return;
        }
        SessionView after = change(name, (present, notes) -> {
            if (present.desired() != Desired.RUNNING) {
                return false;
            }
            if (viewers > 0) {
                notes.put(MacSession.LAST_ACTIVE, now.toString());
                return true;
            }
            // Read again in this very version: a visitor of this moment is not turned out.
            return present.idleAt(now) && wish(present, notes, Desired.SUSPENDED);
        });
        if (viewers == 0 && after.phase() == SessionView.Phase.STOPPING) {
            LOG.infof("Session %s: nobody has watched for %s, suspended", name, seen.idleTimeout());
            events.note(known.get(), "Suspended", "Nobody has watched for " + seen.idleTimeout().toSeconds() + " s.");
        }
    }

    private static boolean wish(MacSession now, Map<String, String> notes, Desired desired) throws SessionFailure {
        if (now.desired() == Desired.DELETED) {
            throw new SessionFailure(
                    SessionFailure.Kind.UNKNOWN, "The session " + now.name() + " is being deleted.");
        }
        notes.put(MacSession.DESIRED, desired.text());
        return now.desired() != desired;
    }

    /** Reads, changes and writes in the version that was read, until nobody else was faster. */
    private SessionView change(String name, Change change) throws SessionFailure {
        synced();
        String object = find(name).getMetadata().getName();
        try {
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                StatefulSet set = client.apps()
                        .statefulSets()
                        .inNamespace(config.namespace())
                        .withName(object)
                        .get();
                if (set == null) {
                    throw unknown(name);
                }
                MacSession now = MacSession.of(set, config.idleTimeout());
                Map<String, String> notes = new HashMap<>(set.getMetadata().getAnnotations());
                if (!change.apply(now, notes)) {
                    return view(set);
                }
                set.getMetadata().setAnnotations(notes);
                try {
                    return view(client.resource(set).update());
                } catch (KubernetesClientException e) {
                    if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                        throw e;
                    }
                    LOG.debugf("Session %s was changed by somebody else (attempt %d)", name, attempt);
                }
            }
        } catch (KubernetesClientException e) {
            throw failure(e);
        }
        throw new SessionFailure(
                SessionFailure.Kind.CHANGED,
                "The session " + name + " was changed by others " + MAX_ATTEMPTS + " times meanwhile; try again.");
    }

    private SessionView view(StatefulSet set) {
        MacSession session = MacSession.of(set, config.idleTimeout());
        Optional<Pod> pod = cluster.pod(session.pod());
        return SessionView.of(session, pod, reconciler.problem(session.name()));
    }

    private void synced() throws SessionFailure {
        if (!cluster.synced()) {
            throw new SessionFailure(
                    SessionFailure.Kind.CLUSTER_UNAVAILABLE,
                    "The Kubernetes API has not told yet what sessions there are; it is asked until it does.");
        }
    }

    /** What is known, or else, because a session that was made this moment is not known yet, what the cluster says. */
    private StatefulSet find(String name) throws SessionFailure {
        Optional<StatefulSet> known = cluster.set(name);
        if (known.isPresent()) {
            return known.get();
        }
        if (!SessionName.fits(name)) {
            throw unknown(name);
        }
        try {
            StatefulSet found = client.apps()
                    .statefulSets()
                    .inNamespace(config.namespace())
                    .withName(pattern.objectName(name))
                    .get();
            if (found == null || !name.equals(found.getMetadata().getLabels().get(MacSession.LABEL))) {
                throw unknown(name);
            }
            return found;
        } catch (KubernetesClientException e) {
            throw failure(e);
        } catch (IOException e) {
            throw new SessionFailure(
                    SessionFailure.Kind.CLUSTER_REFUSED, "The pattern cannot be read: " + e.getMessage(), e);
        }
    }

    private static SessionFailure unknown(String name) {
        return new SessionFailure(
                SessionFailure.Kind.UNKNOWN,
                SessionName.fits(name) ? "There is no session " + name + "." : "This is no session's name.");
    }

    private static SessionFailure failure(KubernetesClientException e) {
        if (Reconciler.away(e)) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new SessionFailure(
                    SessionFailure.Kind.CLUSTER_UNAVAILABLE,
                    "The Kubernetes API does not answer (" + cause.getMessage() + "); nothing was changed. Try again.",
                    e);
        }
        return new SessionFailure(
                SessionFailure.Kind.CLUSTER_REFUSED, "Kubernetes refused: " + e.getMessage(), e);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public void close() {
        cluster.close();
        reconciler.close();
    }
}
