package org.macemu.webrtc.control.edges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.control.testing.Await;
import org.macemu.webrtc.control.testing.Wire;
import org.macemu.webrtc.testing.Closer;

/** What is written about edges, and what happens when Kubernetes or an edge does not do its part. */
class DeletionCostsTest {

    private static final Duration PERIOD = Duration.ofMillis(50);

    @AutoClose
    private final Closer closer = new Closer();

    private final EdgeCluster cluster = closer.register(new EdgeCluster());
    private final Map<String, Integer> viewers = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();

    /** One replica of the control-service, which reaches the API over a wire of its own. */
    private Wire replica(Duration pause) throws IOException {
        Wire wire = closer.register(Wire.to(cluster.port()));
        KubernetesClient client = closer.register(new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + wire.port() + "/")
                        .withConnectionTimeout(1000)
                        .withRequestTimeout(2000)
                        .withRequestRetryBackoffLimit(0)
                        .withWatchReconnectInterval(100)
                        .build())
                .build());
        closer.register(new DeletionCosts(client, config(pause), address -> {
            questions.incrementAndGet();
            Integer watching = viewers.get(address);
            return watching == null
                    ? CompletableFuture.failedFuture(new IOException("it does not answer"))
                    : CompletableFuture.completedFuture(watching);
        }));
        return wire;
    }

    private static EdgesConfig config(Duration pause) {
        return new EdgesConfig() {
            @Override
            public boolean deletionCost() {
                return true;
            }

            @Override
            public String namespace() {
                return EdgeCluster.NAMESPACE;
            }

            @Override
            public String release() {
                return EdgeCluster.RELEASE;
            }

            @Override
            public String service() {
                return "mac-macemu-webrtc-edge";
            }

            @Override
            public int mediaPort() {
                return 8010;
            }

            @Override
            public Duration period() {
                return PERIOD;
            }

            @Override
            public Duration pause() {
                return pause;
            }
        };
    }

    private void awaitCost(String pod, String cost) throws InterruptedException {
        Await.until(pod + " costs " + cost, () -> cost.equals(cluster.cost(pod)));
    }

    /** The edges are asked some more times; what was written to within the pause is not. */
    private void awaitRounds() throws InterruptedException {
        int seen = questions.get();
        Await.until("rounds", () -> questions.get() > seen + 12);
    }

    @Test
    void anEdgeCostsItsViewers() throws Exception {
        cluster.edge("edge-a", "10.0.0.1");
        cluster.edge("edge-b", "10.0.0.2");
        viewers.putAll(Map.of("10.0.0.1", 250, "10.0.0.2", 0));
        replica(Duration.ZERO);
        awaitCost("edge-a", "250");
        awaitRounds();
        assertNull(cluster.cost("edge-b"), "nobody is there, which is what no annotation says");
        viewers.putAll(Map.of("10.0.0.1", 0, "10.0.0.2", 1));
        awaitCost("edge-a", "0");
        awaitCost("edge-b", "1");
        cluster.edge("edge-c", "10.0.0.3");
        viewers.put("10.0.0.3", 30);
        awaitCost("edge-c", "30");
        cluster.pod("edge-of-ada", "session-edge", EdgeCluster.RELEASE, "10.0.0.4", null);
        viewers.put("10.0.0.4", 7);
        awaitCost("edge-of-ada", "7");
    }

    @Test
    void otherPodsAreNotTouched() throws Exception {
        cluster.edge("edge-a", "10.0.0.1");
        cluster.pod("mac-0", "mac", EdgeCluster.RELEASE, "10.0.0.1", null);
        cluster.pod("edge-of-another", "edge", "another", "10.0.0.1", null);
        cluster.pod("edge-pending", "edge", EdgeCluster.RELEASE, null, null);
        viewers.put("10.0.0.1", 9);
        replica(Duration.ZERO);
        awaitCost("edge-a", "9");
        awaitRounds();
        assertEquals(Set.of("edge-a"), Set.copyOf(cluster.writes));
    }

    @Test
    void anEdgeThatDoesNotAnswerKeepsItsCost() throws Exception {
        cluster.pod("edge-a", "edge", EdgeCluster.RELEASE, "10.0.0.1", "17");
        cluster.pod("edge-b", "edge", EdgeCluster.RELEASE, "no address", "17");
        cluster.edge("edge-c", "10.0.0.3");
        viewers.put("10.0.0.3", 5);
        replica(Duration.ZERO);
        awaitCost("edge-c", "5");
        awaitRounds();
        assertEquals("17", cluster.cost("edge-a"));
        assertEquals("17", cluster.cost("edge-b"));
    }

    @Test
    void aPodIsWrittenToSeldom() throws Exception {
        cluster.edge("edge-a", "10.0.0.1");
        cluster.edge("edge-b", "10.0.0.2");
        viewers.putAll(Map.of("10.0.0.1", 10, "10.0.0.2", 0));
        replica(Duration.ofHours(1));
        awaitCost("edge-a", "10");
        viewers.putAll(Map.of("10.0.0.1", 400, "10.0.0.2", 400));
        awaitCost("edge-b", "400");
        assertEquals("10", cluster.cost("edge-a"), "what was written stands for an hour");
        assertEquals(List.of("edge-a", "edge-b"), cluster.writes);
    }

    @Test
    void anotherReplicaWritesOnlyWhatSaysMore() throws Exception {
        cluster.edge("edge-a", "10.0.0.1");
        cluster.edge("edge-b", "10.0.0.2");
        viewers.putAll(Map.of("10.0.0.1", 12, "10.0.0.2", 12));
        replica(Duration.ofHours(1));
        awaitCost("edge-a", "12");
        awaitCost("edge-b", "12");
        viewers.putAll(Map.of("10.0.0.1", 14, "10.0.0.2", 90));
        replica(Duration.ofHours(1));
        awaitCost("edge-b", "90");
        awaitRounds();
        assertEquals("12", cluster.cost("edge-a"), "about as many as the other one wrote");
        assertEquals(3, cluster.writes.size(), cluster.writes::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 409, 500, 503})
    void aRefusedWriteIsTriedAgain(int status) throws Exception {
        cluster.edge("edge-a", "10.0.0.1");
        cluster.edge("edge-b", "10.0.0.2");
        viewers.putAll(Map.of("10.0.0.1", 12, "10.0.0.2", 12));
        cluster.refuseOnce(status);
        replica(Duration.ofHours(1));
        awaitCost("edge-a", "12");
        awaitCost("edge-b", "12");
    }

    @Test
    void theKubernetesApiMayBeAway() throws Exception {
        cluster.edge("edge-a", "10.0.0.1");
        viewers.put("10.0.0.1", 12);
        Wire wire = replica(Duration.ZERO);
        awaitCost("edge-a", "12");
        wire.cut();
        viewers.put("10.0.0.1", 80);
        awaitRounds();
        assertEquals("12", cluster.cost("edge-a"));
        cluster.edge("edge-b", "10.0.0.2");
        viewers.put("10.0.0.2", 40);
        wire.mend();
        awaitCost("edge-a", "80");
        awaitCost("edge-b", "40");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "-, 0, false", "-, 1, true", "0, 0, false", "0, 1, true", "1, 0, true", "10, 14, false", "10, 15, true",
        "10, 6, false", "10, 5, true", "400, 449, false", "400, 450, true", "400, 351, false", "400, 350, true",
        "-5, 0, true", "2147483647, 0, true", "-2147483648, 2147483647, true", "many, 3, true", "'', 0, true"
    })
    void whatSaysMore(String written, int now, boolean more) {
        assertEquals(more, DeletionCosts.saysMore(written, now));
    }
}
