package org.macemu.webrtc.media.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URL;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Config;
import org.macemu.webrtc.api.grpc.EmulatorGrpc;
import org.macemu.webrtc.api.grpc.GetConfigRequest;
import org.macemu.webrtc.api.grpc.GetStatusRequest;
import org.macemu.webrtc.api.grpc.GetStorageRequest;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.IsolatedNames;
import org.macemu.webrtc.media.testing.SignalingCall;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.macemu.webrtc.synthetic.SyntheticEmulator;

/** Requests to an emulator that answers, refuses, is silent, vanishes, or is not there. */
@QuarkusTest
@QuarkusTestResource(IsolatedNames.class)
class EmulatorEndpointTest {

    @TestHTTPResource
    URL url;

    @Inject
    MediaServer server;

    private ManagedChannel channel;
    private EmulatorGrpc.EmulatorBlockingStub emulator;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress(url.getHost(), url.getPort()).usePlaintext().build();
        emulator = EmulatorGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void nobodyIsLeft() throws Exception {
        channel.shutdownNow();
        Await.until("the emulator's end", () -> !server.isEmulatorConnected());
    }

    private static Path socket() {
        return IsolatedNames.emulator().build().controlSocket();
    }

    private HostileEmulator.Connection mute() throws Exception {
        HostileEmulator.Connection c = HostileEmulator.connect(socket());
        Await.until("the connection", server::isEmulatorConnected);
        return c;
    }

    private Config config() {
        return emulator.getConfig(GetConfigRequest.getDefaultInstance());
    }

    private static void assertStatus(Status.Code code, String words, StatusRuntimeException e) {
        assertEquals(code, e.getStatus().getCode(), e.getMessage());
        assertTrue(String.valueOf(e.getStatus().getDescription()).contains(words), e.getMessage());
    }

    @Test
    void saysThatNoEmulatorIsThere() {
        assertStatus(
                Status.Code.UNAVAILABLE, "No emulator", assertThrows(StatusRuntimeException.class, this::config));
        SessionStatus status = emulator.getStatus(GetStatusRequest.getDefaultInstance());
        assertFalse(status.getEmulatorConnected());
        assertTrue(status.getUptimeSeconds() > 0);
        assertTrue(status.getVideoSegment().contains("protocol v1"), status.getVideoSegment());
    }

    @Test
    void passesRequestsOnAndBack() throws Exception {
        try (SyntheticEmulator mac =
                SyntheticEmulator.start(IsolatedNames.emulator().size(320, 240).fps(20).build())) {
            mac.awaitConnected(SignalingCall.LIMIT);
            assertTrue(config().getJson().contains("\"ramsize\":8388608"));
            emulator.setConfig(Config.newBuilder().setJson("{\"ramsize\":16777216}").build());
            String merged = config().getJson();
            assertTrue(merged.contains("\"ramsize\":16777216") && merged.contains("Quadra.ROM"), merged);
            emulator.getStorage(GetStorageRequest.getDefaultInstance());
            Await.until("the picture", () -> emulator.getStatus(GetStatusRequest.getDefaultInstance())
                    .getWidth() == 320);
            SessionStatus status = emulator.getStatus(GetStatusRequest.getDefaultInstance());
            assertTrue(status.getEmulatorConnected());
            assertEquals(ProcessHandle.current().pid(), status.getEmulatorPid());
            assertTrue(status.getEmulatorStatusJson().contains("\"running\":true"), status.getEmulatorStatusJson());
        }
    }

    @Test
    void aConfigurationThatIsNoneNeverReachesTheEmulator() {
        for (String json : new String[] {"", "[]", "7", "{", "null", "\"x\""}) {
            StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () ->
                    emulator.setConfig(Config.newBuilder().setJson(json).build()));
            assertStatus(Status.Code.INVALID_ARGUMENT, "configuration", e);
        }
        StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () ->
                emulator.setConfig(Config.newBuilder()
                        .setJson("{\"x\":\"" + "y".repeat(61 * 1024) + "\"}")
                        .build()));
        assertStatus(Status.Code.INVALID_ARGUMENT, "at most", e);
    }

    @Test
    void anEmulatorThatDoesNotAnswerTimesOut() throws Exception {
        try (HostileEmulator.Connection c = mute()) {
            assertStatus(
                    Status.Code.DEADLINE_EXCEEDED,
                    "did not answer get_config within 500 ms",
                    assertThrows(StatusRuntimeException.class, this::config));
            // Its own status is not known; ours is.
            assertTrue(emulator.getStatus(GetStatusRequest.getDefaultInstance()).getEmulatorConnected());
        }
    }

    @Test
    void anErrorLineAndADisconnectionAreTold() throws Exception {
        try (HostileEmulator.Connection c = mute()) {
            // Asked on connection.
            assertTrue(c.readLine(SignalingCall.LIMIT).contains("status"));
            c.send("{\"type\":\"status\",\"running\":true,\"fps\":1}");
            CompletableFuture<Config> refused = CompletableFuture.supplyAsync(this::config);
            assertTrue(c.readLine(SignalingCall.LIMIT).contains("get_config"));
            c.send("{\"type\":\"error\",\"message\":\"the disk is full\"}");
            assertStatus(Status.Code.FAILED_PRECONDITION, "the disk is full", failure(refused));

            CompletableFuture<Config> abandoned = CompletableFuture.supplyAsync(this::config);
            assertTrue(c.readLine(SignalingCall.LIMIT).contains("get_config"));
            c.close();
            assertStatus(Status.Code.UNAVAILABLE, "No emulator", failure(abandoned));
        }
    }

    private static StatusRuntimeException failure(CompletableFuture<Config> answer) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
        return (StatusRuntimeException) e.getCause();
    }
}
