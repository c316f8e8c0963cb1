package org.macemu.webrtc.media.grpc;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.macemu.webrtc.media.config.MediaConfig;

/**
 * Who may call: with a folder of certificates, only peers that show one of the same authority, on the port for TLS. The
 * plain port then serves health and figures only, because kubelets and Prometheus have no certificate. Filters run on
 * the event loop of the request.
 */
@Singleton
public class PeerCertificates implements HttpServerOptionsCustomizer {

    private static final int FIRST = 1000;
    private static final String GRPC = "application/grpc";

    /** UNAUTHENTICATED (gRPC status codes). */
    private static final String UNAUTHENTICATED = "16";

    private final boolean required;

    @Inject
    PeerCertificates(MediaConfig config) {
        this.required = config.tls().folder().isPresent();
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        if (required) {
            options.setClientAuth(ClientAuth.REQUIRED);
        }
    }

    void register(@Observes Filters filters) {
        if (required) {
            filters.register(PeerCertificates::check, FIRST);
        }
    }

    /** A refusal is an answer of headers alone, as "gRPC over HTTP2" calls Trailers-Only. */
    private static void check(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (context.request().isSSL() || type == null || !type.startsWith(GRPC)) {
            context.next();
            return;
        }
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, GRPC)
                .putHeader("grpc-status", UNAUTHENTICATED)
                .putHeader("grpc-message", "Calls are taken on the port for TLS only, with a certificate.")
                .end();
    }
}
