package org.macemu.webrtc.control.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.sessions.SessionsFixture.body;
import static org.macemu.webrtc.control.sessions.TestCluster.NAMESPACE;
import static org.macemu.webrtc.control.sessions.TestCluster.refusal;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.control.sessions.SessionView.Phase;
import org.macemu.webrtc.control.sessions.TestCluster.Replica;
import org.macemu.webrtc.control.testing.Await;

/** Edges of sessions against an API server in memory: they are there as long as their Mac is. */
class SessionEdgesTest {

    private static final String EDGES = "mac-macemu-webrtc-s-ben-edge";
    private static final List<String> ALL =
            List.of("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service");

    @AutoClose
    private final TestCluster cluster = new TestCluster();

    private Replica one;

    @BeforeEach
    void start() throws Exception {
        one = cluster.replica().ready();
    }

    private Stream<? extends HasMetadata> ofEdges() {
        Map<String, String> labels = Map.of("app.kubernetes.io/component", "session-edge");
        return Stream.of(
                        cluster.admin.apps().deployments().inNamespace(NAMESPACE).withLabels(labels).list().getItems(),
                        cluster.admin.services().inNamespace(NAMESPACE).withLabels(labels).list().getItems(),
                        cluster.admin
                                .autoscaling()
                                .v2()
                                .horizontalPodAutoscalers()
                                .inNamespace(NAMESPACE)
                                .withLabels(labels)
                                .list()
                                .getItems(),
                        cluster.admin
                                .policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace(NAMESPACE)
                                .withLabels(labels)
                                .list()
                                .getItems())
                .flatMap(List::stream);
    }

    private List<String> kinds() {
        return ofEdges().map(HasMetadata::getKind).sorted().toList();
    }

    private <T extends HasMetadata> T only(Class<T> kind) {
        return ofEdges().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
    }

    private void awaitEdges(List<String> kinds) throws InterruptedException {
        Await.until("edges are " + kinds, () -> kinds().equals(kinds));
    }

    private void awaitPhase(Phase phase) throws InterruptedException {
        one.awaitPhase("ben", phase);
    }

    private void ben() throws Exception {
        assertEquals(3, one.sessions().create(body("{'name':'ben','edges':3}")).edges());
        awaitPhase(Phase.RUNNING);
        awaitEdges(ALL);
    }

    @Test
    void edgesOfAMacAreItsOwn() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        ben();
        Map<String, String> labels = Map.of(
                "app.kubernetes.io/name", "macemu-webrtc",
                "app.kubernetes.io/instance", "mac",
                "app.kubernetes.io/component", "session-edge",
                MacSession.LABEL, "ben");
        StatefulSet set = cluster.set("ben").orElseThrow();
        ofEdges().forEach(object -> {
            assertEquals(EDGES, object.getMetadata().getName());
            assertEquals("ben", object.getMetadata().getLabels().get(MacSession.LABEL));
            assertEquals(
                    set.getMetadata().getUid(),
                    object.getMetadata().getOwnerReferences().getFirst().getUid());
        });
        Deployment deployment = only(Deployment.class);
        assertEquals(labels, deployment.getSpec().getSelector().getMatchLabels());
        Map<String, String> podLabels = deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertTrue(podLabels.entrySet().containsAll(labels.entrySet()), podLabels::toString);
        assertEquals(
                labels,
                deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getTopologySpreadConstraints()
                        .getFirst()
                        .getLabelSelector()
                        .getMatchLabels());
        assertEquals(labels, only(Service.class).getSpec().getSelector());
        assertEquals(labels, only(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels());
        HorizontalPodAutoscaler autoscaler = only(HorizontalPodAutoscaler.class);
        assertEquals(1, autoscaler.getSpec().getMinReplicas());
        assertEquals(3, autoscaler.getSpec().getMaxReplicas());
        assertEquals(EDGES, autoscaler.getSpec().getScaleTargetRef().getName());
        assertEquals(0, one.sessions().get("ada").edges());
    }

