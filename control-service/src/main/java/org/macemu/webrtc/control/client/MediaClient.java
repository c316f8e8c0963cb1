package org.macemu.webrtc.control.client;

import io.grpc.MethodDescriptor;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.GrpcStatus;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.macemu.webrtc.api.grpc.AudienceGrpc;
import org.macemu.webrtc.api.grpc.Config;
import org.macemu.webrtc.api.grpc.DisconnectViewerRequest;
import org.macemu.webrtc.api.grpc.EmulatorGrpc;
import org.macemu.webrtc.api.grpc.EmulatorLog;
import org.macemu.webrtc.api.grpc.GetConfigRequest;
import org.macemu.webrtc.api.grpc.GetLogRequest;
import org.macemu.webrtc.api.grpc.GetScreenshotRequest;
import org.macemu.webrtc.api.grpc.GetStatusRequest;
import org.macemu.webrtc.api.grpc.GetStorageRequest;
import org.macemu.webrtc.api.grpc.ListViewersReply;
import org.macemu.webrtc.api.grpc.ListViewersRequest;
import org.macemu.webrtc.api.grpc.RestartRequest;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.Screenshot;
import org.macemu.webrtc.api.grpc.SendInputRequest;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.SetViewerRoleRequest;
import org.macemu.webrtc.api.grpc.ShutdownRequest;
import org.macemu.webrtc.api.grpc.Storage;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.control.config.ControlConfig;

/**
 * The emulator's control protocol as calls to the media-service. Each returns a {@link Uni} that fails with a
 * {@link MediaFailure} and nothing else. Thread-safe; owns the HTTP/2 connections.
 */
@Singleton
public class MediaClient {

    /** The greatest answer is a screenshot: 1920 x 1080 pixels of noise are 8 MB as PNG. */
    private static final int MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

    private final Caller caller;
    private final long timeoutMs;
    private final long screenshotMs;

    @Inject
    MediaClient(Vertx vertx, ControlConfig config) {
        this.timeoutMs = config.media().callTimeout().toMillis();
        this.screenshotMs = config.media().screenshotTimeout().toMillis();
        this.caller = new Caller(vertx, config, MAX_MESSAGE_BYTES);
    }

    /** What the session looks like; answers without an emulator, too. */
    public Uni<SessionStatus> status() {
        return call(EmulatorGrpc.getGetStatusMethod(), GetStatusRequest.getDefaultInstance());
    }

    /** Likewise, of the media-service at this address. */
    public Uni<SessionStatus> status(SocketAddress target) {
        return Uni.createFrom().completionStage(() -> caller.call(
                        target,
                        EmulatorGrpc.getGetStatusMethod(),
                        GetStatusRequest.getDefaultInstance(),
                        timeoutMs,
                        (status, text, problem) -> refusal(status, text, MediaFailure.Kind.EMULATOR_REFUSED))
                .toCompletionStage());
    }

    /** The emulator's preferences. */
    public Uni<Config> config() {
        return call(EmulatorGrpc.getGetConfigMethod(), GetConfigRequest.getDefaultInstance());
    }

    /** Changes the preferences that are in the object, and no others. */
    public Uni<Void> setConfig(Config changes) {
        return call(EmulatorGrpc.getSetConfigMethod(), changes).replaceWithVoid();
    }

    /** Restarts the Mac. */
    public Uni<Void> restart() {
        return call(EmulatorGrpc.getRestartMethod(), RestartRequest.getDefaultInstance())
                .replaceWithVoid();
    }

    /** Restarts the Mac at once, as its reset button does. */
    public Uni<Void> reset() {
        return call(
                        EmulatorGrpc.getRestartMethod(),
                        RestartRequest.newBuilder().setForce(true).build())
                .replaceWithVoid();
    }

    /** What the emulator printed lately. */
    public Uni<EmulatorLog> log() {
        return call(EmulatorGrpc.getGetLogMethod(), GetLogRequest.getDefaultInstance());
    }

