package org.macemu.webrtc.control.access;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.macemu.webrtc.control.client.RequestTarget;
import org.macemu.webrtc.control.config.ControlConfig;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.problem.Problems;
import org.macemu.webrtc.control.sessions.SessionFailure;
import org.macemu.webrtc.control.sessions.SessionService;

/**
 * Sends a request about a Mac that names a session ({@code ?session=ada}) to that session's pod. Runs on the event loop
 * of the request, after its token has been checked for that session.
 */
@Singleton
public class SessionOfRequest {

    /** Query parameter. */
    static final String PARAMETER = "session";

    private static final int AFTER_ACCESS = 150;

    private final SessionService service;
    private final String own;

    @Inject
    SessionOfRequest(SessionService service, ControlConfig config) {
        this.service = service;
        this.own = config.access().session();
    }

    void register(@Observes Filters filters) {
        filters.register(this::direct, AFTER_ACCESS);
    }

    private void direct(RoutingContext context) {
        Optional<String> session = named(context).filter(name -> !name.equals(own));
        if (session.isEmpty()) {
            context.next();
            return;
        }
        if (service.sessions().isEmpty()) {
            Problems.end(context, ProblemType.SESSIONS_NOT_OFFERED, "This server has one session, " + own + ".");
            return;
        }
        try {
            Optional<SocketAddress> pod = service.target(session.get());
            if (pod.isEmpty()) {
                Problems.end(
                        context,
                        ProblemType.SESSION_NOT_RUNNING,
                        "The Mac of the session " + session.get() + " does not run; POST /api/v1/sessions/"
                                + session.get() + "/resume starts it.");
                return;
            }
            RequestTarget.set(pod.get());
            context.next();
        } catch (SessionFailure e) {
            ProblemType type = e.kind() == SessionFailure.Kind.UNKNOWN
                    ? ProblemType.SESSION_UNKNOWN
                    : ProblemType.CLUSTER_UNAVAILABLE;
            Problems.end(context, type, e.getMessage());
        }
    }

    /** The session that a request about a Mac names. */
    static Optional<String> named(RoutingContext context) {
        return AccessRules.aboutMac(context.normalizedPath())
                ? Optional.ofNullable(context.request().getParam(PARAMETER))
                : Optional.empty();
    }
}
