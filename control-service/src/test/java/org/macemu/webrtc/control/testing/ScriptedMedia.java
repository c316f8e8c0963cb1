package org.macemu.webrtc.control.testing;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpcio.server.GrpcIoServer;
import io.vertx.grpcio.server.GrpcIoServiceBridge;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.macemu.webrtc.api.grpc.Ack;
import org.macemu.webrtc.api.grpc.AudienceGrpc;
import org.macemu.webrtc.api.grpc.Config;
import org.macemu.webrtc.api.grpc.DisconnectViewerReply;
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
import org.macemu.webrtc.api.grpc.Screenshot;
import org.macemu.webrtc.api.grpc.SendInputRequest;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.SetViewerRoleRequest;
import org.macemu.webrtc.api.grpc.ShutdownRequest;
import org.macemu.webrtc.api.grpc.Storage;
import org.macemu.webrtc.api.grpc.ViewerInfo;

/**
 * The other end of the contract: a real gRPC server on the same HTTP stack as the media-service (Vert.x, HTTP/2 prior
 * knowledge, stub implementations behind the bridge), with answers the test sets.
 */
public final class ScriptedMedia implements AutoCloseable {

    private static final long LIMIT_MS = 8_000;

    private final Vertx vertx = Vertx.vertx();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile SessionStatus status = SessionStatus.getDefaultInstance();
    private volatile String config = "{}";
    private volatile Storage storage = Storage.getDefaultInstance();
    private volatile Screenshot screenshot = Screenshot.getDefaultInstance();
    private volatile ViewerInfo viewer = ViewerInfo.getDefaultInstance();
    private final ScriptedFiles files = new ScriptedFiles();
    private volatile Status failure;
    private volatile boolean silent;

    private ScriptedMedia(int port) throws Exception {
        GrpcIoServer grpc = GrpcIoServer.server(vertx);
        GrpcIoServiceBridge.bridge(new Service()).bind(grpc);
        GrpcIoServiceBridge.bridge(new People()).bind(grpc);
        GrpcIoServiceBridge.bridge(files).bind(grpc);
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
                .requestHandler(grpc)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /** The files beside it. */
    public ScriptedFiles files() {
        return files;
    }

    public static ScriptedMedia start(int port) throws Exception {
        return new ScriptedMedia(port);
    }

    /**
     * Waits until the service under test, which may not have noticed the end of the one before, calls this one. The calls
     * made for that are not told.
     */
    public void awaitReached(RestClient client, String... headers) throws InterruptedException {
        // There are connections for each.
        for (String path : List.of("/api/v1/status", "/api/v1/storage/files")) {
            Await.until(path + " is answered", () -> client.get(path, headers).statusCode() == 200);
        }
        calls.clear();
        files.forgetCalls();
    }

    public ScriptedMedia status(SessionStatus answer) {
        status = answer;
        return this;
    }

    public ScriptedMedia config(String json) {
        config = json;
        return this;
    }

    public ScriptedMedia storage(Storage answer) {
        storage = answer;
        return this;
    }

    public ScriptedMedia screenshot(Screenshot answer) {
        screenshot = answer;
        return this;
    }

    /** The one viewer there is. */
    public ScriptedMedia viewer(ViewerInfo answer) {
        viewer = answer;
        return this;
    }

    /** Every call fails like this from now on; null: none does. */
    public ScriptedMedia failing(Status with) {
        failure = with;
        return this;
    }

    /** No call is answered from now on. */
    public ScriptedMedia silent() {
        silent = true;
        return this;
    }

    /** What was called, in order, with the argument if there is one. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    private <A> void answer(String call, StreamObserver<A> observer, A answer) {
        calls.add(call);
        if (silent) {
            return;
        }
        if (failure != null) {
            observer.onError(failure.asRuntimeException());
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }

    private final class Service extends EmulatorGrpc.EmulatorImplBase {

        @Override
        public void getStatus(GetStatusRequest request, StreamObserver<SessionStatus> observer) {
            answer("status", observer, status);
        }

        @Override
        public void getConfig(GetConfigRequest request, StreamObserver<Config> observer) {
            answer("get_config", observer, Config.newBuilder().setJson(config).build());
        }

        @Override
        public void setConfig(Config request, StreamObserver<Ack> observer) {
            answer("set_config " + request.getJson(), observer, Ack.getDefaultInstance());
        }

        @Override
        public void restart(RestartRequest request, StreamObserver<Ack> observer) {
            answer(request.getForce() ? "reset" : "restart", observer, Ack.getDefaultInstance());
        }

        @Override
        public void shutdown(ShutdownRequest request, StreamObserver<Ack> observer) {
            answer("shutdown", observer, Ack.getDefaultInstance());
        }

        @Override
        public void getLog(GetLogRequest request, StreamObserver<EmulatorLog> observer) {
            answer("log", observer, EmulatorLog.newBuilder()
                    .addLines(EmulatorLog.Line.newBuilder()
                            .setTimeMs(1_700_000_000_123L)
                            .setSource("emulator")
                            .setText("ERROR: <b>no</b> ROM"))
                    .build());
        }

        @Override
        public void getStorage(GetStorageRequest request, StreamObserver<Storage> observer) {
            answer("storage", observer, storage);
        }

        @Override
        public void getScreenshot(GetScreenshotRequest request, StreamObserver<Screenshot> observer) {
            answer("screenshot", observer, screenshot);
        }

        @Override
        public void sendInput(SendInputRequest request, StreamObserver<Ack> observer) {
            answer(
                    "input " + request.getStepsList().stream()
                            .map(SendInputRequest.Step::getJson)
                            .collect(Collectors.joining(",")),
                    observer,
                    Ack.getDefaultInstance());
        }
    }

    private final class People extends AudienceGrpc.AudienceImplBase {

        @Override
        public void listViewers(ListViewersRequest request, StreamObserver<ListViewersReply> observer) {
            answer("viewers", observer, ListViewersReply.newBuilder().addViewers(viewer).build());
        }

        @Override
        public void disconnectViewer(DisconnectViewerRequest request, StreamObserver<DisconnectViewerReply> observer) {
            String call = "remove " + request.getViewerId() + (request.getMayReturn() ? ", may return" : "");
            known(call, request.getViewerId(), observer,
                    DisconnectViewerReply.getDefaultInstance());
        }

        @Override
        public void setViewerRole(SetViewerRoleRequest request, StreamObserver<ViewerInfo> observer) {
            known("role " + request.getViewerId() + " " + request.getRole(), request.getViewerId(), observer,
                    viewer.toBuilder().setRole(request.getRole()).build());
        }

        private <A> void known(String call, String id, StreamObserver<A> observer, A answer) {
            if (id.equals(viewer.getViewerId())) {
                answer(call, observer, answer);
                return;
            }
            calls.add(call);
            observer.onError(Status.NOT_FOUND.withDescription("There is no viewer " + id).asRuntimeException());
        }
    }
}
