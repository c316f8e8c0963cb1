package org.macemu.webrtc.control.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.macemu.webrtc.control.rest.Problem;
import org.macemu.webrtc.control.rest.ProblemType;

/** Problem details for requests that never reach the REST API. */
public final class Problems {

    private Problems() {}

    /** Ends the request; a body that was not read costs the connection. */
    public static void end(RoutingContext context, ProblemType type, String detail) {
        if (context.response().ended()) {
            return;
        }
        Problem problem = Problem.of(type, detail);
        // HTTP/2 resets the one stream instead, and forbids the header (RFC 9113 section 8.2.2).
        if (!context.request().isEnded() && context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
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
