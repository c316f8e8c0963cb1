package org.macemu.webrtc.signaling.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.common.GrpcReadStream;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import org.macemu.webrtc.api.client.Connections;
import org.macemu.webrtc.api.grpc.GetLoadRequest;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.PlacementGrpc;
import org.macemu.webrtc.signaling.config.SignalingConfig;

/**
 * Opens calls to the media-service. Owns the HTTP/2 connections to it; thread-safe.
 *
 * <p>The Vert.x client is used instead of gRPC's own channel because it connects for each call that needs a connection:
 * a channel that has been refused waits up to two minutes before it tries again, whoever asks.
 */
@Singleton
public class MediaClient {

    /**
     * A connection carries as many calls at once as the server allows, for Vert.x servers 100 by default; further calls
     * take a further connection. 16 serve more browsers than {@code macemu.signaling.max-browsers} allows.
     */
    private static final int MAX_CONNECTIONS = 16;

    private final Vertx vertx;
    private final Connections connections;
    private final SocketAddress address;
    private final MediaCall.Timing timing;

    @Inject
    MediaClient(Vertx vertx, SignalingConfig config) {
        this.vertx = vertx;
        this.address =
                SocketAddress.inetSocketAddress(config.media().port(), config.media().host());
        this.timing = new MediaCall.Timing(
                config.media().completionTimeout().toMillis(),
                config.media().pingInterval().toMillis());
        GrpcClientOptions options = Connections.options(config.media().connectTimeout());
        options.getTransportOptions().setHttp2MaxPoolSize(MAX_CONNECTIONS).setTcpKeepAlive(true);
        this.connections = new Connections(vertx, options, config.media().tlsFolder());
    }

    /** Opens a Connect call; must be called on the event loop that is to own it. */
    public MediaCall connect(MediaCall.Listener listener) {
        return connect(address, listener);
    }

    /** Opens a Connect call to the media-service at this address, likewise. */
    public MediaCall connect(SocketAddress target, MediaCall.Listener listener) {
        return MediaCall.open(vertx, connections.client(), target, timing, listener);
    }

    /**
     * Asks a media-service how busy it is. Any thread.
     *
     * @param timeoutMs after which the answer is a failure
     */
    public Future<Load> load(SocketAddress target, long timeoutMs) {
        Future<Load> answer = connections
                .client()
                .request(target, PlacementGrpc.getGetLoadMethod())
                .compose(request -> {
                    request.end(GetLoadRequest.getDefaultInstance());
                    return request.response();
                })
                .compose(GrpcReadStream::last);
        return answer.timeout(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** The media-service beside the emulator. */
    public SocketAddress origin() {
        return address;
    }

    /** Where it connects to, for logs and health: {@code 127.0.0.1:8010}. */
    public String target() {
        return address.host() + ":" + address.port();
    }

    @PreDestroy
    void close() {
        connections.close();
    }
}
