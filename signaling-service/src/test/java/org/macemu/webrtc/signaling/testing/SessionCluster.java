package org.macemu.webrtc.signaling.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.macemu.webrtc.testing.ServiceProcess;

/**
 * An API server in memory with EndpointSlices of sessions' pods, as Kubernetes keeps them, and the packaged service that
 * watches it. Pods differ in their addresses; their media-services listen on one port.
 */
public final class SessionCluster implements AutoCloseable {

    public static final String RELEASE = "mac";
    public static final String PREFIX = "mac-macemu-webrtc-s-";

    private static final String NAMESPACE = "macemu";
    private static final String SERVICE = "mac-macemu-webrtc-sessions";

    private static final long LIMIT_MS = 15_000;

    private final KubernetesMockServer api;
    private final KubernetesClient client;
    private final int mediaPort = MediaAddress.freePort();
    private final int port = MediaAddress.freePort();
    private ServiceProcess service;

    public SessionCluster() {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        api = new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
        api.init();
        client = api.createClient();
    }

    /** Starts the service with these properties besides those that the chart sets. */
    public void service(String... more) throws Exception {
        List<String> properties = new ArrayList<>(List.of(
                "-Dquarkus.http.port=" + port,
                "-Dmacemu.media.port=" + MediaAddress.freePort(),
                "-Dmacemu.sessions.enabled=true",
                "-Dmacemu.sessions.namespace=" + NAMESPACE,
                "-Dmacemu.sessions.release=" + RELEASE,
                "-Dmacemu.sessions.service=" + SERVICE,
                "-Dmacemu.sessions.prefix=" + PREFIX,
                "-Dmacemu.sessions.media-port=" + mediaPort,
                "-Dquarkus.kubernetes-client.api-server-url=http://127.0.0.1:" + api.getPort() + "/"));
        properties.addAll(List.of(more));
        service = ServiceProcess.start(properties.toArray(String[]::new));
        service.awaitOutput("Listening on");
    }

    /** Of the service. */
    public int port() {
        return port;
    }

    /** Of the pods' media-services. */
    public int mediaPort() {
        return mediaPort;
    }

    /** A pod of the headless Service of Macs. */
    public void mac(String address, String pod, boolean ready, boolean terminating) {
        slice(address, pod, ready, terminating, Map.of(
                "kubernetes.io/service-name", SERVICE,
                "app.kubernetes.io/instance", RELEASE,
                "app.kubernetes.io/component", "session"));
    }

    /** A pod of the headless Service of a session's edges. */
    public void edge(String address, String pod, String session, String release, boolean ready, boolean terminating) {
        slice(address, pod, ready, terminating, Map.of(
                "kubernetes.io/service-name", PREFIX + session + "-edge",
                "app.kubernetes.io/instance", release,
                "app.kubernetes.io/component", "session-edge",
                "macemu.org/session", session));
    }

    /** A Service of the release that has no pod now, such as a suspended Mac's: Kubernetes says null for no endpoints. */
    public void serviceWithoutPods(String name) {
        GenericKubernetesResource slice = new GenericKubernetesResource();
        slice.setApiVersion("discovery.k8s.io/v1");
        slice.setKind("EndpointSlice");
        slice.setMetadata(new ObjectMetaBuilder()
                .withName("slice-" + name)
                .withNamespace(NAMESPACE)
                .withLabels(Map.of("kubernetes.io/service-name", name, "app.kubernetes.io/instance", RELEASE))
                .build());
        slice.setAdditionalProperty("addressType", "IPv4");
        slice.setAdditionalProperty("endpoints", null);
        client.resource(slice).create();
    }

    private void slice(String address, String pod, boolean ready, boolean terminating, Map<String, String> labels) {
        client.resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withName("slice-" + pod)
                        .withNamespace(NAMESPACE)
                        .withLabels(labels)
                        .endMetadata()
                        .withAddressType("IPv4")
                        .withEndpoints(new EndpointBuilder()
                                .withAddresses(address)
                                .withNewConditions()
                                .withReady(ready)
                                .withTerminating(terminating)
                                .endConditions()
                                .withNewTargetRef()
                                .withKind("Pod")
                                .withName(pod)
                                .withNamespace(NAMESPACE)
                                .endTargetRef()
                                .build())
                        .build())
                .createOr(present -> present.update());
    }

    /** Waits until the service has noticed that this session's pod is ending: who comes then is told to wait. */
    public void awaitEnded(String session) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        while (true) {
            try (TestBrowser browser = TestBrowser.open(port, session, null)) {
                if (browser.next().path("code").asText().equals("session_starting")) {
                    return;
                }
            }
            assertTrue(System.nanoTime() < deadline, "the end of the pod of " + session + " is not noticed");
        }
    }

    /** The API server ends. */
    public void shutdown() {
        api.shutdown();
    }

    @Override
    public void close() throws Exception {
        if (service != null) {
            service.close();
        }
        client.close();
        api.destroy();
    }
}