    /** The Mac at the second port has its edges at the second port, too, and they call it by the name of its pod. */
    @Test
    void portAndOriginFollowFromTheMac() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        Await.until("ada is known", () -> cluster.set("ada").isPresent());
        Await.until("ada's port is known", () -> one.sessions().list().size() == 1);
        ben();
        assertEquals("30201", cluster.set("ben").orElseThrow().getMetadata().getAnnotations().get(MacSession.PORT));
        Container edge = only(Deployment.class).getSpec().getTemplate().getSpec().getContainers().getFirst();
        Map<String, String> environment = edge.getEnv().stream()
                .filter(variable -> variable.getValue() != null)
                .collect(Collectors.toMap(variable -> variable.getName(), variable -> variable.getValue()));
        assertEquals("8201", environment.get("MACEMU_RTC_PORT"));
        assertEquals(
                "mac-macemu-webrtc-s-ben-0.mac-macemu-webrtc-sessions.macemu.svc:8010",
                environment.get("MACEMU_EDGE_ORIGIN"));
        List<ContainerPort> media =
                edge.getPorts().stream().filter(port -> port.getName().startsWith("rtc-")).toList();
        assertEquals(2, media.size());
        assertTrue(media.stream().allMatch(port -> port.getContainerPort() == 8201 && port.getHostPort() == 8201));
    }

    @Test
    void edgesComeAndGoWithTheirMac() throws Exception {
        ben();
        one.sessions().suspend("ben");
        awaitPhase(Phase.SUSPENDED);
        awaitEdges(List.of());
        one.sessions().visit("ben");
        awaitPhase(Phase.RUNNING);
        awaitEdges(ALL);
        one.sessions().stop("ben");
        awaitPhase(Phase.STOPPED);
        awaitEdges(List.of());
        one.sessions().resume("ben");
        awaitEdges(ALL);
        one.sessions().delete("ben", true);
        Await.until("it is gone", () -> cluster.set("ben").isEmpty());
        awaitEdges(List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service"})
    void whatSomebodyRemovesIsMadeAgain(String kind) throws Exception {
        ben();
        String before = uid(kind);
        ofEdges().filter(object -> object.getKind().equals(kind)).forEach(object ->
                cluster.admin.resource(object).delete());
        Await.until("another " + kind + " is there", () -> kinds().equals(ALL) && !uid(kind).equals(before));
    }

    private String uid(String kind) {
        return ofEdges()
                .filter(object -> object.getKind().equals(kind))
                .map(object -> object.getMetadata().getUid())
                .findFirst()
                .orElse("");
    }

    /** Died among its writes, and while nobody was there things went on: the next process does the rest. */
    @Test
    void aRestartFindsWhatIsMissingAndWhatIsLeft() throws Exception {
        ben();
        one.close();
        cluster.admin.resource(only(Service.class)).delete();
        cluster.admin.resource(only(HorizontalPodAutoscaler.class)).delete();
        one = cluster.replica().ready();
        awaitEdges(ALL);
        one.close();
        cluster.admin.resource(cluster.set("ben").orElseThrow()).edit(set -> {
            set.getMetadata().getAnnotations().put(MacSession.DESIRED, "suspended");
            return set;
        });
        one = cluster.replica().ready();
        awaitPhase(Phase.SUSPENDED);
        awaitEdges(List.of());
    }

    @Test
    void twoReplicasMakeThemOnce() throws Exception {
        try (Replica two = cluster.replica().ready()) {
            ben();
            for (int i = 0; i < 5; i++) {
                two.sessions().suspend("ben");
                one.sessions().visit("ben");
            }
            awaitPhase(Phase.RUNNING);
            awaitEdges(ALL);
            two.sessions().suspend("ben");
            awaitPhase(Phase.SUSPENDED);
            awaitEdges(List.of());
        }
    }

    /** A Mac runs without the edges that Kubernetes refuses; why is in the cluster's journal, and they are tried again. */
    @Test
    void aRefusalKeepsNoMacFromRunning() throws Exception {
        cluster.fault(request -> request.getMethod().equals("POST") && request.getPath().endsWith("/deployments")
                ? refusal(403, "exceeded quota: edges")
                : null);
        one.sessions().create(body("{'name':'ben','edges':3}"));
        awaitPhase(Phase.RUNNING);
        Await.until("it is said", () -> cluster.admin.v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                .anyMatch(event -> event.getMessage().contains("exceeded quota: edges")));
        cluster.healed();
        awaitEdges(ALL);
    }

    @Test
    void theApiMayBeAwayMeanwhile() throws Exception {
        ben();
        one.wire().cut();
        cluster.admin.resource(cluster.set("ben").orElseThrow()).edit(set -> {
            set.getMetadata().getAnnotations().put(MacSession.DESIRED, "suspended");
            return set;
        });
        one.wire().mend();
        awaitPhase(Phase.SUSPENDED);
        awaitEdges(List.of());
    }

    @Test
    void withoutAnAutoscalerThereAreAsManyAsWereAskedFor() throws Exception {
        Path pattern = cluster.patternFolder().resolve("edges.yaml");
        Files.writeString(
                pattern,
                Arrays.stream(Files.readString(pattern).split("(?m)^---$"))
                        .filter(document -> !document.contains("kind: HorizontalPodAutoscaler"))
                        .collect(Collectors.joining("---")));
        one.sessions().create(body("{'name':'ben','edges':3}"));
        awaitEdges(ALL.stream().filter(kind -> !kind.equals("HorizontalPodAutoscaler")).toList());
        assertEquals(3, only(Deployment.class).getSpec().getReplicas());
    }

    /** Where the chart has none, asking is refused, and what was made with some before runs without. */
    @Test
    void aServerWithoutEdgesMakesNone() throws Exception {
        ben();
        one.sessions().suspend("ben");
        awaitEdges(List.of());
        one.close();
        one = cluster.replica(SessionsFixture.config(cluster.patternFolder(), 10, 0)).ready();
        SessionFailure refused =
                assertThrows(SessionFailure.class, () -> one.sessions().create(body("{'name':'ada','edges':1}")));
        assertEquals(SessionFailure.Kind.INVALID, refused.kind());
        assertTrue(refused.getMessage().contains("sessions.edges.enabled"), refused.getMessage());
        one.sessions().visit("ben");
        awaitPhase(Phase.RUNNING);
        assertEquals(List.of(), kinds());
    }
}
