package org.macemu.webrtc.control.edges;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A Kubernetes API in memory with pods of edges. As a real one does it, pods are changed through {@code pods/status} in
 * their status and their annotations alone; whoever changes them otherwise is refused, as a small role would.
 */
final class EdgeCluster implements AutoCloseable {

    static final String NAMESPACE = "macemu";
    static final String RELEASE = "mac";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STATUS = "/status";
    private static final int FORBIDDEN = 403;

    final KubernetesClient admin;

    /** Names of pods, in the order they were written to. */
    final List<String> writes = new CopyOnWriteArrayList<>();

    private final KubernetesMockServer server;
    private final Queue<Integer> refusals = new ConcurrentLinkedQueue<>();

    EdgeCluster() {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        Dispatcher crud = new KubernetesMixedDispatcher(responses);
        server = new KubernetesMockServer(new Context(), new MockWebServer(), responses, new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return request.getMethod().equals("PATCH") ? patch(request, crud) : crud.dispatch(request);
            }
        }, false);
        server.init();
        admin = server.createClient();
    }

    private MockResponse patch(RecordedRequest request, Dispatcher crud) {
        String path = request.getPath();
        Integer refusal = refusals.poll();
        if (refusal != null || !path.endsWith(STATUS)) {
            return new MockResponse().setResponseCode(refusal == null ? FORBIDDEN : refusal);
        }
        try {
            JsonNode body = JSON.readTree(request.getBody().getBytes());
            assertEquals("[annotations]", names(body.path("metadata")));
            assertEquals("[metadata]", names(body));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        String pod = path.substring(0, path.length() - STATUS.length());
        writes.add(pod.substring(pod.lastIndexOf('/') + 1));
        return crud.dispatch(new RecordedRequest(
                request.getHttpVersion(), request.method(), pod, request.getHeaders(), request.getBody()));
    }

    private static String names(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).toList().toString();
    }

    /** The next write is refused with this status. */
    void refuseOnce(int status) {
        refusals.add(status);
    }

    int port() {
        return server.getPort();
    }

    /** A pod of a component of a release. */
    void pod(String name, String component, String release, String address, String cost) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .addToLabels("app.kubernetes.io/instance", release)
                .addToLabels("app.kubernetes.io/component", component)
                .endMetadata()
                .withNewStatus()
                .withPodIP(address)
                .endStatus();
        if (cost != null) {
            pod.editMetadata().addToAnnotations(DeletionCosts.ANNOTATION, cost).endMetadata();
        }
        admin.resource(pod.build()).create();
    }

    void edge(String name, String address) {
        pod(name, "edge", RELEASE, address, null);
    }

    /** What is written about a pod; null: nothing. */
    String cost(String name) {
        Pod pod = admin.pods().inNamespace(NAMESPACE).withName(name).get();
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(DeletionCosts.ANNOTATION);
    }

    @Override
    public void close() {
        admin.close();
        server.destroy();
    }
}
