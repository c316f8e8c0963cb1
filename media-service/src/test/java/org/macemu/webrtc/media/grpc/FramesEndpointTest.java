package org.macemu.webrtc.media.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.GetLoadRequest;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.api.grpc.PlacementGrpc;
import org.macemu.webrtc.api.grpc.Pong;
import org.macemu.webrtc.api.grpc.VideoFrame;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.lane.shared.ffm.Vp8Decoder;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.EdgeCall;
import org.macemu.webrtc.media.testing.IsolatedNames;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;

/** Calls as edges make them, well-behaved and not, against the started application with a Mac that moves. */
@QuarkusTest
@QuarkusTestResource(IsolatedNames.class)
class FramesEndpointTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TestHTTPResource
    URL url;

    @Inject
    MediaServer server;

    @Inject
    MeterRegistry registry;

    private ManagedChannel channel;
    private SyntheticEmulator emulator;

    @BeforeEach
    void connect() throws Exception {
        channel = NettyChannelBuilder.forAddress(url.getHost(), url.getPort()).usePlaintext().build();
        emulator = SyntheticEmulator.start(
                IsolatedNames.emulator().scene(SceneKind.MOTION).size(800, 600).build());
        emulator.awaitConnected(LIMIT);
    }

    @AfterEach
    void nobodyIsLeft() throws Exception {
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
        emulator.close();
        Await.until("viewers left behind", () -> server.edges().orElseThrow().viewers() == 0);
    }

    private double counted(String name) {
        return registry.find(name).counters().stream().mapToDouble(c -> c.count()).sum();
    }

    @Test
    void framesFlowForViewersOnly() throws Throwable {
        EdgeCall edge = EdgeCall.open(channel, "edge-1");
        assertNotEquals(0, edge.await(OriginMessage::hasHello).getHello().getInstance());
        assertTrue(edge.await(OriginMessage::hasState).getState().getEmulatorConnected());
        Thread.sleep(300);
        assertTrue(edge.frames().isEmpty(), "frames for nobody");

        edge.audience(7);
        edge.awaitFrames(30, LIMIT);
        assertEquals(7, server.edges().orElseThrow().viewers());
        edge.await(m -> m.hasState() && m.getState().getViewers() == 7);
        assertEquals(7, server.status().await().atMost(LIMIT).getViewers(), "those at edges watch this Mac, too");
        List<VideoFrame> frames = edge.frames();
        assertTrue(frames.getFirst().getKeyFrame(), "the first is a key frame");
        try (Vp8Decoder decoder = new Vp8Decoder()) {
            for (VideoFrame frame : frames) {
                byte[] data = frame.getVp8().toByteArray();
                decoder.decode(data, data.length);
                assertEquals(800, decoder.width());
            }
        }
        edge.await(OriginMessage::hasSound);

        edge.audience(0);
        Await.until("frames stop", () -> {
            int before = edge.frames().size();
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return edge.frames().size() == before;
        });
        double captured = counted("macemu.frames.captured");
        Thread.sleep(500);
        assertEquals(captured, counted("macemu.frames.captured"), "pictures are read for nobody");

        edge.forget();
        edge.audience(1);
        edge.awaitFrames(3, LIMIT);
        assertTrue(edge.frames().getFirst().getKeyFrame(), "after a pause the first is a key frame again");
        edge.halfClose();
        edge.awaitEnd();
    }

    @Test
    void oneKeyFrameForAllWhoWantOne() throws Exception {
        EdgeCall first = EdgeCall.open(channel, "edge-1").audience(1);
        EdgeCall second = EdgeCall.open(channel, "edge-2").audience(1);
        first.awaitFrames(20, LIMIT);
        second.awaitFrames(20, LIMIT);
        // The pause between two key frames has passed, so that the next wish is granted at once.
        Thread.sleep(600);
        double before = counted("macemu.key.frames");
        for (int i = 0; i < 50; i++) {
            first.wantKeyFrame();
            second.wantKeyFrame();
        }
        Thread.sleep(300);
        assertEquals(before + 1, counted("macemu.key.frames"), "key frames for a hundred wishes");
        first.halfClose();
        second.halfClose();
    }

    @Test
    void anEdgeThatDoesNotReadLosesPicturesUpToAKeyFrame() throws Exception {
        EdgeCall other = EdgeCall.open(channel, "edge-reads").audience(1);
        EdgeCall deaf = EdgeCall.deaf(channel, "edge-deaf").audience(1);
        double dropped = counted("macemu.edge.frames.dropped");
        for (int i = 0; i < 30 && counted("macemu.edge.frames.dropped") < dropped + 60; i++) {
            Thread.sleep(1000);
        }
        assertTrue(counted("macemu.edge.frames.dropped") >= dropped + 60, "nothing was left out");
        List<VideoFrame> undisturbed = other.frames();
        for (int i = 1; i < undisturbed.size(); i++) {
            long pause = undisturbed.get(i).getRtpTime() - undisturbed.get(i - 1).getRtpTime();
            assertTrue(pause < 90_000, "the other edge missed " + pause / 90 + " ms");
        }

        deaf.readOn();
        // RTP times are of the same clock, which is that of this process too.
        long resumed = System.nanoTime() / 1000 * 9 / 100;
        Await.until("the deaf edge catches up", () -> deaf.frames().stream()
                .anyMatch(f -> f.getKeyFrame() && f.getRtpTime() > resumed));
        deaf.awaitFrames(deaf.frames().size() + 30, LIMIT);
        List<VideoFrame> frames = deaf.frames();
        long bytes = 0;
        boolean gap = false;
        for (int i = 1; i < frames.size(); i++) {
            if (frames.get(i).getRtpTime() <= resumed) {
                bytes += frames.get(i).getVp8().size();
            }
            if (frames.get(i).getRtpTime() - frames.get(i - 1).getRtpTime() > 90_000) {
                gap = true;
                assertTrue(frames.get(i).getKeyFrame(), "a picture that needs those left out");
            }
        }
        assertTrue(gap, "no gap");
        assertTrue(bytes < 2_000_000, bytes + " bytes waited for an edge that does not read");
        deaf.halfClose();
        other.halfClose();
    }

    @Test
    void aSilentEdgeIsForgotten() throws Exception {
        EdgeCall edge = EdgeCall.open(channel, "edge-silent").audience(5);
        edge.awaitFrames(1, LIMIT);
        assertEquals(5, server.edges().orElseThrow().viewers());
        edge.fallSilent();
        assertEquals(Status.Code.DEADLINE_EXCEEDED, edge.awaitEnd().getCode());
        assertEquals(0, server.edges().orElseThrow().viewers());
    }

    @Test
    void refusesWhatDoesNotGreet() throws Exception {
        EdgeCall rude = EdgeCall.open(channel, "");
        assertEquals(Status.Code.INVALID_ARGUMENT, rude.awaitEnd().getCode());
        EdgeCall shouting = EdgeCall.open(channel, "x\n\u001b[31m");
        assertEquals(Status.Code.INVALID_ARGUMENT, shouting.awaitEnd().getCode());
        EdgeCall hasty = EdgeCall.silent(channel);
        hasty.send(EdgeMessage.newBuilder().setKeyFrame(org.macemu.webrtc.api.grpc.KeyFrameWanted.getDefaultInstance())
                .build());
        Status end = hasty.awaitEnd();
        assertEquals(Status.Code.INVALID_ARGUMENT, end.getCode());
        assertTrue(end.getDescription().contains("key_frame"), end.getDescription());
    }

    @Test
    void answersWithItsClockAndItsLoad() throws Exception {
        EdgeCall edge = EdgeCall.open(channel, "edge-1");
        long before = System.nanoTime();
        Pong pong = edge.await(m -> m.hasPong() && m.getPong().getEdgeNanos() >= before)
                .getPong();
        assertTrue(pong.getOriginNanos() >= pong.getEdgeNanos(), pong.toString());
        assertTrue(pong.getOriginNanos() <= System.nanoTime(), pong.toString());
        Load load = PlacementGrpc.newBlockingStub(channel).getLoad(GetLoadRequest.getDefaultInstance());
        assertTrue(load.getAccepting());
        assertFalse(load.getEdge());
        assertEquals(IsolatedNames.MAX_VIEWERS, load.getMaxViewers());
        assertTrue(load.getStress() >= 0 && load.getStress() <= 1, load.toString());
        edge.halfClose();
    }
}
