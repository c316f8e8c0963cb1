package org.macemu.webrtc.control.access;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessRefused;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.problem.Problems;

/**
 * Lets a request pass whose token has the role its endpoint asks for. The token is a bearer token (RFC 6750) or the
 * cookie of {@link AccessToken#COOKIE}. Writes the audit log: a line for everything that changes something, with who
 * did it. Runs on the event loop of the request, after the checks that need no token.
 */
@Singleton
public class AccessFilter {

    private static final Logger AUDIT = Logger.getLogger("audit");
    private static final int AFTER_CHECKS = 200;
    private static final String PASSED = AccessFilter.class.getName();
    private static final String BEARER = "bearer ";

    private final Access access;

    @Inject
    AccessFilter(Access access) {
        this.access = access;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, AFTER_CHECKS);
    }

    private void check(RoutingContext context) {
        String method = context.request().method().name();
        String path = context.normalizedPath();
        if (path.equals(AccessRules.LOGIN) && !access.offersLogin()) {
            Problems.end(context, ProblemType.NOT_FOUND, "This server has no OpenID Connect provider to sign in with;"
                    + " quarkus.oidc.tenant-enabled switches one on.");
            return;
        }
        if (access.tokens().isEmpty()) {
            pass(context, "owner");
            return;
        }
        // Rules are about paths: one that is written in another way is refused instead of interpreted twice.
        if (path.startsWith("/api") && !path.equals(context.request().path())) {
            Problems.end(context, ProblemType.INVALID_REQUEST, "Write the path as " + path + ".");
            return;
        }
        Optional<AccessRole> needed = AccessRules.needed(method, path);
        if (needed.isEmpty()) {
            pass(context, "anonymous");
            return;
        }
        String address = address(context);
        if (access.failures().exceeded(address)) {
            tooMany(context);
            return;
        }
        String text = token(context);
        if (text == null) {
            unauthorized(context, "A token is needed here: open an invitation link,"
                    + (access.offersLogin() ? " sign in at " + AccessRules.LOGIN + "," : "")
                    + " or send Authorization: Bearer.");
            return;
        }
        try {
            Optional<String> session =
                    AccessRules.session(method, path).or(() -> SessionOfRequest.named(context));
            AccessToken token = session.isPresent()
                    ? access.tokens().get().verifyFor(text, session.get())
                    : access.tokens().get().verify(text);
            if (token.role().covers(needed.get())) {
                pass(context, token.toString());
            } else {
                AUDIT.infof("%s %s %s refused: %s at %s", method, path, needed.get().text(), token, address);
                Problems.end(context, ProblemType.ROLE_INSUFFICIENT, "This token's role is "
                        + token.role().text() + "; " + needed.get().text() + " is needed.");
            }
        } catch (AccessRefused e) {
            access.failures().failed(address);
            AUDIT.infof("%s %s refused: bad token from %s", method, path, address);
            unauthorized(context, e.getMessage());
        }
    }

    private static void pass(RoutingContext context, String who) {
        HttpMethod method = context.request().method();
        boolean changes = method != HttpMethod.GET && method != HttpMethod.HEAD && method != HttpMethod.OPTIONS;
        // An unversioned endpoint passes twice: as itself, and as what it leads to.
        if (changes && context.get(PASSED) == null) {
            context.put(PASSED, who);
            String path = context.normalizedPath();
            context.addEndHandler(ignored -> AUDIT.infof(
                    "%s %s -> %d by %s at %s", method, path, context.response().getStatusCode(), who,
                    address(context)));
        }
        context.next();
    }

    private static String token(RoutingContext context) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? header.substring(BEARER.length()).strip()
                    : null;
        }
        Cookie cookie = context.request().getCookie(AccessToken.COOKIE);
        return cookie == null ? null : cookie.getValue();
    }

    private void unauthorized(RoutingContext context, String detail) {
        context.response().putHeader("WWW-Authenticate", "Bearer realm=\"macemu\"");
        if (access.offersLogin()) {
            // For the page, which then offers it (RFC 8288).
            context.response().putHeader("Link", "<" + AccessRules.LOGIN + ">; rel=\"authenticate\"");
        }
        Problems.end(context, ProblemType.TOKEN_REQUIRED, detail);
    }

    private static void tooMany(RoutingContext context) {
        context.response().putHeader("Retry-After", "60");
        Problems.end(context, ProblemType.TOO_MANY_FAILURES, "Too many bad tokens from this address; wait a minute.");
    }

    private static String address(RoutingContext context) {
        return context.request().remoteAddress() == null
                ? "unknown"
                : context.request().remoteAddress().hostAddress();
    }
}
