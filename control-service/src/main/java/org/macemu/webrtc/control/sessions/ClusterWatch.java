package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * What the cluster has of sessions, kept up to date by informers: a list, then a watch that is made again whenever it
 * ends; nothing is polled. While the Kubernetes API is away, what was seen last is what is known. Owned by
 * {@link Sessions}; thread-safe, events come on the client's threads.
 */
final class ClusterWatch implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ClusterWatch.class);

    private final String namespace;
    private final SharedIndexInformer<StatefulSet> sets;
    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<PersistentVolumeClaim> claims;
    private final SharedIndexInformer<Service> services;

    /** Of each kind of object that edges are made of; empty where sessions have none. */
    private final List<SharedIndexInformer<? extends HasMetadata>> edges = new ArrayList<>();

    private final List<SharedIndexInformer<?>> all = new ArrayList<>();
    private final Consumer<String> changed;

    /** @param changed is told the session's name after each change of one of its objects */
    ClusterWatch(KubernetesClient client, SessionsConfig config, Consumer<String> changed) {
        this.namespace = config.namespace();
        this.changed = changed;
        Map<String, String> labels = labels(config, "session");
        this.sets = informer(client.apps().statefulSets().inNamespace(namespace).withLabels(labels));
        this.pods = informer(client.pods().inNamespace(namespace).withLabels(labels));
        this.claims = informer(client.persistentVolumeClaims().inNamespace(namespace).withLabels(labels));
        this.services = informer(client.services().inNamespace(namespace).withLabels(labels));
        if (config.edges().max() > 0) {
            Map<String, String> ofEdges = labels(config, "session-edge");
            edges.add(informer(client.apps().deployments().inNamespace(namespace).withLabels(ofEdges)));
            edges.add(informer(client.services().inNamespace(namespace).withLabels(ofEdges)));
            edges.add(informer(client.autoscaling()
                    .v2()
                    .horizontalPodAutoscalers()
                    .inNamespace(namespace)
                    .withLabels(ofEdges)));
            edges.add(informer(client.policy()
                    .v1()
                    .podDisruptionBudget()
                    .inNamespace(namespace)
                    .withLabels(ofEdges)));
        }
    }

    private static Map<String, String> labels(SessionsConfig config, String component) {
        return Map.of("app.kubernetes.io/instance", config.release(), "app.kubernetes.io/component", component);
    }

    private <T extends HasMetadata> SharedIndexInformer<T> informer(FilterWatchListDeletable<T, ?, ?> selected) {
        SharedIndexInformer<T> informer = selected.runnableInformer(0);
        all.add(informer);
        informer.exceptionHandler((started, failure) -> {
            LOG.warnf("The Kubernetes API does not answer (%s); it is tried again", failure.getMessage());
            return true;
        });
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                tell(object);
            }

            @Override
            public void onUpdate(T before, T after) {
                tell(after);
            }

            @Override
            public void onDelete(T object, boolean stateUnknown) {
                tell(object);
            }
        });
        return informer;
    }

    private void tell(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        String session = labels == null ? null : labels.get(MacSession.LABEL);
        if (session != null) {
            changed.accept(session);
        }
    }

    /** Returns at once; what is there becomes known in the background. */
    void start() {
        all.forEach(SharedIndexInformer::start);
    }

    /** Whether everything that was there at the start is known. */
    boolean synced() {
        return all.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    List<StatefulSet> sets() {
        return sets.getStore().list();
    }

    Optional<StatefulSet> set(String session) {
        return sets().stream().filter(set -> isOf(set, session)).findFirst();
    }

    Optional<Pod> pod(String name) {
        return found(pods, name);
    }

    Optional<PersistentVolumeClaim> claim(String name) {
        return found(claims, name);
    }

    List<Service> services(String session) {
        return services.getStore().list().stream()
                .filter(service -> isOf(service, session))
                .toList();
    }

    /** What there is of a session's edges, of whichever kind, but for what is ending. */
    List<HasMetadata> edges(String session) {
        return edges.stream()
                .flatMap(informer -> informer.getStore().list().stream())
                .filter(object -> isOf(object, session) && object.getMetadata().getDeletionTimestamp() == null)
                .map(HasMetadata.class::cast)
                .toList();
    }

    private static boolean isOf(HasMetadata object, String session) {
        return session.equals(object.getMetadata().getLabels().get(MacSession.LABEL));
    }

    private <T extends HasMetadata> Optional<T> found(SharedIndexInformer<T> informer, String name) {
        return Optional.ofNullable(informer.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)));
    }

    @Override
    public void close() {
        all.forEach(SharedIndexInformer::close);
    }
}
