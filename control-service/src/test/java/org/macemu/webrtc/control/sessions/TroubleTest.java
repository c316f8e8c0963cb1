package org.macemu.webrtc.control.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.sessions.SessionsFixture.body;
import static org.macemu.webrtc.control.sessions.TestCluster.NAMESPACE;
import static org.macemu.webrtc.control.sessions.TestCluster.refusal;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.control.sessions.SessionView.Phase;
import org.macemu.webrtc.control.sessions.TestCluster.Replica;
import org.macemu.webrtc.control.testing.Await;

/** What goes wrong in clusters: each is said in words, and over when its cause is. */
class TroubleTest {

    private static final String POD = "mac-macemu-webrtc-s-ada-0";
    private static final String CLAIM = "mac-macemu-webrtc-s-ada-disks";

    @AutoClose
    private final TestCluster cluster = new TestCluster();

    private Replica one;

    @BeforeEach
    void start() throws Exception {
        one = cluster.replica().ready();
    }

    private SessionView ada() {
        try {
            return one.sessions().get("ada");
        } catch (SessionFailure e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private void awaitProblem(String code) throws InterruptedException {
        Await.until("problem " + code, () -> ada().problem().filter(p -> p.code().equals(code)).isPresent());
        assertEquals(Phase.STARTING, ada().phase());
    }

    private void awaitRunning() throws InterruptedException {
        Await.until("it runs", () -> ada().phase() == Phase.RUNNING);
        assertTrue(ada().problem().isEmpty());
    }

    @Test
    void aClaimOfSomethingElseIsNotTouched() throws Exception {
        cluster.admin
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(CLAIM)
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        one.sessions().create(body("{'name':'ada'}"));
        awaitProblem("claim-in-use");
        assertTrue(cluster.admin.pods().inNamespace(NAMESPACE).list().getItems().isEmpty());
        Await.until("it is said in the cluster's journal, too", () ->
                cluster.admin.v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                        .anyMatch(event -> event.getReason().equals("ClaimInUse")
                                && event.getMessage().contains(CLAIM)));
        cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).withName(CLAIM).edit(claim -> {
            claim.getMetadata()
                    .setLabels(Map.of(
                            MacSession.LABEL, "ada",
                            "app.kubernetes.io/instance", "mac",
                            "app.kubernetes.io/component", "session"));
            return claim;
        });
        awaitRunning();
    }

    @Test
    void aPodThatHasTheDisksKeepsTheMacFromStarting() throws Exception {
        cluster.admin
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("backup")
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .addNewVolume()
                        .withName("d")
                        .withNewPersistentVolumeClaim(CLAIM, false)
                        .endVolume()
                        .endSpec()
                        .build())
                .create();
        one.sessions().create(body("{'name':'ada'}"));
        awaitProblem("claim-in-use");
        assertTrue(ada().problem().orElseThrow().message().contains("backup"));
        cluster.pods("backup").delete();
        awaitRunning();
    }

