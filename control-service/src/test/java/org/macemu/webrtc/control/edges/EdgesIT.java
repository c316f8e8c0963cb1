package org.macemu.webrtc.control.edges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.control.testing.Await;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.ScriptedMedia;
import org.macemu.webrtc.testing.ServiceProcess;

/** The packaged service, set as the chart sets it, without sessions: it asks an edge over gRPC and tells Kubernetes. */
class EdgesIT {

    @Test
    void theServiceTellsKubernetesHowManyWatchAtAnEdge() throws Exception {
        int mediaPort = MediaAddress.freePort();
        try (EdgeCluster cluster = new EdgeCluster();
                ScriptedMedia edge = ScriptedMedia.start(mediaPort)
                        .status(SessionStatus.newBuilder().setViewers(73).build())) {
            cluster.edge("mac-macemu-webrtc-edge-5d4f-x7k2p", "127.0.0.1");
            try (ServiceProcess service = ServiceProcess.start(
                    "-Dquarkus.http.port=" + MediaAddress.freePort(),
                    "-Dmacemu.media.port=" + MediaAddress.freePort(),
                    "-Dmacemu.edges.deletion-cost=true",
                    "-Dmacemu.edges.namespace=" + EdgeCluster.NAMESPACE,
                    "-Dmacemu.edges.release=" + EdgeCluster.RELEASE,
                    "-Dmacemu.edges.service=mac-macemu-webrtc-edge",
                    "-Dmacemu.edges.media-port=" + mediaPort,
                    "-Dmacemu.edges.period=200ms",
                    "-Dquarkus.kubernetes-client.api-server-url=http://127.0.0.1:" + cluster.port() + "/")) {
                service.awaitOutput("Listening on");
                Await.until("the edge's pod is written to", () -> !cluster.writes.isEmpty());
                assertEquals("73", cluster.cost("mac-macemu-webrtc-edge-5d4f-x7k2p"));
                assertTrue(edge.calls().contains("status"));
            }
        }
    }
}
