package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Makes true what sessions' annotations ask for, one step after the other, each of which may be the last before this
 * process dies and may be done by another replica at the same time: objects are made once because their names are
 * fixed (409 says that somebody else did), and a StatefulSet is changed only in the version that was read.
 *
 * <p>One thread of its own; a session that failed is tried again after a pause that doubles up to half a minute, or
 * when one of its objects changes. Owned by {@link Sessions}.
 */
final class Reconciler implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Reconciler.class);
    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 30_000;
    private static final int UNPROCESSABLE = 422;

    /** A session cannot go on, for a reason that people should know. */
    private static final class Halt extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient SessionProblem problem;

        Halt(String code, String message) {
            super(message);
            this.problem = new SessionProblem(code, message);
        }
    }

    private final KubernetesClient client;
    private final SessionsConfig config;
    private final SessionPattern pattern;
    private final ClusterWatch cluster;
    private final SessionEvents events;
    private final SessionEdges edges;
    private final ScheduledExecutorService worker = worker();
    private final Map<String, Long> waiting = new ConcurrentHashMap<>();
    private final Map<String, Long> pauses = new ConcurrentHashMap<>();
    private final Map<String, SessionProblem> problems = new ConcurrentHashMap<>();

    Reconciler(
            KubernetesClient client,
            SessionsConfig config,
            SessionPattern pattern,
            ClusterWatch cluster,
            SessionEvents events) {
        this.client = client;
        this.config = config;
        this.pattern = pattern;
        this.cluster = cluster;
        this.events = events;
        this.edges = new SessionEdges(client, config, pattern, cluster);
    }

    private static ScheduledExecutorService worker() {
        ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("sessions").daemon().factory());
        worker.setRemoveOnCancelPolicy(true);
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return worker;
    }

    /** A session or one of its objects has changed; from any thread. */
    void changed(String session) {
        schedule(session, 0);
    }

    /** What keeps a session from running, beside what its pod says. */
    Optional<SessionProblem> problem(String session) {
        return Optional.ofNullable(problems.get(session));
    }

    /** Many changes at once are one look: what is looked at is the state, not the change. */
    private void schedule(String session, long delayMs) {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMs);
        Long kept = waiting.merge(session, due, (old, wanted) -> old - wanted <= 0 ? old : wanted);
        if (kept == due && !worker.isShutdown()) {
            worker.schedule(() -> look(session, due), delayMs, TimeUnit.MILLISECONDS);
        }
    }

    private void look(String session, long due) {
        if (!waiting.remove(session, due)) {
            return;
        }
        try {
            Optional<StatefulSet> found = cluster.set(session);
            if (found.isEmpty()) {
                problems.remove(session);
                pauses.remove(session);
                return;
            }
            // What the informer keeps is nobody's to change.
            step(client.getKubernetesSerialization().clone(found.get()));
            pauses.remove(session);
            problems.remove(session);
        } catch (Halt e) {
            halted(session, e.problem);
        } catch (KubernetesClientException e) {
            refused(session, e);
        } catch (IOException e) {
            halted(session, new SessionProblem("pattern-unreadable", e.getMessage()));
        } catch (RuntimeException e) {
            LOG.errorf(e, "Session %s", session);
            again(session);
        }
    }

    private void refused(String session, KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
            // Somebody else was faster; the change is on its way here.
            LOG.debugf("Session %s: %s", session, e.getMessage());
            again(session);
        } else if (away(e)) {
            LOG.warnf("Session %s: the Kubernetes API does not answer (%s)", session, e.getMessage());
            again(session);
        } else {
            halted(session, new SessionProblem("cluster-refused", "Kubernetes: " + e.getMessage()));
        }
    }

    /** Whether nobody answered, or somebody who cannot do it now. */
    static boolean away(KubernetesClientException e) {
        return e.getCode() <= 0 || e.getCode() == HttpURLConnection.HTTP_UNAVAILABLE;
    }

    private void halted(String session, SessionProblem problem) {
        if (!problem.equals(problems.put(session, problem))) {
            LOG.warnf("Session %s: %s (%s)", session, problem.message(), problem.code());
            cluster.set(session).ifPresent(set -> events.warn(set, problem.code(), problem.message()));
        }
        again(session);
    }

    private void again(String session) {
        long pause = pauses.merge(session, FIRST_PAUSE_MS, (old, first) -> Math.min(2 * old, LONGEST_PAUSE_MS));
        schedule(session, pause);
    }

    private void step(StatefulSet set) throws Halt, IOException {
        MacSession session = MacSession.of(set, config.idleTimeout());
        if (set.getMetadata().getDeletionTimestamp() != null) {
            return;
        }
        int replicas = set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
        switch (session.desired()) {
            case RUNNING -> {
                if (replicas == 0) {
                    start(set, session);
                } else {
                    edges.make(set, session);
                }
            }
            case SUSPENDED, STOPPED -> {
                edges.remove(session);
                if (replicas != 0) {
                    LOG.infof("Session %s: its pod ends (%s)", session.name(), session.desired().text());
                    set.getSpec().setReplicas(0);
                    client.resource(set).update();
                }
            }
            case DELETED -> {
                edges.remove(session);
                delete(set, session);
            }
        }
    }

    private void start(StatefulSet set, MacSession asked) throws Halt, IOException {
        MacSession session = withPort(set, asked);
        claim(session);
        services(set, session);
        refuseSecondWriter(session);
        set.getSpec().setTemplate(pattern.podTemplate(session));
        set.getSpec().setReplicas(1);
        client.resource(set).update();
        LOG.infof("Session %s: its pod starts", session.name());
    }

    /** The port it has, unless an older session has it too: then, and at first, the lowest that nobody has. */
    private MacSession withPort(StatefulSet set, MacSession session) throws Halt {
        if (config.firstPort() == 0) {
            return session;
        }
        TreeSet<Integer> taken = new TreeSet<>();
        boolean elder = true;
        for (StatefulSet other : cluster.sets()) {
            if (!other.getMetadata().getName().equals(session.object())) {
                MacSession theirs = MacSession.of(other, config.idleTimeout());
                taken.add(theirs.port());
                elder &= theirs.port() != session.port() || older(set, other);
            }
        }
        return session.hasPortOf(config) && elder ? session : move(set, session, taken);
    }

    private static boolean older(StatefulSet mine, StatefulSet other) {
        String own = mine.getMetadata().getCreationTimestamp() + mine.getMetadata().getUid();
        return own.compareTo(other.getMetadata().getCreationTimestamp() + other.getMetadata().getUid()) < 0;
    }

    private MacSession move(StatefulSet set, MacSession session, TreeSet<Integer> taken) throws Halt {
        for (int port = config.firstPort(); port <= config.lastPort(); port++) {
            if (!taken.contains(port) && port != session.port()) {
                Map<String, String> notes = new HashMap<>(set.getMetadata().getAnnotations());
                notes.put(MacSession.PORT, Integer.toString(port));
                set.getMetadata().setAnnotations(notes);
                StatefulSet written = client.resource(set).update();
                set.getMetadata().setResourceVersion(written.getMetadata().getResourceVersion());
                return MacSession.of(written, config.idleTimeout());
            }
        }
        throw new Halt("port-taken", "All media ports, " + config.firstPort() + " to " + config.lastPort()
                + ", are taken; sessions.ports of the chart widens the range.");
    }

    private void claim(MacSession session) throws Halt, IOException {
        PersistentVolumeClaim claim = cluster.claim(session.claim()).orElse(null);
        if (claim == null) {
            try {
                client.resource(pattern.claim(session)).create();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
                // Made by another replica just now, or by somebody for something else.
                claim = client.persistentVolumeClaims()
                        .inNamespace(config.namespace())
                        .withName(session.claim())
                        .get();
            }
        }
        if (claim == null) {
            throw new Halt("claim-deleted", "The claim " + session.claim() + " comes and goes; it is tried again.");
        }
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            throw new Halt(
                    "claim-deleted",
                    "The claim " + session.claim() + " of an earlier Mac is being deleted; the Mac starts after that.");
        }
        Map<String, String> labels = claim.getMetadata().getLabels();
        if (labels == null || !session.name().equals(labels.get(MacSession.LABEL))) {
            throw new Halt(
                    "claim-in-use",
                    "The claim " + session.claim() + " is there and not this Mac's: it has no label "
                            + MacSession.LABEL + "=" + session.name() + ". Rename or label it.");
        }
    }

    private void services(StatefulSet set, MacSession session) throws Halt, IOException {
        List<Service> present = cluster.services(session.name());
        for (Service wanted : pattern.services(session, set)) {
            Optional<Service> found = present.stream()
                    .filter(service -> service.getMetadata().getName().equals(wanted.getMetadata().getName()))
                    .findFirst();
            if (found.isPresent()) {
                if (ports(found.get()).equals(ports(wanted))) {
                    continue;
                }
                client.resource(found.get()).delete();
            }
            try {
                client.resource(wanted).create();
            } catch (KubernetesClientException e) {
                if (e.getCode() == UNPROCESSABLE && String.valueOf(e.getMessage()).contains("already allocated")) {
                    portTaken(set, session);
                } else if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    private static List<Integer> ports(Service service) {
        return service.getSpec().getPorts().stream().map(port -> port.getPort()).toList();
    }

    /** Somebody outside of the sessions has the node port: the next one is taken, and everything is looked at again. */
    private void portTaken(StatefulSet set, MacSession session) throws Halt {
        TreeSet<Integer> taken = new TreeSet<>();
        for (int port = config.firstPort(); port <= session.port(); port++) {
            taken.add(port);
        }
        cluster.sets().forEach(other -> taken.add(MacSession.of(other, config.idleTimeout()).port()));
        MacSession moved = move(set, session, taken);
        throw new Halt("port-taken", "Port " + session.port() + " is another's in this cluster; " + moved.port()
                + " is tried.");
    }

    /**
     * The last look before a pod is asked for: nobody else's pod has the disks. The claim's mode, ReadWriteOncePod, says
     * so too, and where storage knows only ReadWriteOnce, this is what says it.
     */
    private void refuseSecondWriter(MacSession session) throws Halt {
        for (Pod pod : client.pods().inNamespace(config.namespace()).list().getItems()) {
            if (!pod.getMetadata().getName().equals(session.pod()) && uses(pod, session.claim())) {
                throw new Halt("claim-in-use", "The pod " + pod.getMetadata().getName() + " has the Mac's disks ("
                        + session.claim() + "); two never write to them. End that pod.");
            }
        }
    }

    private static boolean uses(Pod pod, String claim) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        if ("Succeeded".equals(phase) || "Failed".equals(phase) || pod.getSpec() == null) {
            return false;
        }
        for (Volume volume : pod.getSpec().getVolumes()) {
            if (volume.getPersistentVolumeClaim() != null
                    && claim.equals(volume.getPersistentVolumeClaim().getClaimName())) {
                return true;
            }
        }
        return false;
    }

    /** The StatefulSet goes last: as long as it is there, the rest is known to be on the way out. */
    private void delete(StatefulSet set, MacSession session) {
        if (session.deleteDisks()) {
            // Kubernetes keeps a claim until no pod uses it any more.
            client.persistentVolumeClaims()
                    .inNamespace(config.namespace())
                    .withName(session.claim())
                    .delete();
        }
        cluster.services(session.name()).forEach(service -> client.resource(service).delete());
        client.resource(set).delete();
        LOG.infof("Session %s is gone, its disks %s", session.name(), session.deleteDisks() ? "too" : "are kept");
    }

    @Override
    public void close() {
        worker.shutdownNow();
        try {
            if (!worker.awaitTermination(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("A call to the Kubernetes API does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
