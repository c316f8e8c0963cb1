package org.macemu.webrtc.signaling.client;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.SignalingGrpc;
import org.macemu.webrtc.api.grpc.ViewerMessage;

/**
 * One Connect call to the media-service, for one browser.
 *
 * <p>Made, used and called back on one event loop, that of its browser; no other thread touches it. The call ends in
 * exactly one of two ways: {@link #end()} half-closes it because the browser left, after which nothing is reported any
 * more; or the listener is told once that it ended on its own.
 */
public final class MediaCall {

    /**
     * Messages that may wait for the connection or for the media-service to read. One read of the browser's socket can
     * bring the whole burst its message rate allows, 3,000 by default; the media-service never blocks while it reads,
     * so more than that is a service that has stopped.
     */
    private static final int MAX_WAITING = 4096;

    /** Bytes of them: sixteen of the greatest offers. */
    private static final int MAX_WAITING_BYTES = 16 * 64 * 1024;

    /** The opaque data of a PING: 8 bytes (RFC 9113, section 6.7). */
    private static final Buffer PING = Buffer.buffer(new byte[8]);

    /** What its owner wants to know. */
    public interface Listener {

        /** A message for the browser. */
        void received(MediaMessage message);

        /**
         * The call ended without having been asked to.
         *
         * @param reason in words, for the log: it may name the media-service's address
         */
        void ended(String reason);
    }

    /** Milliseconds, see {@code macemu.media} in the configuration. */
    record Timing(long completionTimeoutMs, long pingIntervalMs) {}

    private final Vertx vertx;
    private final Timing timing;
    private final Listener listener;
    private final Deque<ViewerMessage> beforeConnection = new ArrayDeque<>();
    private GrpcClientRequest<ViewerMessage, MediaMessage> request;
    private boolean halfClosed;
    private boolean over;
    private int waiting;
    private int waitingBytes;
    private long pingTimer = -1;
    private boolean pingUnanswered;

    private MediaCall(Vertx vertx, Timing timing, Listener listener) {
        this.vertx = vertx;
        this.timing = timing;
        this.listener = listener;
    }

    static MediaCall open(
            Vertx vertx, GrpcClient client, SocketAddress address, Timing timing, Listener listener) {
        MediaCall call = new MediaCall(vertx, timing, listener);
        Context context = vertx.getOrCreateContext();
        client.request(address, SignalingGrpc.getConnectMethod()).onComplete(result ->
                context.runOnContext(ignored -> {
                    if (result.succeeded()) {
                        call.connected(result.result());
                    } else {
                        call.finish(result.cause().toString());
                    }
                }));
        return call;
    }

    private void connected(GrpcClientRequest<ViewerMessage, MediaMessage> connected) {
        if (over || halfClosed) {
            // The browser left before there was a connection: no header was sent, the media-service saw nothing.
            over = true;
            connected.cancel();
            return;
        }
        request = connected;
        request.exceptionHandler(e -> finish(e.toString()));
        request.response().onComplete(result -> {
            if (result.failed()) {
                finish(result.cause().toString());
                return;
            }
            GrpcClientResponse<ViewerMessage, MediaMessage> response = result.result();
            response.handler(this::received);
            response.exceptionHandler(e -> finish(e.toString()));
            response.endHandler(end -> finish(status(response)));
        });
        while (!beforeConnection.isEmpty()) {
            write(beforeConnection.poll());
        }
        pingTimer = vertx.setPeriodic(timing.pingIntervalMs(), ignored -> ping());
    }

    private void ping() {
        if (pingUnanswered) {
            // Every call on this connection is lost with it, and the next call makes a new one.
            request.connection().close();
            finish("no answer to a ping within " + timing.pingIntervalMs() + " ms");
            return;
        }
        pingUnanswered = true;
        request.connection().ping(PING).onSuccess(ignored -> pingUnanswered = false);
    }

    private static String status(GrpcClientResponse<?, ?> response) {
        GrpcStatus status = response.status();
        String text = response.statusMessage();
        return "status " + (status == null ? "missing" : status.name()) + (text == null ? "" : ": " + text);
    }

    /** Sends a message, or keeps it until the connection stands; false when too many are waiting already. */
    public boolean send(ViewerMessage message) {
        if (over || halfClosed) {
            return true;
        }
        if (waiting >= MAX_WAITING || waitingBytes + message.getSerializedSize() > MAX_WAITING_BYTES) {
            return false;
        }
        waiting++;
        waitingBytes += message.getSerializedSize();
        if (request == null) {
            beforeConnection.add(message);
        } else {
            write(message);
        }
        return true;
    }

    private void write(ViewerMessage message) {
        request.write(message).onComplete(ignored -> {
            waiting--;
            waitingBytes -= message.getSerializedSize();
        });
    }

    /**
     * The browser left, or the media-service does not do its part: half-closes, which is what ends the call at the
     * media-service. Closing the connection or cancelling does not reach its handler there. A call that it then forgets
     * to complete is reset.
     */
    public void end() {
        if (over || halfClosed) {
            return;
        }
        halfClosed = true;
        vertx.cancelTimer(pingTimer);
        beforeConnection.clear();
        if (request == null) {
            return;
        }
        request.end();
        vertx.setTimer(timing.completionTimeoutMs(), timer -> {
            if (!over) {
                over = true;
                request.cancel();
            }
        });
    }

    private void received(MediaMessage message) {
        if (!over && !halfClosed) {
            listener.received(message);
        }
    }

    private void finish(String reason) {
        if (over) {
            return;
        }
        over = true;
        vertx.cancelTimer(pingTimer);
        if (halfClosed) {
            return;
        }
        if (request != null) {
            // The other side is done; an unfinished request would keep the stream open.
            request.end();
        }
        listener.ended(reason);
    }
}
