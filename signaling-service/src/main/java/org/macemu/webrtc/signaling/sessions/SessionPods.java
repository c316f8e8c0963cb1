package org.macemu.webrtc.signaling.sessions;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.quarkus.runtime.Startup;
import io.vertx.core.net.SocketAddress;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.macemu.webrtc.signaling.config.SignalingConfig.Placement;

/**
 * The addresses of the sessions' pods, kept up to date by a watch of the release's EndpointSlices; nothing is polled.
 * While the Kubernetes API is away, the addresses seen last are used, and one that is wrong by then refuses the call,
 * which is tried again.
 *
 * <p>A Mac's pod belongs to the session in its name: {@code mac-macemu-webrtc-s-ada-0} to {@code ada}. One that is not
 * ready yet is an address, too: its media-service may answer before Kubernetes has looked, and the call is tried again
 * until it does. One that is ending is not. Edges of a session have a Service of their own, whose slices carry its labels,
 * the session's name among them; of these, the ready ones count.
 *
 * <p>Thread-safe; events come on the client's threads.
 */
@Startup
@Singleton
public class SessionPods {

    private static final Logger LOG = Logger.getLogger(SessionPods.class);
    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,18}[a-z0-9])?");
    private static final String ORDINAL = "-0";
    private static final String SERVICE = "kubernetes.io/service-name";
    private static final String INSTANCE = "app.kubernetes.io/instance";
    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final String SESSION = "macemu.org/session";
    private static final String EDGE = "session-edge";

    private final boolean enabled;
    private final String service;
    private final String domain;
    private final String prefix;
    private final int port;
    private final Map<String, Set<Runnable>> waiting = new ConcurrentHashMap<>();
    private final SharedIndexInformer<EndpointSlice> slices;
    private volatile Map<String, SocketAddress> addresses = Map.of();
    private volatile Map<String, Set<SocketAddress>> edges = Map.of();

    @Inject
    SessionPods(SessionsConfig config, Instance<KubernetesClient> client) {
        // The client is made only here: without sessions nothing looks for a cluster.
        this(config, config.enabled() ? client.get() : null);
    }

    SessionPods(SessionsConfig config, KubernetesClient client) {
        this.enabled = config.enabled();
        this.prefix = config.prefix();
        this.port = config.mediaPort();
        this.service = config.service();
        this.domain = service + "." + config.namespace() + ".svc";
        this.slices = client == null ? null : watch(config, client);
    }

    private SharedIndexInformer<EndpointSlice> watch(SessionsConfig config, KubernetesClient client) {
        SharedIndexInformer<EndpointSlice> informer = client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(config.namespace())
                .withLabel(INSTANCE, config.release())
                .runnableInformer(0);
        informer.exceptionHandler((started, failure) -> {
            LOG.warnf("The Kubernetes API does not answer (%s); it is tried again", failure.getMessage());
            return true;
        });
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(EndpointSlice slice) {
                changed(informer);
            }

            @Override
            public void onUpdate(EndpointSlice before, EndpointSlice after) {
                changed(informer);
            }

            @Override
            public void onDelete(EndpointSlice slice, boolean stateUnknown) {
                changed(informer);
            }
        });
        informer.start();
        return informer;
    }

    /** Whether there may be sessions at all. */
    public boolean enabled() {
        return enabled;
    }

    /** Whether a browser may ask for this session: whether it is there now is another matter. */
    public boolean offers(String session) {
        return enabled && NAME.matcher(session).matches();
    }

    /** Where the session's media-service is; empty while it has no pod. */
    public Optional<SocketAddress> find(String session) {
        return Optional.ofNullable(addresses.get(session));
    }

    /** Where the edges are that serve the session's greater audience; empty where it has none. */
    public Set<SocketAddress> edges(String session) {
        return edges.getOrDefault(session, Set.of());
    }

    /** The sessions that have edges. */
    public Set<String> withEdges() {
        return edges.keySet();
    }

    /**
     * Calls once, from any thread, when the session has a pod: at once if it has one by now.
     *
     * @return ends the wait
     */
    public Runnable whenThere(String session, Runnable then) {
        // An object of its own: two waits with one action are two.
        Runnable wait = new Runnable() {
            @Override
            public void run() {
                then.run();
            }
        };
        waiting.computeIfAbsent(session, ignored -> ConcurrentHashMap.newKeySet()).add(wait);
        if (addresses.containsKey(session)) {
            tell(session);
        }
        return () -> forget(session, wait);
    }

    private boolean forget(String session, Runnable wait) {
        boolean[] was = new boolean[1];
        waiting.computeIfPresent(session, (ignored, waits) -> {
            was[0] = waits.remove(wait);
            return waits.isEmpty() ? null : waits;
        });
        return was[0];
    }

    private void tell(String session) {
        Set<Runnable> waits = waiting.get(session);
        if (waits != null) {
            for (Runnable wait : waits) {
                if (forget(session, wait)) {
                    wait.run();
                }
            }
        }
    }

    /** Several slices may have one pod while it moves between them: the whole is read anew each time. */
    private synchronized void changed(SharedIndexInformer<EndpointSlice> informer) {
        Map<String, SocketAddress> found = new HashMap<>();
        Map<String, Set<SocketAddress>> foundEdges = new HashMap<>();
        for (EndpointSlice slice : informer.getStore().list()) {
            Map<String, String> labels = slice.getMetadata().getLabels();
            String ofEdges = EDGE.equals(labels.get(COMPONENT)) ? labels.get(SESSION) : null;
            // A Service without pods has a slice that says endpoints: null.
            List<Endpoint> endpoints = slice.getEndpoints() == null ? List.of() : slice.getEndpoints();
            for (Endpoint endpoint : endpoints) {
                if (endpoint.getAddresses() == null || endpoint.getAddresses().isEmpty() || isEnding(endpoint)) {
                    continue;
                }
                if (service.equals(labels.get(SERVICE))) {
                    session(endpoint).ifPresent(session -> found.put(session, address(endpoint)));
                } else if (ofEdges != null && isReady(endpoint)) {
                    Set<SocketAddress> known = foundEdges.computeIfAbsent(ofEdges, ignored -> new HashSet<>());
                    if (known.size() < Placement.MAX_EDGES) {
                        known.add(address(endpoint));
                    }
                }
            }
        }
        edges = Map.copyOf(foundEdges);
        addresses = Map.copyOf(found);
        found.keySet().forEach(this::tell);
    }

    private static boolean isEnding(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        return conditions != null && Boolean.TRUE.equals(conditions.getTerminating());
    }

    /** Nothing said means yes. */
    private static boolean isReady(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        return conditions == null || !Boolean.FALSE.equals(conditions.getReady());
    }

    private Optional<String> session(Endpoint endpoint) {
        if (endpoint.getTargetRef() == null || endpoint.getTargetRef().getName() == null) {
            return Optional.empty();
        }
        String pod = endpoint.getTargetRef().getName();
        if (!pod.startsWith(prefix) || !pod.endsWith(ORDINAL) || pod.length() < prefix.length() + ORDINAL.length()) {
            return Optional.empty();
        }
        String session = pod.substring(prefix.length(), pod.length() - ORDINAL.length());
        return NAME.matcher(session).matches() ? Optional.of(session) : Optional.empty();
    }

    /**
     * The pod's address with a name that the certificate is of, a Mac's or an edge's. The name is each address's own,
     * {@code 10-0-0-7.mac-sessions.macemu.svc}: connections are shared between calls to one name.
     */
    private SocketAddress address(Endpoint endpoint) {
        try {
            InetAddress literal = InetAddress.ofLiteral(endpoint.getAddresses().getFirst());
            String name = literal.getHostAddress().replace('.', '-').replace(':', '-') + "." + domain;
            return SocketAddress.inetSocketAddress(
                    new InetSocketAddress(InetAddress.getByAddress(name, literal.getAddress()), port));
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes is one", e);
        }
    }

    @PreDestroy
    void close() {
        if (slices != null) {
            slices.close();
        }
    }
}
