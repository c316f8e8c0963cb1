package org.macemu.webrtc.control.web;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.problem.Problems;

/**
 * Routes beside the REST API: the API's description at its second address and as a page, the unversioned endpoints that
 * scripts of the public C++ server call, and the answer when nothing else fits.
 */
@Singleton
public class OtherRoutes {

    private static final String OPENAPI = "/api/v1/openapi";

    /** The page that shows the description; its files lie below. */
    private static final String REFERENCE = "/reference";

    /** Behind every route Quarkus adds. */
    private static final int LAST = Integer.MAX_VALUE;

    void register(@Observes Router router) {
        for (String suffix : new String[] {"", ".json", ".yaml"}) {
            router.route(HttpMethod.GET, OPENAPI + suffix).order(-1).handler(context -> context.reroute(
                    "/q/openapi" + suffix));
        }
        for (String page : new String[] {REFERENCE, REFERENCE + "/"}) {
            router.route(HttpMethod.GET, page).order(-1).handler(context -> context.reroute(REFERENCE + "/index.html"));
        }
        for (String same : new String[] {"status", "storage", "config", "restart", "screenshot"}) {
            alias(router, "/api/" + same, same);
        }
        for (String same : new String[] {"start", "stop", "restart", "reset"}) {
            alias(router, "/api/emulator/" + same, "emulator/" + same);
        }
        router.route().order(LAST).handler(OtherRoutes::nothingHere);
        router.errorHandler(ProblemType.BODY_TOO_LARGE.status(), context -> Problems.end(
                context, ProblemType.BODY_TOO_LARGE, "A body has at most " + HttpFilters.MAX_BODY_BYTES + " bytes."));
    }

    /** The old way to change preferences was a POST; what is not named stays as it is in both. */
    private static void alias(Router router, String path, String name) {
        router.route(path).order(-1).handler(context -> {
            HttpMethod method = context.request().method();
            boolean change = name.equals("config") && method == HttpMethod.POST;
            context.reroute(change ? HttpMethod.PATCH : method, "/api/v1/" + name);
        });
    }

    private static void nothingHere(RoutingContext context) {
        HttpMethod method = context.request().method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            Problems.end(context, ProblemType.NOT_FOUND, "Nothing takes " + method + " at " + context.normalizedPath()
                    + "; " + REFERENCE + " lists the API.");
            return;
        }
        Problems.end(context, ProblemType.NOT_FOUND, "Nothing is at " + context.normalizedPath()
                + "; the web client is at / and " + REFERENCE + " lists the API.");
    }
}
