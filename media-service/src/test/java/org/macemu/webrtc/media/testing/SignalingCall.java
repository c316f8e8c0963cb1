package org.macemu.webrtc.media.testing;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Input;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.SignalingGrpc;
import org.macemu.webrtc.api.grpc.ViewerMessage;

/** One browser's call, as signaling-service makes it, and everything that was answered. Thread-safe. */
public final class SignalingCall implements ClientResponseObserver<ViewerMessage, MediaMessage> {

    public static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<MediaMessage> received = new ArrayList<>();
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private volatile ClientCallStreamObserver<ViewerMessage> requests;

    private final boolean reads;

    private SignalingCall(boolean reads) {
        this.reads = reads;
    }

    /** A call whose answers are never read: flow control holds them at the server. */
    public static SignalingCall deaf(ManagedChannel channel) {
        SignalingCall call = new SignalingCall(false);
        SignalingGrpc.newStub(channel).connect(call);
        return call;
    }

    public static SignalingCall open(ManagedChannel channel) {
        SignalingCall call = new SignalingCall(true);
        SignalingGrpc.newStub(channel).connect(call);
        return call;
    }

    /** A call that has joined. */
    public static SignalingCall join(ManagedChannel channel, String viewer, Role role) {
        SignalingCall call = open(channel);
        call.send(joinMessage(viewer, role));
        return call;
    }

    public static ViewerMessage joinMessage(String viewer, Role role) {
        return ViewerMessage.newBuilder()
                .setJoin(Join.newBuilder().setViewerId(viewer).setRemoteAddress("127.0.0.1").setRole(role))
                .build();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ViewerMessage> requestStream) {
        requests = requestStream;
        if (!reads) {
            requestStream.disableAutoRequestWithInitial(0);
        }
    }

    @Override
    public void onNext(MediaMessage message) {
        synchronized (received) {
            received.add(message);
            received.notifyAll();
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.complete(failure);
    }

    @Override
    public void onCompleted() {
        end.complete(null);
    }

    public void send(ViewerMessage message) {
        requests.onNext(message);
    }

    public void offer(String sdp, Lane lane) {
        send(ViewerMessage.newBuilder()
                .setOffer(Offer.newBuilder().setSdp(sdp).setLane(lane))
                .build());
    }

    public void candidate(String candidate, String mid) {
        send(ViewerMessage.newBuilder()
                .setCandidate(Candidate.newBuilder().setCandidate(candidate).setSdpMid(mid))
                .build());
    }

    public void input(String json) {
        send(ViewerMessage.newBuilder().setInput(Input.newBuilder().setJson(json)).build());
    }

    /** As signaling-service does when the browser leaves. */
    public void halfClose() {
        requests.onCompleted();
    }

    public void cancel() {
        requests.cancel("the test wants it so", null);
    }

    public List<MediaMessage> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** The first message that fits, received already or within {@link #LIMIT}. */
    public MediaMessage await(Predicate<MediaMessage> fits) throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        synchronized (received) {
            while (true) {
                for (MediaMessage message : received) {
                    if (fits.test(message)) {
                        return message;
                    }
                }
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new TimeoutException("No such message within " + LIMIT + "; received " + received);
                }
                received.wait(left);
            }
        }
    }

    public MediaMessage awaitError(String code) throws TimeoutException, InterruptedException {
        return await(m -> m.hasError() && m.getError().getCode().equals(code));
    }

    public long errors(String code) {
        return received().stream()
                .filter(m -> m.hasError() && m.getError().getCode().equals(code))
                .count();
    }

    /** Waits for the end of the call from the other side; null when it was completed in order. */
    public Throwable awaitEnd() throws Exception {
        return end.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
