package org.macemu.webrtc.media.testing;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.macemu.webrtc.api.grpc.EdgeAudience;
import org.macemu.webrtc.api.grpc.EdgeHello;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.FramesGrpc;
import org.macemu.webrtc.api.grpc.KeyFrameWanted;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.api.grpc.Ping;
import org.macemu.webrtc.api.grpc.VideoFrame;

/** An edge's call to an origin, through gRPC's own client, and everything that was sent. Thread-safe. */
public final class EdgeCall implements ClientResponseObserver<EdgeMessage, OriginMessage> {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<OriginMessage> received = new ArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final boolean reads;
    private ClientCallStreamObserver<EdgeMessage> requests;
    private volatile boolean quiet;

    private EdgeCall(boolean reads) {
        this.reads = reads;
    }

    private static EdgeCall call(ManagedChannel channel, boolean reads) {
        EdgeCall call = new EdgeCall(reads);
        FramesGrpc.newStub(channel).relay(call);
        return call;
    }

    /** Pings twice a second, as edges do, until the call ends. */
    private EdgeCall lively() {
        Thread.ofVirtual().start(() -> {
            try {
                while (!end.isDone() && !quiet) {
                    ping();
                    Thread.sleep(500);
                }
            } catch (InterruptedException | IllegalStateException e) {
                // The call was half-closed or is over.
            }
        });
        return this;
    }

    /** Says nothing any more. */
    public void fallSilent() {
        quiet = true;
    }

    /** A call that has greeted. */
    public static EdgeCall open(ManagedChannel channel, String name) {
        return call(channel, true).greet(name).lively();
    }

    /** A call that has greeted and reads nothing until {@link #readOn}: flow control holds the rest at the origin. */
    public static EdgeCall deaf(ManagedChannel channel, String name) {
        return call(channel, false).greet(name).lively();
    }

    /** A call that has said nothing. */
    public static EdgeCall silent(ManagedChannel channel) {
        return call(channel, true);
    }

    private EdgeCall greet(String name) {
        send(EdgeMessage.newBuilder()
                .setHello(EdgeHello.newBuilder().setName(name))
                .build());
        return this;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<EdgeMessage> requestStream) {
        requests = requestStream;
        if (!reads) {
            requestStream.disableAutoRequestWithInitial(0);
        }
    }

    /** Reads everything from now on. */
    public void readOn() {
        requests.request(Integer.MAX_VALUE);
    }

    public synchronized void send(EdgeMessage message) {
        requests.onNext(message);
    }

    public EdgeCall audience(int viewers) {
        send(EdgeMessage.newBuilder()
                .setAudience(EdgeAudience.newBuilder().setViewers(viewers))
                .build());
        return this;
    }

    public void wantKeyFrame() {
        send(EdgeMessage.newBuilder()
                .setKeyFrame(KeyFrameWanted.getDefaultInstance())
                .build());
    }

    public void ping() {
        send(EdgeMessage.newBuilder()
                .setPing(Ping.newBuilder().setEdgeNanos(System.nanoTime()))
                .build());
    }

    public synchronized void halfClose() {
        quiet = true;
        requests.onCompleted();
    }

    @Override
    public void onNext(OriginMessage message) {
        synchronized (received) {
            received.add(message);
            received.notifyAll();
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    /** How the call ended. */
    public Status awaitEnd() throws Exception {
        return end.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The first message that fits. */
    public OriginMessage await(Predicate<OriginMessage> fits) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        synchronized (received) {
            while (true) {
                for (OriginMessage message : received) {
                    if (fits.test(message)) {
                        return message;
                    }
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("It did not come among " + received.size() + " messages; end: " + end);
                }
                TimeUnit.NANOSECONDS.timedWait(received, left);
            }
        }
    }

    /** The pictures so far. */
    public List<VideoFrame> frames() {
        synchronized (received) {
            return received.stream()
                    .filter(OriginMessage::hasVideo)
                    .map(OriginMessage::getVideo)
                    .toList();
        }
    }

    /** Forgets what came. */
    public void forget() {
        synchronized (received) {
            received.clear();
        }
    }

    public void awaitFrames(int count, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (frames().size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(frames().size() + " of " + count + " pictures; end: " + end);
            }
            Thread.sleep(20);
        }
    }
}