    /** Shuts the Mac down. */
    public Uni<Void> shutdown() {
        return call(EmulatorGrpc.getShutdownMethod(), ShutdownRequest.getDefaultInstance())
                .replaceWithVoid();
    }

    /** The ROM and disk images the emulator can see. */
    public Uni<Storage> storage() {
        return call(EmulatorGrpc.getGetStorageMethod(), GetStorageRequest.getDefaultInstance());
    }

    /** The Mac's screen now, as PNG. */
    public Uni<Screenshot> screenshot() {
        return call(
                EmulatorGrpc.getGetScreenshotMethod(),
                GetScreenshotRequest.getDefaultInstance(),
                screenshotMs,
                MediaFailure.Kind.NO_PICTURE);
    }

    /** Plays input; {@code waitMs} is how long it takes by itself. */
    public Uni<Void> input(SendInputRequest input, long waitMs) {
        // A busy machine sleeps longer than it is asked to: the pauses of long texts are given a quarter more.
        return call(
                        EmulatorGrpc.getSendInputMethod(),
                        input,
                        timeoutMs + waitMs * 5 / 4,
                        MediaFailure.Kind.CONTROLS_HELD)
                .replaceWithVoid();
    }

    /** Everybody who is connected. */
    public Uni<ListViewersReply> viewers() {
        return call(AudienceGrpc.getListViewersMethod(), ListViewersRequest.getDefaultInstance());
    }

    /**
     * Sends a viewer away.
     *
     * @param mayReturn whether its token is good for another join
     */
    public Uni<Void> disconnect(String viewer, boolean mayReturn) {
        return call(
                        AudienceGrpc.getDisconnectViewerMethod(),
                        DisconnectViewerRequest.newBuilder()
                                .setViewerId(viewer)
                                .setMayReturn(mayReturn)
                                .build())
                .replaceWithVoid();
    }

    /** Changes what a viewer may do. */
    public Uni<ViewerInfo> role(String viewer, Role role) {
        return call(
                AudienceGrpc.getSetViewerRoleMethod(),
                SetViewerRoleRequest.newBuilder().setViewerId(viewer).setRole(role).build());
    }

    /** Where it connects to, for logs and health: {@code 127.0.0.1:8010}. */
    public String target() {
        return caller.target();
    }

    private <Q, A> Uni<A> call(MethodDescriptor<Q, A> method, Q message) {
        return call(method, message, timeoutMs, MediaFailure.Kind.EMULATOR_REFUSED);
    }

    /** {@code refused} is what FAILED_PRECONDITION means for this method. */
    private <Q, A> Uni<A> call(MethodDescriptor<Q, A> method, Q message, long limitMs, MediaFailure.Kind refused) {
        return Uni.createFrom()
                .completionStage(() -> caller.call(
                                method, message, limitMs, (status, text, problem) -> refusal(status, text, refused))
                        .toCompletionStage());
    }

    private static MediaFailure refusal(GrpcStatus status, String text, MediaFailure.Kind refused) {
        return switch (status) {
            case UNAVAILABLE -> new MediaFailure(
                    MediaFailure.Kind.EMULATOR_NOT_CONNECTED,
                    text != null ? text : "No emulator is connected to the media-service; start one.");
            case DEADLINE_EXCEEDED -> new MediaFailure(
                    MediaFailure.Kind.EMULATOR_TIMEOUT,
                    text != null ? text : "The emulator did not answer in time; it may be busy or stopped.");
            case FAILED_PRECONDITION -> new MediaFailure(
                    refused, text != null ? text : "It answered with an error that has no words.");
            case NOT_FOUND -> new MediaFailure(
                    MediaFailure.Kind.VIEWER_UNKNOWN, text != null ? text : "No viewer has this id.");
            case INVALID_ARGUMENT -> new MediaFailure(
                    MediaFailure.Kind.INVALID_REQUEST,
                    text != null ? text : "The media-service does not accept this request.");
            case null, default -> Caller.broken(status, text);
        };
    }

    @PreDestroy
    void close() {
        caller.close();
    }
}
