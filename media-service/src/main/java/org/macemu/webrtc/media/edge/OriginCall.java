package org.macemu.webrtc.media.edge;

import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.macemu.webrtc.api.grpc.EdgeHello;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.FramesGrpc;
import org.macemu.webrtc.api.grpc.OriginMessage;

/**
 * One Relay call of an edge on a connection of its own, so that closing it ends the call whatever the origin does.
 * Made, used and called back on one event loop. Certificates are read anew for each.
 */
final class OriginCall {

    private static final int CONNECT_TIMEOUT_MS = 2_000;

    /**
     * What may be on the way: with 64 KiB, HTTP/2's default, a key frame of 100 kB would take two round trips. A second
     * of the highest default rate fits.
     */
    private static final int WINDOW = 512 * 1024;

    /** Messages before the connection stands: a greeting, a ping, an audience. */
    private final Queue<EdgeMessage> early = new ArrayDeque<>();

    private GrpcClient client;
    private GrpcClientRequest<EdgeMessage, OriginMessage> request;
    private boolean over;

    void open(
            Vertx vertx,
            OriginAddress origin,
            String name,
            Consumer<OriginMessage> received,
            Consumer<String> ended) {
        Consumer<String> finish = why -> {
            if (!over) {
                close();
                ended.accept(why);
            }
        };
        early.add(EdgeMessage.newBuilder()
                .setHello(EdgeHello.newBuilder().setName(name))
                .build());
        try {
            client = GrpcClient.client(vertx, options(origin));
        } catch (RuntimeException e) {
            vertx.runOnContext(ignored -> finish.accept(e.getMessage()));
            return;
        }
        client.request(SocketAddress.inetSocketAddress(origin.port(), origin.host()), FramesGrpc.getRelayMethod())
                .onComplete(result -> {
                    if (result.failed()) {
                        finish.accept(result.cause().toString());
                    } else if (!over) {
                        opened(result.result(), received, finish);
                    }
                });
    }

    private void opened(
            GrpcClientRequest<EdgeMessage, OriginMessage> made,
            Consumer<OriginMessage> received,
            Consumer<String> finish) {
        request = made;
        request.exceptionHandler(e -> finish.accept(e.toString()));
        request.response().onComplete(result -> {
            if (result.failed()) {
                finish.accept(result.cause().toString());
                return;
            }
            GrpcClientResponse<EdgeMessage, OriginMessage> response = result.result();
            response.handler(message -> {
                if (!over) {
                    received.accept(message);
                }
            });
            response.exceptionHandler(e -> finish.accept(e.toString()));
            response.endHandler(end -> finish.accept("status " + response.status()
                    + (response.statusMessage() == null ? "" : ": " + response.statusMessage())));
        });
        early.forEach(request::write);
        early.clear();
    }

    private static HttpClientOptions options(OriginAddress origin) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MaxPoolSize(1)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW))
                .setHttp2ConnectionWindowSize(2 * WINDOW)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true)
                .setConnectTimeout(CONNECT_TIMEOUT_MS);
        origin.tlsFolder().ifPresent(folder -> secure(options, folder));
        return options;
    }

    private static void secure(HttpClientOptions options, Path folder) {
        options.setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(folder.resolve("tls.crt").toString())
                        .addKeyPath(folder.resolve("tls.key").toString()))
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(folder.resolve("ca.crt").toString()));
    }

    /** Sends a message; what is said before the connection stands is said then. */
    void send(EdgeMessage message) {
        if (over) {
            return;
        }
        if (request == null) {
            if (early.size() < 4) {
                early.add(message);
            }
        } else if (!request.writeQueueFull()) {
            request.write(message);
        }
    }

    /** The edge ends: half-closes first, which is what the other side hears at once. */
    void end() {
        over = true;
        if (request == null) {
            close();
        } else {
            request.end().onComplete(ignored -> close());
        }
    }

    /** Drops the connection. */
    void close() {
        over = true;
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
