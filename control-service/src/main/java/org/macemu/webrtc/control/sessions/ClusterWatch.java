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

    /**
     * @param labels of the release's sessions
     * @param changed is told the session's name after each change of one of its objects
     */
    ClusterWatch(KubernetesClient client, String namespace, Map<String, String> labels, Consumer<String> changed) {
        this.namespace = namespace;
        this.sets = informer(client.apps().statefulSets().inNamespace(namespace).withLabels(labels), changed);
        this.pods = informer(client.pods().inNamespace(namespace).withLabels(labels), changed);
        this.claims = informer(client.persistentVolumeClaims().inNamespace(namespace).withLabels(labels), changed);
        this.services = informer(client.services().inNamespace(namespace).withLabels(labels), changed);
    }

    private static <T extends HasMetadata> SharedIndexInformer<T> informer(
            FilterWatchListDeletable<T, ?, ?> selected, Consumer<String> changed) {
        SharedIndexInformer<T> informer = selected.runnableInformer(0);
        informer.exceptionHandler((started, failure) -> {
            LOG.warnf("The Kubernetes API does not answer (%s); it is tried again", failure.getMessage());
            return true;
        });
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                tell(object, changed);
            }

            @Override
            public void onUpdate(T before, T after) {
                tell(after, changed);
            }

            @Override
            public void onDelete(T object, boolean stateUnknown) {
                tell(object, changed);
            }
        });
        return informer;
    }

    private static void tell(HasMetadata object, Consumer<String> changed) {
        Map<String, String> labels = object.getMetadata().getLabels();
        String session = labels == null ? null : labels.get(MacSession.LABEL);
        if (session != null) {
            changed.accept(session);
        }
    }

    /** Returns at once; what is there becomes known in the background. */
    void start() {
        sets.start();
        pods.start();
        claims.start();
        services.start();
    }

    /** Whether everything that was there at the start is known. */
    boolean synced() {
        return sets.hasSynced() && pods.hasSynced() && claims.hasSynced() && services.hasSynced();
    }

    List<StatefulSet> sets() {
        return sets.getStore().list();
    }

    Optional<StatefulSet> set(String session) {
        return sets().stream()
                .filter(set -> session.equals(set.getMetadata().getLabels().get(MacSession.LABEL)))
                .findFirst();
    }

    Optional<Pod> pod(String name) {
        return found(pods, name);
    }

    Optional<PersistentVolumeClaim> claim(String name) {
        return found(claims, name);
    }

    List<Service> services(String session) {
        return services.getStore().list().stream()
                .filter(service -> session.equals(service.getMetadata().getLabels().get(MacSession.LABEL)))
                .toList();
    }

    private <T extends HasMetadata> Optional<T> found(SharedIndexInformer<T> informer, String name) {
        return Optional.ofNullable(informer.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)));
    }

    @Override
    public void close() {
        sets.close();
        pods.close();
        claims.close();
        services.close();
    }
}
