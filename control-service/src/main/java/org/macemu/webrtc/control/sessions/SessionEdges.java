package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The edges of sessions: of those that are to run and were made with some, what is missing is made; of all others, what is
 * there is removed. Nothing that is there is changed, so an upgrade of the chart holds for edges that are made after it, as
 * it does for Macs. How many edges there are, of those that were asked for, is the autoscaler's business.
 *
 * <p>Each object's fate is its own, by its fixed name and what the informers know of it: whatever replicas do at the same
 * time, the last change is looked at, and what it left out is done. Owned by {@link Reconciler}, on its thread.
 */
final class SessionEdges {

    private static final Logger LOG = Logger.getLogger(SessionEdges.class);

    private record Key(String kind, String name) {
        static Key of(HasMetadata object) {
            return new Key(object.getKind(), object.getMetadata().getName());
        }
    }

    private final KubernetesClient client;
    private final SessionsConfig config;
    private final SessionPattern pattern;
    private final ClusterWatch cluster;

    SessionEdges(KubernetesClient client, SessionsConfig config, SessionPattern pattern, ClusterWatch cluster) {
        this.client = client;
        this.config = config;
        this.pattern = pattern;
        this.cluster = cluster;
    }

    /** Makes what is missing, if the session has edges at all. */
    void make(StatefulSet set, MacSession session) throws IOException {
        int count = Math.min(session.edges(), config.edges().max());
        // Where the chart has another range since the Mac was started, it gets a port of that with its next start.
        if (count == 0 || config.edges().firstPort() != 0 && !session.hasPortOf(config)) {
            return;
        }
        Set<Key> present = new HashSet<>();
        cluster.edges(session.name()).forEach(object -> present.add(Key.of(object)));
        for (HasMetadata wanted : pattern.edges(session, set, count, port(session))) {
            if (present.contains(Key.of(wanted))) {
                continue;
            }
            try {
                client.resource(wanted).create();
                LOG.infof("Session %s: %s %s is made", session.name(), wanted.getKind(), Key.of(wanted).name());
            } catch (KubernetesClientException e) {
                // Made by another replica just now, or still ending: its end is a change that is looked at.
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    /** As far behind the first one as the Mac's own port; 0: the pattern's. */
    private int port(MacSession session) {
        int first = config.edges().firstPort();
        return first == 0 ? 0 : first + session.port() - config.firstPort();
    }

    /** Removes what is there. Edges move their viewers before they end. */
    void remove(MacSession session) {
        List<HasMetadata> present = cluster.edges(session.name());
        if (!present.isEmpty()) {
            LOG.infof("Session %s: its edges end", session.name());
        }
        present.forEach(object -> client.resource(object).delete());
    }
}
