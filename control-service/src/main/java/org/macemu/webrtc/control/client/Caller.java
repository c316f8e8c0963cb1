package org.macemu.webrtc.control.client;

import io.grpc.MethodDescriptor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.macemu.webrtc.api.client.Connections;
import org.macemu.webrtc.control.config.ControlConfig;

/**
 * Calls to the media-service, each of which fails with a {@link MediaFailure} and nothing else. Thread-safe; owns the
 * HTTP/2 connections.
 *
 * <p>The Vert.x client is used instead of gRPC's own channel for two reasons. It connects for each call that needs a
 * connection, where a channel that has been refused waits up to two minutes before it tries again; and it tells a
 * media-service that cannot be reached from one that answers UNAVAILABLE because it has no emulator.
 */
final class Caller implements AutoCloseable {

    /** Trailer that tells refusals of the same status apart. */
    private static final String PROBLEM = "macemu-problem";

    private final Connections connections;
    private final Vertx vertx;
    private final SocketAddress address;

    /** What a status other than OK means. */
    interface Refusals {

        /**
         * @param text the other side's words, null without
         * @param problem its kind of problem, null without
         */
        MediaFailure of(GrpcStatus status, String text, String problem);
    }

    /** @param window bytes of the greatest answer, and of all that may be under way */
    Caller(Vertx vertx, ControlConfig config, int window) {
        this.vertx = vertx;
        this.address =
                SocketAddress.inetSocketAddress(config.media().port(), config.media().host());
        GrpcClientOptions options = Connections.options(config.media().connectTimeout()).setMaxMessageSize(window);
        options.getTransportOptions()
                // A message is delivered when it is complete: the window must hold a whole one.
                .setHttp2ConnectionWindowSize(window)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(window));
        this.connections = new Connections(vertx, options, config.media().tlsFolder());
    }

    /** Where it connects to, for logs and health: {@code 127.0.0.1:8010}. */
    String target() {
        return present().host() + ":" + present().port();
    }

    /** The media-service that the present request is about. */
    private SocketAddress present() {
        return RequestTarget.get().orElse(address);
    }

    Vertx vertx() {
        return vertx;
    }

    /** One message there, one back, within so many milliseconds. */
    <Q, A> Future<A> call(MethodDescriptor<Q, A> method, Q message, long limitMs, Refusals refusals) {
        return call(present(), method, message, limitMs, refusals);
    }

    /** Likewise, to another media-service. */
    <Q, A> Future<A> call(
            SocketAddress to, MethodDescriptor<Q, A> method, Q message, long limitMs, Refusals refusals) {
        Promise<A> promise = Promise.promise();
        AtomicReference<GrpcClientRequest<Q, A>> open = new AtomicReference<>();
        long timer = vertx.setTimer(limitMs, ignored -> {
            if (promise.tryFail(new MediaFailure(MediaFailure.Kind.MEDIA_TIMEOUT, "The media-service at "
                    + to.host() + ":" + to.port() + " did not answer within " + limitMs + " ms."))) {
                GrpcClientRequest<Q, A> request = open.get();
                if (request != null) {
                    request.cancel();
                }
            }
        });
        connections
                .client()
                .request(to, method)
                .compose(request -> {
                    open.set(request);
                    request.headers().set("grpc-timeout", limitMs + "m");
                    return request.send(message);
                })
                .compose(response -> answer(response, refusals))
                .onComplete(result -> {
                    vertx.cancelTimer(timer);
                    if (result.succeeded()) {
                        promise.tryComplete(result.result());
                    } else {
                        promise.tryFail(failure(result.cause()));
                    }
                });
        return promise.future();
    }

    /** A call whose messages the caller handles; without a limit of time. */
    <Q, A> Future<GrpcClientRequest<Q, A>> open(MethodDescriptor<Q, A> method) {
        return connections.client().request(present(), method);
    }

    /** The one message of a response. */
    <Q, A> Future<A> answer(GrpcClientResponse<Q, A> response, Refusals refusals) {
        return response.collecting(Collectors.<A>toList()).compose(messages -> one(response, messages, refusals));
    }

    private static <Q, A> Future<A> one(GrpcClientResponse<Q, A> response, List<A> messages, Refusals refusals) {
        return response.status() == GrpcStatus.OK && messages.size() == 1
                ? Future.succeededFuture(messages.getFirst())
                : Future.failedFuture(refusal(response, refusals));
    }

    /** What a response says that has ended with another status than OK. */
    static MediaFailure refusal(GrpcClientResponse<?, ?> response, Refusals refusals) {
        String text = response.statusMessage();
        String problem = response.trailers().get(PROBLEM);
        return refusals.of(
                response.status(),
                text == null || text.isBlank() ? null : text,
                problem == null ? response.headers().get(PROBLEM) : problem);
    }

    /** An answer the contract does not have. */
    static MediaFailure broken(GrpcStatus status, String text) {
        return new MediaFailure(
                MediaFailure.Kind.MEDIA_BROKEN,
                "The media-service answered with status " + status + (text == null ? "" : ": " + text)
                        + "; are both services of the same version?");
    }

    /** Why a call did not come about. */
    MediaFailure failure(Throwable cause) {
        if (cause instanceof MediaFailure failure) {
            return failure;
        }
        return new MediaFailure(
                MediaFailure.Kind.MEDIA_UNAVAILABLE,
                "The media-service at " + target() + " cannot be reached (" + cause.getMessage()
                        + "); start it, or set macemu.media.host and macemu.media.port.",
                cause);
    }

    @Override
    public void close() {
        connections.close();
    }
}
