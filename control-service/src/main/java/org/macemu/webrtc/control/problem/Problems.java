package org.macemu.webrtc.control.problem;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;
import org.macemu.webrtc.control.client.MediaFailure;

/** Problem details for requests that never reach the REST API. */
public final class Problems {

    /** A round trip of a slow network, for the client to see the answer and stop sending. */
    private static final long LINGER_MS = 1_000;

    private static final Logger LOG = Logger.getLogger(Problems.class);

    private Problems() {}

    /** Ends the request with what a failed call means. */
    public static void end(RoutingContext context, Throwable failure) {
        if (failure instanceof MediaFailure media) {
            end(context, ProblemType.of(media.kind()), media.getMessage());
        } else {
            LOG.error("A request failed unexpectedly", failure);
            end(context, ProblemType.INTERNAL, "An unexpected error; the log of the control-service has the details.");
        }
    }

    /** Lets a client send a body that it holds back until it is told to (RFC 9110, section 10.1.1). */
    public static void goOn(HttpServerRequest request) {
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
    }

    /**
     * Reads on for a moment and then closes: a connection that is closed while bytes arrive is reset, and the answer may
     * be lost with it.
     */
    private static void linger(RoutingContext context) {
        HttpServerRequest request = context.request();
        request.resume();
        context.vertx().setTimer(LINGER_MS, ignored -> request.connection().close());
    }

    /** Ends the request; a body that was not read costs the connection. */
    public static void end(RoutingContext context, ProblemType type, String detail) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        Problem problem = Problem.of(type, detail);
        // HTTP/2 resets the one stream instead, and forbids the header (RFC 9113 section 8.2.2).
        if (!context.request().isEnded() && context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            linger(context);
        }
        context.response()
                .setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(new JsonObject()
                        .put("type", problem.type())
                        .put("title", problem.title())
                        .put("status", problem.status())
                        .put("detail", problem.detail())
                        .encode());
    }
}
