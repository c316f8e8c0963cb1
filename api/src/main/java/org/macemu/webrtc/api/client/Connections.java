package org.macemu.webrtc.api.client;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The HTTP/2 connections to media-services, in plain text or with mutual TLS. Renewed certificates are found once in
 * half a minute: new calls are then made with them, and calls that stand are left alone. Owned by
 * one client of the media-service; thread-safe.
 */
public final class Connections implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Connections.class);
    private static final long LOOK_MS = TimeUnit.SECONDS.toMillis(30);

    /** Clients of older certificates: more renewals than this outlive no call. */
    private static final int MAX_RETIRED = 4;

    private final Vertx vertx;
    private final GrpcClientOptions options;
    private final Optional<Certificates> certificates;
    private final Deque<GrpcClient> retired = new ArrayDeque<>();
    private volatile GrpcClient client;
    private List<Object> version = List.of();
    private long timer = -1;

    /**
     * @param options as {@link #options} has them and as the owner changes them; copied for each set of certificates
     * @param tlsFolder with the certificates for mutual TLS; plain text without
     * @throws ConfigurationException when one of them cannot be read
     */
    public Connections(Vertx vertx, GrpcClientOptions options, Optional<Path> tlsFolder) {
        this.vertx = vertx;
        this.options = new GrpcClientOptions(options);
        this.certificates = tlsFolder.map(Certificates::new);
        certificates.ifPresent(files -> version = firstVersion(files));
        this.client = open();
        if (certificates.isPresent()) {
            timer = vertx.setPeriodic(LOOK_MS, ignored -> vertx.executeBlocking(() -> {
                look();
                return null;
            }));
        }
    }

    /** What every connection needs. The transport's options are the caller's to add to. */
    public static GrpcClientOptions options(Duration connectTimeout) {
        return new GrpcClientOptions()
                .setTransportOptions(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        // Prior knowledge: an upgrade from HTTP/1.1 is not what a gRPC server answers.
                        .setHttp2ClearTextUpgrade(false)
                        .setTcpNoDelay(true)
                        .setConnectTimeout((int) connectTimeout.toMillis()));
    }

    /** For one call. */
    public GrpcClient client() {
        return client;
    }

    private static List<Object> firstVersion(Certificates files) {
        try {
            return files.version();
        } catch (IOException e) {
            throw new ConfigurationException("macemu.media.tls-folder: " + e.getMessage()
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
        HttpClientOptions transport = new HttpClientOptions(options.getTransportOptions());
        HttpClientOptions secured =
                certificates.map(files -> files.applyTo(transport)).orElse(transport);
        return GrpcClient.client(vertx, new GrpcClientOptions(options).setTransportOptions(secured));
    }

    @Override
    public synchronized void close() {
        vertx.cancelTimer(timer);
        client.close();
        retired.forEach(GrpcClient::close);
    }
}
