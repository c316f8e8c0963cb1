package org.macemu.webrtc.control.client;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.control.config.ControlConfig;

/**
 * The HTTP/2 connections to media-services, in plain text or with mutual TLS. Renewed certificates are found once in
 * half a minute: new calls are then made with them, and calls that stand are left alone. Owned by
 * one client of the media-service; thread-safe.
 */
final class Connections implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Connections.class);
    private static final long LOOK_MS = TimeUnit.SECONDS.toMillis(30);

    /** Clients of older certificates: more renewals than this outlive no call. */
    private static final int MAX_RETIRED = 4;

    private final Vertx vertx;
    private final ControlConfig config;
    private final int window;
    private final Optional<Certificates> certificates;
    private final Deque<GrpcClient> retired = new ArrayDeque<>();
    private volatile GrpcClient client;
    private List<Object> version = List.of();
    private long timer = -1;

    /** @param window bytes that may be under way to this side, of one call and of all calls together */
    Connections(Vertx vertx, ControlConfig config, int window) {
        this.vertx = vertx;
        this.window = window;
        this.config = config;
        this.certificates = config.media().tlsFolder().map(Certificates::new);
        certificates.ifPresent(files -> version = firstVersion(files));
        this.client = open();
        if (certificates.isPresent()) {
            timer = vertx.setPeriodic(LOOK_MS, ignored -> vertx.executeBlocking(() -> {
                look();
                return null;
            }));
        }
    }

    /** For one call. */
    GrpcClient client() {
        return client;
    }

    private static List<Object> firstVersion(Certificates files) {
        try {
            return files.version();
        } catch (IOException e) {
            throw new ConfigurationException("control-service: macemu.media.tls-folder: " + e.getMessage()
                    + " cannot be read; tls.crt, tls.key and ca.crt are expected there.");
        }
    }

    private synchronized void look() {
        try {
            List<Object> found = certificates.orElseThrow().version();
            if (!found.equals(version)) {
                GrpcClient renewed = open();
                retired.add(client);
                client = renewed;
                version = found;
                LOG.infof("The certificates in %s have changed", certificates.get().folder());
                if (retired.size() > MAX_RETIRED) {
                    retired.remove().close();
                }
            }
        } catch (IOException | RuntimeException e) {
            // Files that are being written are no reason to lose the connection; they are looked at again.
            LOG.warnf("The certificates read before stay in use: %s", e.getMessage());
        }
    }

    private GrpcClient open() {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                // Prior knowledge: an upgrade from HTTP/1.1 is not what a gRPC server answers.
                .setHttp2ClearTextUpgrade(false)
                .setTcpNoDelay(true)
                // A message is delivered when it is complete: the window must hold a whole one.
                .setHttp2ConnectionWindowSize(window)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(window))
                .setConnectTimeout((int) config.media().connectTimeout().toMillis());
        HttpClientOptions secured =
                certificates.map(files -> files.applyTo(options)).orElse(options);
        return GrpcClient.client(
                vertx,
                new GrpcClientOptions().setMaxMessageSize(window).setTransportOptions(secured));
    }

    @Override
    public synchronized void close() {
        vertx.cancelTimer(timer);
        client.close();
        retired.forEach(GrpcClient::close);
    }
}
