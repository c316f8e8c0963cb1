package org.macemu.webrtc.control.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.macemu.webrtc.api.http.ListenAddress;
import org.macemu.webrtc.control.config.ControlConfig;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.problem.Problems;
import org.macemu.webrtc.control.rest.StorageView;

/**
 * What happens to every request before anything looks at it: security headers, then the checks of
 * {@link RequestPolicy}, then the size of the body as announced. Runs on the event loop of the request.
 */
@Singleton
public class HttpFilters {

    /** The greatest body: a configuration change, which the control protocol limits to a line of 64 KiB. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    /**
     * The page's own files, WebSockets to any host because the signaling-service may be elsewhere, and media from
     * WebRTC; no inline script or style, no framing, no form.
     */
    static final String CONTENT_SECURITY_POLICY = "default-src 'self'; connect-src 'self' ws: wss:; media-src 'self'"
            + " blob: mediastream:; img-src 'self' data: blob:; style-src 'self'; script-src 'self';"
            + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static final int HEADERS_FIRST = 400;
    private static final int CHECKS = 300;

    private final RequestPolicy policy;

    @Inject
    HttpFilters(ControlConfig config, ListenAddress address) {
        this.policy = new RequestPolicy(address.loopback(), config.allowedHosts().orElse(List.of()));
    }

    void register(@Observes Filters filters) {
        filters.register(this::headers, HEADERS_FIRST);
        filters.register(this::check, CHECKS);
    }

    private void headers(RoutingContext context) {
        MultiMap headers = context.response().headers();
        headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        // Files are revalidated on each visit (304 when unchanged), so that a new version is never mixed with an old
        // one; answers of the API are never stored.
        String caching = isFile(context) ? "no-cache" : "no-store";
        context.addHeadersEndHandler(ignored -> headers.set(HttpHeaders.CACHE_CONTROL, caching));
        context.next();
    }

    private static boolean isFile(RoutingContext context) {
        String path = context.request().path();
        return path == null || !path.startsWith("/api/") && !path.startsWith("/q/");
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String host = host(request);
        String refusal = policy.hostRefusal(host);
        if (refusal != null) {
            Problems.end(context, ProblemType.HOST_NOT_ALLOWED, refusal);
            return;
        }
        refusal = policy.crossSiteRefusal(
                request.method().name(),
                host,
                request.getHeader(HttpHeaders.ORIGIN),
                request.getHeader("Sec-Fetch-Site"),
                request.getHeader(HttpHeaders.CONTENT_TYPE),
                request.getHeader("Tus-Resumable") != null);
        if (refusal != null) {
            Problems.end(context, ProblemType.CROSS_SITE_REQUEST, refusal);
            return;
        }
        if (isFileTransfer(request)) {
            context.next();
            return;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        // An HTTP/2 body of unannounced size ends at quarkus.http.limits.max-body-size.
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            Problems.end(context, ProblemType.LENGTH_REQUIRED, "Send the body with a Content-Length.");
            return;
        }
        if (length != null && !withinLimit(length)) {
            Problems.end(context, ProblemType.BODY_TOO_LARGE, "The body has " + length + " bytes; at most "
                    + MAX_BODY_BYTES + " are read.");
            return;
        }
        context.next();
    }

    /** Bodies that are passed through and not kept: the storage limits them. */
    private static boolean isFileTransfer(HttpServerRequest request) {
        String path = request.path();
        return path != null
                && (request.method() == HttpMethod.PUT && path.startsWith(StorageView.FILES)
                        || path.startsWith(StorageView.UPLOADS));
    }

    /** HTTP/2 has {@code :authority} instead of the Host header (RFC 9113 section 8.3.1). */
    private static String host(HttpServerRequest request) {
        boolean named = request.version() == HttpVersion.HTTP_2 && request.authority() != null;
        return named ? request.authority().toString() : request.getHeader(HttpHeaders.HOST);
    }

    private static boolean withinLimit(String length) {
        return length.matches("\\d{1,9}") && Integer.parseInt(length) <= MAX_BODY_BYTES;
    }
}
