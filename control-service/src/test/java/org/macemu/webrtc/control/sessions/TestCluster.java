package org.macemu.webrtc.control.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.macemu.webrtc.control.sessions.SessionView.Phase;
import org.macemu.webrtc.control.testing.Await;
import org.macemu.webrtc.control.testing.Wire;
import org.macemu.webrtc.testing.Closer;

/**
 * A Kubernetes API in memory with a controller of StatefulSets beside it, reached by each control-service over a wire
 * that can be cut. It notices when two pods have one claim, and says so when it is closed.
 */
final class TestCluster implements AutoCloseable {

    static final String NAMESPACE = "macemu";

    /** The pattern as the chart renders it. */
    private static final Path MANIFEST = Path.of("../deploy/k8s/manifests/bare-metal.yaml");

    /** A time that tests move. */
    static final class MovingClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

        void move(Duration by) {
            now.updateAndGet(time -> time.plus(by));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** One replica of the control-service, with a wire and a client of its own. */
    record Replica(Sessions sessions, KubernetesClient client, Wire wire) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            sessions.close();
            client.close();
            wire.close();
        }

        Replica ready() throws InterruptedException {
            Await.until("informers have synced", () -> sessions.list() != null);
            return this;
        }

        void awaitPhase(String session, Phase phase) throws InterruptedException {
            Await.until(session + " is " + phase, () -> sessions.get(session).phase() == phase);
        }
    }

    final KubernetesClient admin;
    final MovingClock clock = new MovingClock();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Closer closer = new Closer();
    private final Map<Integer, String> nodePorts = new HashMap<>();
    private final Path pattern;
    private final KubernetesMockServer server;
    private final List<Function<RecordedRequest, MockResponse>> faults = new CopyOnWriteArrayList<>();
    private volatile boolean podsBecomeReady = true;

    TestCluster() {
        this.pattern = pattern();
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        Dispatcher crud = new KubernetesMixedDispatcher(responses);
        this.server = new KubernetesMockServer(new Context(), new MockWebServer(), responses, new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                for (Function<RecordedRequest, MockResponse> fault : faults) {
                    MockResponse answer = fault.apply(request);
                    if (answer != null) {
                        return answer;
                    }
                }
                MockResponse taken = takenPort(request);
                return taken == null ? crud.dispatch(request) : taken;
            }
        }, false);
        closer.register(() -> assertEquals(List.of(), violations, "two pods had one disk"));
        closer.register(this::deletePattern);
        server.init();
        closer.register(server::destroy);
        this.admin = closer.register(server.createClient());
        admin.apps().statefulSets().inNamespace(NAMESPACE).inform(new ResourceEventHandler<StatefulSet>() {
            @Override
            public void onAdd(StatefulSet set) {
                control(set);
            }

            @Override
            public void onUpdate(StatefulSet before, StatefulSet set) {
                control(set);
            }

            @Override
            public void onDelete(StatefulSet set, boolean unknown) {
                pods(set.getMetadata().getName() + "-0").delete();
            }
        });
    }

    /** The body, which reading does not use up. */
    static String text(RecordedRequest request) {
        return new String(request.getBody().getBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** As an API server does it: a node port has one Service. */
    private MockResponse takenPort(RecordedRequest request) {
        if (!request.getMethod().equals("POST") || !request.getPath().endsWith("/services")) {
            return null;
        }
        Service wanted = Serialization.unmarshal(text(request), Service.class);
        Integer port = wanted.getSpec().getPorts().getFirst().getNodePort();
        if (port == null) {
            return null;
        }
        synchronized (nodePorts) {
            String owner = nodePorts.putIfAbsent(port, wanted.getMetadata().getName());
            return owner == null || owner.equals(wanted.getMetadata().getName())
                    ? null
                    : refusal(422, "Service \"x\" is invalid: spec.ports[0].nodePort: Invalid value: " + port
                            + ": provided port is already allocated");
        }
    }

    /** A folder with the chart's pattern. */
    private static Path pattern() {
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        try (var parser = yaml.getFactory().createParser(MANIFEST.toFile())) {
            Path folder = Files.createTempDirectory("pattern");
            for (JsonNode object : yaml.readerFor(JsonNode.class).<JsonNode>readValues(parser).readAll()) {
                if (object.path("data").has("statefulset.yaml")) {
                    for (Map.Entry<String, JsonNode> file : object.path("data").properties()) {
                        Files.writeString(folder.resolve(file.getKey()), file.getValue().asText());
                    }
                    return folder;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError(MANIFEST + " has no pattern of sessions");
    }

    /** A control-service that begins to watch. */
    Replica replica() throws IOException {
        return replica(SessionsFixture.config(pattern, 10));
    }

    Replica replica(SessionsConfig config) throws IOException {
        Wire wire = Wire.to(server.getPort());
        KubernetesClient client = client(wire.port());
        Sessions sessions = new Sessions(client, config, pattern, "mac", clock);
        sessions.start();
        return closer.register(new Replica(sessions, client, wire));
    }

    /** Of the API server, without a wire. */
    int port() {
        return server.getPort();
    }

    Path patternFolder() {
        return pattern;
    }

    private static KubernetesClient client(int port) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + port + "/")
                        .withNamespace(NAMESPACE)
                        .withConnectionTimeout(1000)
                        .withRequestTimeout(2000)
                        .withRequestRetryBackoffLimit(1)
                        .withWatchReconnectInterval(100)
                        .build())
                .build();
    }

    /** The controller of StatefulSets: at most one pod of a name. */
    private synchronized void control(StatefulSet seen) {
        // As it is by now: what was seen may be long past.
        StatefulSet set = admin.resource(seen).get();
        if (set == null) {
            pods(seen.getMetadata().getName() + "-0").delete();
            return;
        }
        String name = set.getMetadata().getName() + "-0";
        boolean wanted = set.getSpec().getReplicas() == 1 && set.getMetadata().getDeletionTimestamp() == null;
        Pod present = pods(name).get();
        if (wanted && present == null) {
            Pod pod = new PodBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withNamespace(NAMESPACE)
                    .withLabels(set.getSpec().getTemplate().getMetadata().getLabels())
                    .endMetadata()
                    .withSpec(set.getSpec().getTemplate().getSpec())
                    .build();
            admin.resource(pod).create();
            if (podsBecomeReady) {
                ready(name);
            }
        } else if (!wanted && present != null) {
            pods(name).delete();
        }
        checkClaims();
    }

    private void checkClaims() {
        Map<String, String> users = new HashMap<>();
        for (Pod pod : admin.pods().inNamespace(NAMESPACE).list().getItems()) {
            pod.getSpec().getVolumes().forEach(volume -> {
                if (volume.getPersistentVolumeClaim() != null) {
                    String claim = volume.getPersistentVolumeClaim().getClaimName();
                    String other = users.put(claim, pod.getMetadata().getName());
                    if (other != null) {
                        violations.add(claim + " is of " + other + " and " + pod.getMetadata().getName());
                    }
                }
            });
        }
    }

    io.fabric8.kubernetes.client.dsl.PodResource pods(String name) {
        return admin.pods().inNamespace(NAMESPACE).withName(name);
    }

    void podsStayPending() {
        podsBecomeReady = false;
    }

    void ready(String pod) {
        PodStatus status = new PodStatus();
        status.setPhase("Running");
        status.setPodIP("10.0.0.7");
        status.setConditions(List.of(
                new PodConditionBuilder().withType("Ready").withStatus("True").build()));
        status(pod, status);
    }

    void status(String pod, PodStatus status) {
        pods(pod).editStatus(present -> {
            present.setStatus(status);
            return present;
        });
    }

    /** From now on requests are answered as this says, where it does not answer null. */
    void fault(Function<RecordedRequest, MockResponse> fault) {
        faults.add(fault);
    }

    void healed() {
        faults.clear();
    }

    static MockResponse refusal(int code, String message) {
        String body = Serialization.asJson(new StatusBuilder()
                .withStatus("Failure")
                .withCode(code)
                .withMessage(message)
                .build());
        return new MockResponse()
                .setResponseCode(code)
                .addHeader("Content-Type", "application/json")
                .setBody(body);
    }

    Optional<StatefulSet> set(String session) {
        return admin.apps().statefulSets().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(set -> session.equals(set.getMetadata().getLabels().get(MacSession.LABEL)))
                .findFirst();
    }

    /** Ends the control-services first. */
    @Override
    public void close() throws Exception {
        closer.close();
    }

    private void deletePattern() throws IOException {
        try (Stream<Path> files = Files.list(pattern)) {
            files.map(Path::toFile).forEach(File::delete);
        }
        Files.delete(pattern);
    }
}
