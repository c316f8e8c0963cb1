package org.macemu.webrtc.signaling.client;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
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
    private final GrpcClient client;
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
        this.client = GrpcClient.client(
                vertx,
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        // Prior knowledge: an upgrade from HTTP/1.1 is not what a gRPC server answers.
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MaxPoolSize(MAX_CONNECTIONS)
                        .setTcpKeepAlive(true)
                        .setTcpNoDelay(true)
                        .setConnectTimeout((int) config.media().connectTimeout().toMillis()));
    }

    /** Opens a Connect call; must be called on the event loop that is to own it. */
    public MediaCall connect(MediaCall.Listener listener) {
        return MediaCall.open(vertx, client, address, timing, listener);
    }

    /** Where it connects to, for logs and health: {@code 127.0.0.1:8010}. */
    public String target() {
        return address.host() + ":" + address.port();
    }

    @PreDestroy
    void close() {
        client.close();
    }
}
