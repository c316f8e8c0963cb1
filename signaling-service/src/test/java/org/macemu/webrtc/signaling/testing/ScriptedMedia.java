package org.macemu.webrtc.signaling.testing;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpcio.server.GrpcIoServer;
import io.vertx.grpcio.server.GrpcIoServiceBridge;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.macemu.webrtc.api.grpc.GetLoadRequest;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.PlacementGrpc;
import org.macemu.webrtc.api.grpc.SignalingGrpc;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;

/**
 * The other end of the contract: a real gRPC server on the same HTTP stack as the media-service (Vert.x, HTTP/2 prior
 * knowledge, stub implementations behind the bridge), whose answers the test writes. It enforces the order the contract
 * promises: the first message of a call is a Join, and no other is.
 */
public final class ScriptedMedia implements AutoCloseable {

    private static final long LIMIT_MS = 8_000;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final boolean welcoming;
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private volatile Load load =
            Load.newBuilder().setMaxViewers(100).setAccepting(true).build();

    private ScriptedMedia(String host, int port, boolean welcoming) throws Exception {
        this.welcoming = welcoming;
        GrpcIoServer grpc = GrpcIoServer.server(vertx);
        GrpcIoServiceBridge.bridge(new Service()).bind(grpc);
        GrpcIoServiceBridge.bridge(new Loads()).bind(grpc);
        server = vertx.createHttpServer(new HttpServerOptions().setHost(host).setPort(port))
                .requestHandler(request -> {
                    open.incrementAndGet();
                    grpc.handle(request);
                    request.response().closeHandler(end -> open.decrementAndGet());
                });
        server.listen().toCompletionStage().toCompletableFuture().get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /** Starts one that welcomes each viewer by itself. */
    public static ScriptedMedia start(int port) throws Exception {
        return new ScriptedMedia("127.0.0.1", port, true);
    }

    /** Likewise, at another address of this machine. */
    public static ScriptedMedia start(String host, int port) throws Exception {
        return new ScriptedMedia(host, port, true);
    }

    /** Starts one that says nothing. */
    public static ScriptedMedia startSilent(int port) throws Exception {
        return new ScriptedMedia("127.0.0.1", port, false);
    }

    /** The next call, after its Join. */
    public Call nextCall() throws InterruptedException {
        Call call = calls.poll(LIMIT_MS, TimeUnit.MILLISECONDS);
        assertNotNull(call, "no Connect call within " + LIMIT_MS + " ms");
        return call;
    }

    /** Calls that nobody took from {@link #nextCall()} yet. */
    public int waitingCalls() {
        return calls.size();
    }

    /** Dies: every connection is reset, nothing listens any more. */
    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /** What it says from now on when it is asked how busy it is. */
    public void load(Load now) {
        load = now;
    }

    /** How often it was asked how busy it is; each time after the answer before has arrived. */
    public int asked() {
        return asked.get();
    }

    /** Waits until the service knows what {@link #load} says: a second question follows the answer to the first. */
    public void awaitLoadKnown() throws InterruptedException {
        int before = asked.get();
        await("nobody asks how busy it is", () -> asked.get() >= before + 2);
    }

    /** Waits until no call has a stream of a connection, whether it was completed or reset. */
    public void awaitStreamsClosed() throws InterruptedException {
        await("a stream stays open", () -> open.get() == 0);
    }

    private static void await(String failure, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * LIMIT_MS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, failure);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private final class Loads extends PlacementGrpc.PlacementImplBase {

        @Override
        public void getLoad(GetLoadRequest request, StreamObserver<Load> response) {
            asked.incrementAndGet();
            response.onNext(load);
            response.onCompleted();
        }
    }

    private final class Service extends SignalingGrpc.SignalingImplBase {

        @Override
        public StreamObserver<ViewerMessage> connect(StreamObserver<MediaMessage> responses) {
            return new Call(responses);
        }
    }

    /** One Connect call as the media-service sees it. */
    public final class Call implements StreamObserver<ViewerMessage> {

        private final StreamObserver<MediaMessage> responses;
        private final BlockingQueue<ViewerMessage> received = new LinkedBlockingQueue<>();
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private volatile Join join;
        private volatile boolean completing = true;
        private boolean completed;

        private Call(StreamObserver<MediaMessage> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(ViewerMessage message) {
            if ((join == null) != message.hasJoin()) {
                responses.onError(Status.INVALID_ARGUMENT
                        .withDescription("Join expected first and once, found " + message.getMessageCase())
                        .asRuntimeException());
                end.complete("contract broken: " + message.getMessageCase());
                return;
            }
            if (message.hasJoin()) {
                join = message.getJoin();
                if (welcoming) {
                    welcome();
                }
                calls.add(this);
            } else {
                received.add(message);
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.complete("error: " + failure);
        }

        @Override
        public void onCompleted() {
            synchronized (responses) {
                if (completing) {
                    completed = true;
                    responses.onCompleted();
                }
            }
            end.complete("half-closed");
        }

        public Join join() {
            return join;
        }

        public void welcome() {
            send(MediaMessage.newBuilder()
                    .setWelcome(Welcome.newBuilder().setViewerId(join.getViewerId()).addLanes(Lane.LANE_ADAPTIVE))
                    .build());
        }

        /** From now on half-closes are not answered. */
        public Call forgetful() {
            completing = false;
            return this;
        }

        /** Sends, unless this side has completed the call in the meantime. */
        public void send(MediaMessage message) {
            synchronized (responses) {
                if (!completed) {
                    responses.onNext(message);
                }
            }
        }

        public void complete() {
            synchronized (responses) {
                completed = true;
                responses.onCompleted();
            }
        }

        public void fail(Status status) {
            responses.onError(status.asRuntimeException());
        }

        public ViewerMessage next() throws InterruptedException {
            ViewerMessage message = received.poll(LIMIT_MS, TimeUnit.MILLISECONDS);
            assertNotNull(message, "no message from the browser within " + LIMIT_MS + " ms");
            return message;
        }

        /** Messages not taken yet. */
        public int waiting() {
            return received.size();
        }

        /** How the call ended from this side: "half-closed" or "error: ...". */
        public String end() throws InterruptedException, ExecutionException, TimeoutException {
            return end.get(LIMIT_MS, TimeUnit.MILLISECONDS);
        }

        public boolean ended() {
            return end.isDone();
        }
    }
}
