package org.macemu.webrtc.control.edges;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps each edge pod's deletion cost, an annotation, near the number of its viewers: of the pods of a Deployment that is
 * made smaller, Kubernetes ends those first whose cost is the least.
 *
 * <p>Edges are asked; an edge that does not answer keeps the cost it has. A cost is written when it says something new,
 * and at most once in {@link EdgesConfig#pause}. The annotation is the only state, and every write is a number that is
 * true by itself, so any number of replicas may do this, and end at any time.
 *
 * <p>It is written through {@code pods/status}, where Kubernetes takes annotations too: who may patch that cannot change
 * what a pod runs, as who may patch pods can.
 *
 * <p>One thread of its own.
 */
final class DeletionCosts implements AutoCloseable {

    /** Read by the controller of ReplicaSets; absent: 0. */
    static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";

    private static final Logger LOG = Logger.getLogger(DeletionCosts.class);

    /** Fewer viewers than this more or less are nothing new, and of many neither is an eighth. */
    private static final int GRAIN = 5;

    private static final int GRAIN_OF_MANY = 8;

    /** How many watch at an edge. */
    interface Viewers {

        /** @throws UnknownHostException when this is no address */
        CompletableFuture<Integer> at(String podAddress) throws UnknownHostException;
    }

    private final KubernetesClient client;
    private final EdgesConfig config;
    private final Viewers viewers;
    /** Edges of the release's own Mac, and of sessions. */
    private final List<SharedIndexInformer<Pod>> pods;

    private final Map<String, Long> writtenNanos = new HashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("edge-costs").daemon().factory());
    private boolean refusalTold;

    DeletionCosts(KubernetesClient client, EdgesConfig config, Viewers viewers) {
        this.client = client;
        this.config = config;
        this.viewers = viewers;
        this.pods = Stream.of("edge", "session-edge").map(this::informer).toList();
        pods.forEach(SharedIndexInformer::start);
        long period = config.period().toMillis();
        clock.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    private SharedIndexInformer<Pod> informer(String component) {
        SharedIndexInformer<Pod> informer = client.pods()
                .inNamespace(config.namespace())
                .withLabels(Map.of(
                        "app.kubernetes.io/instance", config.release(), "app.kubernetes.io/component", component))
                .runnableInformer(0);
        informer.exceptionHandler((started, failure) -> {
            LOG.warnf("The Kubernetes API does not tell of edges (%s); it is tried again", failure.getMessage());
            return true;
        });
        return informer;
    }

    private void look() {
        try {
            List<Pod> running = pods.stream()
                    .flatMap(informer -> informer.getStore().list().stream())
                    .filter(DeletionCosts::isRunning)
                    .toList();
            writtenNanos.keySet().retainAll(running.stream().map(DeletionCosts::name).toList());
            Map<Pod, CompletableFuture<Integer>> asked = new LinkedHashMap<>();
            for (Pod pod : running) {
                if (mayBeWritten(pod)) {
                    asked.put(pod, ask(pod));
                }
            }
            for (Map.Entry<Pod, CompletableFuture<Integer>> each : asked.entrySet()) {
                if (!update(each.getKey(), each.getValue())) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            // A schedule ends with the first exception.
            LOG.error("Deletion costs of edges", e);
        }
    }

    private static boolean isRunning(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getPodIP() != null;
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private boolean mayBeWritten(Pod pod) {
        Long at = writtenNanos.get(name(pod));
        return at == null || System.nanoTime() - at >= config.pause().toNanos();
    }

    private CompletableFuture<Integer> ask(Pod pod) {
        try {
            return viewers.at(pod.getStatus().getPodIP());
        } catch (UnknownHostException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** @return false when the Kubernetes API is away: what is left of this round is for the next one */
    private boolean update(Pod pod, CompletableFuture<Integer> answer) {
        int count;
        try {
            count = answer.join();
        } catch (CompletionException e) {
            LOG.debugf("Edge %s does not say how many watch: %s", name(pod), e.getCause());
            return true;
        }
        return !saysMore(cost(pod), count) || write(pod, count);
    }

    private static String cost(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(ANNOTATION);
    }

    /** Whether the number of viewers says more than what is written: whether there are any at all, and about how many. */
    static boolean saysMore(String written, int now) {
        int before;
        try {
            before = written == null ? 0 : Integer.parseInt(written);
        } catch (NumberFormatException e) {
            return true;
        }
        return (before == 0) != (now == 0)
                || Math.abs((long) now - before) >= Math.max(GRAIN, before / GRAIN_OF_MANY);
    }

    private boolean write(Pod pod, int cost) {
        try {
            client.pods()
                    .inNamespace(config.namespace())
                    .withName(name(pod))
                    .subresource("status")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"annotations\":{\"" + ANNOTATION + "\":\"" + cost + "\"}}}");
            writtenNanos.put(name(pod), System.nanoTime());
            refusalTold = false;
            LOG.debugf("Edge %s has %d viewers", name(pod), cost);
            return true;
        } catch (KubernetesClientException e) {
            boolean passes = e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                    || e.getCode() == HttpURLConnection.HTTP_CONFLICT;
            if (!passes && !refusalTold) {
                refusalTold = true;
                LOG.warnf(
                        "The deletion cost of edge %s is not written (%s); it is tried again", name(pod),
                        e.getMessage());
            }
            return e.getCode() > 0 && e.getCode() != HttpURLConnection.HTTP_UNAVAILABLE;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        pods.forEach(SharedIndexInformer::close);
    }
}
