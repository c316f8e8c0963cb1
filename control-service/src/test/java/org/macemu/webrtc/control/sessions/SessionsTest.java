package org.macemu.webrtc.control.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.sessions.SessionsFixture.body;
import static org.macemu.webrtc.control.sessions.TestCluster.NAMESPACE;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.control.sessions.SessionView.Phase;
import org.macemu.webrtc.control.sessions.TestCluster.Replica;
import org.macemu.webrtc.control.testing.Await;

/** Sessions against an API server in memory, by one control-service and by two at once. */
class SessionsTest {

    @AutoClose
    private final TestCluster cluster = new TestCluster();

    private Replica one;

    @BeforeEach
    void start() throws Exception {
        one = cluster.replica().ready();
    }

    private static Container container(PodSpec spec, String name) {
        return Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMacHasAPodAClaimAndAPortOfItsOwn() throws Exception {
        SessionView made = one.sessions()
                .create(body("{'name':'ada','title':'Ada\\u0027s Mac','rom':'Quadra 650.ROM','screen':'800x600',"
                        + "'diskSize':'4Gi','idleTimeout':600}"));
        assertEquals(Phase.STARTING, made.phase());
        one.awaitPhase("ada", Phase.RUNNING);
        StatefulSet set = cluster.set("ada").orElseThrow();
        assertEquals("mac-macemu-webrtc-s-ada", set.getMetadata().getName());
        PodSpec spec = set.getSpec().getTemplate().getSpec();
        String port = container(spec, "media").getEnv().stream()
                .filter(variable -> variable.getName().equals("MACEMU_RTC_PORT"))
                .findFirst()
                .orElseThrow()
                .getValue();
        assertEquals("30200", port);
        assertEquals(
                List.of("--screen", "800x600", "--grace", "55", "--rom", "Quadra 650.ROM"),
                container(spec, "emulator").getArgs());
        PersistentVolumeClaim claim = cluster.admin
                .persistentVolumeClaims()
                .inNamespace(NAMESPACE)
                .withName("mac-macemu-webrtc-s-ada-disks")
                .get();
        assertEquals(List.of("ReadWriteOncePod"), claim.getSpec().getAccessModes());
        assertEquals("4Gi", claim.getSpec().getResources().getRequests().get("storage").toString());
        Service service = cluster.admin
                .services()
                .inNamespace(NAMESPACE)
                .withName("mac-macemu-webrtc-s-ada-rtc")
                .get();
        assertEquals(2, service.getSpec().getPorts().size());
        assertTrue(service.getSpec().getPorts().stream()
                .allMatch(p -> p.getNodePort() == 30200 && p.getPort() == 30200));
        assertEquals("ada", service.getSpec().getSelector().get(MacSession.LABEL));
        assertEquals(
                set.getMetadata().getUid(),
                service.getMetadata().getOwnerReferences().getFirst().getUid());
        SessionView view = one.sessions().list().getFirst();
        assertEquals("Ada's Mac", view.title());
        assertEquals(600, view.idleTimeoutSeconds());
    }

    @Test
    void suspendedWokenStoppedResumed() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        one.awaitPhase("ada", Phase.RUNNING);
        one.sessions().suspend("ada");
        one.awaitPhase("ada", Phase.SUSPENDED);
        assertEquals(0, cluster.set("ada").orElseThrow().getSpec().getReplicas());
        assertEquals(
                1,
                cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).list().getItems().size(),
                "the disks stay");
        assertEquals(Phase.STARTING, one.sessions().visit("ada").phase());
        one.awaitPhase("ada", Phase.RUNNING);
        one.sessions().stop("ada");
        one.awaitPhase("ada", Phase.STOPPED);
        assertEquals(Phase.STOPPED, one.sessions().visit("ada").phase(), "a visit starts nothing that was stopped");
        one.sessions().resume("ada");
        one.awaitPhase("ada", Phase.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deletedWithItsDisksOrWithout(boolean disks) throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        one.awaitPhase("ada", Phase.RUNNING);
        one.sessions().delete("ada", disks);
        Await.until("nothing is left but perhaps the disks", () -> cluster.set("ada").isEmpty()
                && cluster.admin.services().inNamespace(NAMESPACE).list().getItems().isEmpty()
                && cluster.admin.pods().inNamespace(NAMESPACE).list().getItems().isEmpty()
                && cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).list().getItems().isEmpty() == disks);
        Await.until("it is not known any more", () -> one.sessions().list().isEmpty());
        one.sessions().create(body("{'name':'ada'}"));
        one.awaitPhase("ada", Phase.RUNNING);
    }

    @Test
    void nobodyWatchingSuspendsAndAVisitorOfThatMomentDoesNot() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        one.awaitPhase("ada", Phase.RUNNING);
        one.sessions().watched("ada", 0);
        assertEquals(Phase.RUNNING, one.sessions().get("ada").phase(), "not idle for long enough");
        cluster.clock.move(SessionsFixture.IDLE.minusMinutes(1));
        one.sessions().watched("ada", 1);
        cluster.clock.move(Duration.ofMinutes(2));
        one.sessions().watched("ada", 0);
        assertEquals(Phase.RUNNING, one.sessions().get("ada").phase(), "somebody watched two minutes ago");
        cluster.clock.move(SessionsFixture.IDLE);
        one.sessions().visit("ada");
        one.sessions().watched("ada", 0);
        assertEquals(Phase.RUNNING, one.sessions().get("ada").phase(), "somebody has just come");
        cluster.clock.move(SessionsFixture.IDLE.plusSeconds(1));
        one.sessions().watched("ada", 0);
        one.awaitPhase("ada", Phase.SUSPENDED);
        assertTrue(cluster.admin.v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                .anyMatch(event -> event.getReason().equals("Suspended")
                        && event.getInvolvedObject().getName().equals("mac-macemu-webrtc-s-ada")));
    }

    /** The whole state is the cluster's: another process knows and does the same. */
    @Test
    void aRestartLosesNothing() throws Exception {
        one.sessions().create(body("{'name':'ada','title':'A','idleTimeout':0}"));
        one.sessions().create(body("{'name':'ben'}"));
        one.awaitPhase("ada", Phase.RUNNING);
        one.awaitPhase("ben", Phase.RUNNING);
        one.sessions().suspend("ben");
        one.awaitPhase("ben", Phase.SUSPENDED);
        List<SessionView> before = one.sessions().list();
        one.close();
        one = cluster.replica().ready();
        Await.until("pods are known again", () -> one.sessions().list().equals(before));
        one.sessions().visit("ben");
        one.awaitPhase("ben", Phase.RUNNING);
    }

    /** Died after the first of its writes: the next one goes on from there. */
    @Test
    void aHalfMadeSessionIsFinishedByTheNextProcess() throws Exception {
        one.close();
        SessionPattern pattern = new SessionPattern(cluster.admin, cluster.patternFolder());
        NewSession wanted = NewSession.read(body("{'name':'ada'}"), "mac", 0);
        cluster.admin
                .resource(pattern.statefulSet(
                        wanted, java.util.Map.of(MacSession.DESIRED, "running", MacSession.PORT, "30203")))
                .create();
        one = cluster.replica().ready();
        one.awaitPhase("ada", Phase.RUNNING);
        assertEquals(30203, MacSession.of(cluster.set("ada").orElseThrow(), Duration.ZERO).port());
    }

    @Test
    void aHalfDeletedSessionIsFinishedByTheNextProcess() throws Exception {
        one.sessions().create(body("{'name':'ada'}"));
        one.awaitPhase("ada", Phase.RUNNING);
        one.close();
        cluster.admin.resource(cluster.set("ada").orElseThrow()).edit(set -> {
            set.getMetadata().getAnnotations().put(MacSession.DESIRED, "deleted");
            set.getMetadata().getAnnotations().put(MacSession.DELETE_DISKS, "true");
            return set;
        });
        one = cluster.replica();
        Await.until("nothing is left", () -> cluster.set("ada").isEmpty()
                && cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).list().getItems().isEmpty());
    }

    /** Whatever two replicas are told at the same time, there is one pod at most, and both end up of one mind. */
    @Test
    void twoReplicasActOnOneSession() throws Exception {
        try (Replica two = cluster.replica().ready()) {
            one.sessions().create(body("{'name':'ada'}"));
            one.awaitPhase("ada", Phase.RUNNING);
            two.awaitPhase("ada", Phase.RUNNING);
            List<Replica> both = List.of(one, two);
            List<Callable<Void>> acts = IntStream.range(0, 60)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        Sessions sessions = both.get(i % 2).sessions();
                        try {
                            switch (i % 3) {
                                case 0 -> sessions.suspend("ada");
                                case 1 -> sessions.visit("ada");
                                default -> sessions.resume("ada");
                            }
                        } catch (SessionFailure e) {
                            assertEquals(SessionFailure.Kind.CHANGED, e.kind(), e.getMessage());
                        }
                        return null;
                    })
                    .toList();
            runAll(acts);
            two.sessions().suspend("ada");
            one.awaitPhase("ada", Phase.SUSPENDED);
            two.awaitPhase("ada", Phase.SUSPENDED);
            one.sessions().visit("ada");
            two.awaitPhase("ada", Phase.RUNNING);
            Await.until("there is one pod", () ->
                    cluster.admin.pods().inNamespace(NAMESPACE).list().getItems().size() == 1);
            assertEquals(
                    1,
                    cluster.admin.persistentVolumeClaims().inNamespace(NAMESPACE).list().getItems().size());
        }
    }

    @Test
    void twoReplicasMakeOneNameOnceAndDifferentNamesOnDifferentPorts() throws Exception {
        try (Replica two = cluster.replica().ready()) {
            List<Replica> both = List.of(one, two);
            List<Callable<String>> acts = IntStream.range(0, 10)
                    .<Callable<String>>mapToObj(i -> () -> {
                        try {
                            // Each pair is one name, made by both.
                            return both.get(i % 2).sessions().create(body("{'name':'mac-" + i / 2 + "'}")).name();
                        } catch (SessionFailure e) {
                            return e.kind().name();
                        }
                    })
                    .toList();
            List<String> outcomes = runAll(acts);
            assertEquals(5, outcomes.stream().filter("EXISTS"::equals).count(), outcomes::toString);
            for (int i = 0; i < 5; i++) {
                one.awaitPhase("mac-" + i, Phase.RUNNING);
            }
            Set<Integer> ports = new TreeSet<>();
            cluster.admin.services().inNamespace(NAMESPACE).list().getItems().forEach(service ->
                    ports.add(service.getSpec().getPorts().getFirst().getNodePort()));
            assertEquals(5, ports.size(), ports::toString);
            for (int i = 0; i < 5; i++) {
                int port = MacSession.of(cluster.set("mac-" + i).orElseThrow(), Duration.ZERO).port();
                assertTrue(ports.contains(port), () -> port + " of " + ports);
            }
        }
    }

    private static <T> List<T> runAll(List<Callable<T>> acts) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new java.util.ArrayList<>();
            for (Future<T> future : threads.invokeAll(acts)) {
                results.add(future.get());
            }
            return results;
        }
    }

    @Test
    void thereAreAsManyAsThereMayBe() throws Exception {
        try (Replica small = cluster.replica(SessionsFixture.config(cluster.patternFolder(), 1)).ready()) {
            small.sessions().create(body("{'name':'ada'}"));
            small.awaitPhase("ada", Phase.RUNNING);
            SessionFailure full =
                    assertThrows(SessionFailure.class, () -> small.sessions().create(body("{'name':'ben'}")));
            assertEquals(SessionFailure.Kind.FULL, full.kind());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'name':7}",
                "{'name':'Ada'}",
                "{'name':'-ada'}",
                "{'name':'ada-'}",
                "{'name':'../../x'}",
                "{'name':'a23456789012345678901'}",
                "{'name':'ada','colour':'red'}",
                "{'name':'ada','rom':'../secret'}",
                "{'name':'ada','rom':'--grace'}",
                "{'name':'ada','rom':''}",
                "{'name':'ada','screen':'big'}",
                "{'name':'ada','diskSize':'plenty'}",
                "{'name':'ada','diskSize':'-1Gi'}",
                "{'name':'ada','idleTimeout':'PT5M'}",
                "{'name':'ada','idleTimeout':-1}",
                "{'name':'ada','idleTimeout':5}",
                "{'name':'ada','idleTimeout':1e30}",
                "{'name':'ada','title':['x']}",
                "{'name':'ada','edges':6}",
                "{'name':'ada','edges':-1}",
                "{'name':'ada','edges':'3'}",
                "{'name':'ada','edges':2.5}",
                "{'name':'ada','edges':4294967297}"
            })
    void whatDoesNotFitIsRefusedAndNothingIsMade(String json) throws Exception {
        SessionFailure failure = assertThrows(SessionFailure.class, () -> one.sessions().create(body(json)));
        assertEquals(SessionFailure.Kind.INVALID, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains("expected") || failure.getMessage().contains("not known")
                || failure.getMessage().contains("longer"), failure.getMessage());
        assertTrue(cluster.admin.apps().statefulSets().inNamespace(NAMESPACE).list().getItems().isEmpty());
    }

    @Test
    void theReleasesOwnNameIsTakenAndUnknownOnesAreSaid() throws Exception {
        assertEquals(
                SessionFailure.Kind.EXISTS,
                assertThrows(SessionFailure.class, () -> one.sessions().create(body("{'name':'mac'}"))).kind());
        for (String name : List.of("nobody", "Not a name\n", "")) {
            SessionFailure failure = assertThrows(SessionFailure.class, () -> one.sessions().visit(name));
            assertEquals(SessionFailure.Kind.UNKNOWN, failure.kind());
            assertFalse(failure.getMessage().contains("\n"));
        }
    }
}