    @Test
    void disksThatAreBeingDeletedAreWaitedFor() throws Exception {
        cluster.admin
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(CLAIM)
                        .withNamespace(NAMESPACE)
                        .withFinalizers("kubernetes.io/pvc-protection")
                        .withLabels(Map.of(
                                MacSession.LABEL, "ada",
                                "app.kubernetes.io/instance", "mac",
                                "app.kubernetes.io/component", "session"))
                        .endMetadata()
                        .build())
                .create();
        cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).withName(CLAIM).delete();
        one.sessions().create(body("{'name':'ada'}"));
        awaitProblem("claim-deleted");
        cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).withName(CLAIM).edit(claim -> {
            claim.getMetadata().setFinalizers(List.of());
            return claim;
        });
        awaitRunning();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no-room      | 0/3 nodes are available: 3 Insufficient memory.
            claim-in-use | 0/3 nodes are available: 1 node has pod using PersistentVolumeClaim with the same name and \
            ReadWriteOncePod access mode.
            """)
    void aFullNodeAndATakenDiskAreTheSchedulersWords(String code, String words) throws Exception {
        cluster.podsStayPending();
        one.sessions().create(body("{'name':'ada'}"));
        Await.until("its pod is made", () -> cluster.pods(POD).get() != null);
        PodStatus status = new PodStatus();
        status.setPhase("Pending");
        status.setConditions(List.of(new PodConditionBuilder()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(words)
                .build()));
        cluster.status(POD, status);
        awaitProblem(code);
        assertTrue(ada().problem().orElseThrow().message().contains(words));
        cluster.ready(POD);
        awaitRunning();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CreateContainerConfigError | secret "mac-turn" not found                | secret-missing
            ImagePullBackOff           | Back-off pulling image "a:1"               | image-missing
            CrashLoopBackOff           | back-off 5m0s restarting failed container  | crashing
            """)
    void aContainerThatCannotStartSaysWhy(String reason, String words, String code) throws Exception {
        cluster.podsStayPending();
        one.sessions().create(body("{'name':'ada'}"));
        Await.until("its pod is made", () -> cluster.pods(POD).get() != null);
        PodStatus status = new PodStatus();
        status.setPhase("Pending");
        status.setInitContainerStatuses(List.of(new ContainerStatusBuilder()
                .withName("media")
                .withNewState()
                .withNewWaiting(words, reason)
                .endState()
                .build()));
        cluster.status(POD, status);
        awaitProblem(code);
        cluster.ready(POD);
        awaitRunning();
    }

    /** A port that something outside of the sessions has: the API server says so when the Service is made. */
    @Test
    void aNodePortThatIsTakenIsLeftToItsOwner() throws Exception {
        cluster.fault(request -> request.getMethod().equals("POST")
                        && request.getPath().endsWith("/services")
                        && TestCluster.text(request).contains("\"nodePort\":30200")
                ? refusal(422, "Service \"x\" is invalid: spec.ports[0].nodePort: Invalid value: 30200: provided port"
                        + " is already allocated")
                : null);
        one.sessions().create(body("{'name':'ada'}"));
        awaitRunning();
        assertEquals(30201, MacSession.of(cluster.set("ada").orElseThrow(), Duration.ZERO).port());
    }

    @Test
    void aRefusalOfTheClusterIsItsWords() throws Exception {
        cluster.fault(request -> request.getMethod().equals("POST")
                        && request.getPath().endsWith("/persistentvolumeclaims")
                ? refusal(403, "exceeded quota: disks")
                : null);
        one.sessions().create(body("{'name':'ada'}"));
        awaitProblem("cluster-refused");
        assertTrue(ada().problem().orElseThrow().message().contains("exceeded quota: disks"));
        cluster.healed();
        awaitRunning();
        cluster.fault(request -> request.getMethod().equals("POST") && request.getPath().endsWith("/statefulsets")
                ? refusal(403, "forbidden: by a webhook")
                : null);
        SessionFailure refused =
                assertThrows(SessionFailure.class, () -> one.sessions().create(body("{'name':'ben'}")));
        assertEquals(SessionFailure.Kind.CLUSTER_REFUSED, refused.kind());
        assertTrue(refused.getMessage().contains("by a webhook"), refused.getMessage());
    }

    @Test
    void conflictsAreTriedAgainAndNotForEver() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        awaitRunning();
        AtomicInteger conflicts = new AtomicInteger(3);
        cluster.fault(request -> request.getMethod().equals("PUT") && conflicts.getAndDecrement() > 0
                ? refusal(409, "the object has been modified")
                : null);
        one.sessions().suspend("ada");
        Await.until("it is suspended", () -> ada().phase() == Phase.SUSPENDED);
        conflicts.set(Integer.MAX_VALUE);
        SessionFailure changed = assertThrows(SessionFailure.class, () -> one.sessions().resume("ada"));
        assertEquals(SessionFailure.Kind.CHANGED, changed.kind());
    }

    /** What is known stays known, what is asked for is refused with a reason, and what happened meanwhile is found. */
    @Test
    void theApiGoesAwayAndComesBack() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        awaitRunning();
        one.wire().cut();
        assertEquals(Phase.RUNNING, ada().phase());
        SessionFailure away = assertThrows(SessionFailure.class, () -> one.sessions().suspend("ada"));
        assertEquals(SessionFailure.Kind.CLUSTER_UNAVAILABLE, away.kind());
        assertTrue(away.getMessage().contains("nothing was changed"), away.getMessage());
        cluster.admin.resource(cluster.set("ada").orElseThrow()).edit(set -> {
            set.getMetadata().getAnnotations().put(MacSession.DESIRED, "suspended");
            return set;
        });
        one.wire().mend();
        Await.until("what somebody else asked for is done", () -> ada().phase() == Phase.SUSPENDED);
        one.sessions().visit("ada");
        awaitRunning();
    }

    @Test
    void aStartWithoutTheApiWaitsForIt() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        awaitRunning();
        one.close();
        AtomicInteger attempts = new AtomicInteger();
        cluster.fault(request -> {
            attempts.incrementAndGet();
            return refusal(503, "the server is currently unable to handle the request");
        });
        one = cluster.replica();
        SessionFailure away = assertThrows(SessionFailure.class, () -> one.sessions().list());
        assertEquals(SessionFailure.Kind.CLUSTER_UNAVAILABLE, away.kind());
        int before = attempts.get();
        Await.until("it goes on trying", () -> attempts.get() > before + 3);
        cluster.healed();
        one.ready();
        awaitRunning();
    }
}
