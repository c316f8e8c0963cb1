package org.macemu.webrtc.control.edges;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.control.client.MediaClient;
import org.macemu.webrtc.control.client.PodNames;

/** Starts and ends what is done about edges with the service, where it is configured. */
@Singleton
public class EdgeService {

    private final EdgesConfig config;
    private final Instance<KubernetesClient> client;
    private final MediaClient media;
    private DeletionCosts costs;

    @Inject
    EdgeService(EdgesConfig config, Instance<KubernetesClient> client, MediaClient media) {
        this.config = config;
        this.client = client;
        this.media = media;
    }

    void onStart(@Observes StartupEvent event) {
        if (config.deletionCost()) {
            PodNames names = new PodNames(config.service() + "." + config.namespace() + ".svc", config.mediaPort());
            // The client is made only here: without edges nothing looks for a cluster.
            costs = new DeletionCosts(
                    client.get(),
                    config,
                    address -> media.status(names.target(address))
                            .map(SessionStatus::getViewers)
                            .subscribeAsCompletionStage());
        }
    }

    @PreDestroy
    void close() {
        if (costs != null) {
            costs.close();
        }
    }
}
