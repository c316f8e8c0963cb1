package org.macemu.webrtc.control.rest;

import io.quarkus.security.AuthenticationFailedException;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.macemu.webrtc.control.client.MediaFailure;
import org.macemu.webrtc.control.problem.Problem;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.sessions.SessionFailure;

/** Turns every failure of a resource into a problem detail. Stateless. */
public class ProblemMapper {

    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    @ServerExceptionMapper
    Response media(MediaFailure failure) {
        return Problem.of(ProblemType.of(failure.kind()), failure.getMessage()).response();
    }

    @ServerExceptionMapper
    Response invalid(InvalidRequest failure) {
        return Problem.of(ProblemType.INVALID_REQUEST, failure.getMessage()).response();
    }

    @ServerExceptionMapper
    Response session(SessionFailure failure) {
        ProblemType type =
                switch (failure.kind()) {
                    case UNKNOWN -> ProblemType.SESSION_UNKNOWN;
                    case EXISTS -> ProblemType.SESSION_EXISTS;
                    case FULL -> ProblemType.SESSIONS_FULL;
                    case CHANGED -> ProblemType.SESSION_CHANGED;
                    case INVALID -> ProblemType.INVALID_REQUEST;
                    case NOT_OFFERED -> ProblemType.SESSIONS_NOT_OFFERED;
                    case CLUSTER_UNAVAILABLE -> ProblemType.CLUSTER_UNAVAILABLE;
                    case CLUSTER_REFUSED -> ProblemType.CLUSTER_REFUSED;
                };
        return Problem.of(type, failure.getMessage()).response();
    }

    /** A token of the OpenID Connect provider that is none, has ended, or is somebody else's. */
    @ServerExceptionMapper
    Response notVouchedFor(AuthenticationFailedException failure) {
        Response response = Problem.of(
                        ProblemType.TOKEN_REQUIRED, "The sign-in provider does not vouch for this token; sign in again.")
                .response();
        // RFC 9110, section 15.5.2: a WWW-Authenticate header is required.
        response.getHeaders().putSingle(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return response;
    }

    @ServerExceptionMapper
    Response badAnswer(BadAnswer failure) {
        return Problem.of(ProblemType.MEDIA_FAILED, failure.getMessage()).response();
    }

    @ServerExceptionMapper
    Response notFound(NotFoundException failure, UriInfo uri) {
        return Problem.of(ProblemType.NOT_FOUND, "Nothing is at " + uri.getRequestUri().getRawPath()
                        + "; /api/v1/openapi lists the API.")
                .response();
    }

    @ServerExceptionMapper
    Response notAllowed(NotAllowedException failure, UriInfo uri) {
        String path = uri.getPath();
        String allowed =
                switch (pattern(path)) {
                    case "/config" -> "GET, HEAD, PATCH";
                    case "/restart", "/shutdown", "/input", "/invitations", "/emulator/" -> "POST";
                    case "/storage/files/images" -> "POST";
                    case "/storage/files/" -> "DELETE, GET, HEAD, PUT";
                    case "/session" -> "DELETE, POST";
                    case "/viewers/" -> "DELETE, PATCH";
                    case "/sessions" -> "GET, HEAD, POST";
                    case "/sessions/" -> "DELETE, GET, HEAD";
                    case "/sessions//" -> "POST";
                    default -> "GET, HEAD";
                };
        Response response = Problem.of(
                        ProblemType.METHOD_NOT_ALLOWED,
                        uri.getRequestUri().getRawPath() + " offers " + allowed + ".")
                .response();
        // RFC 9110, section 15.5.6: an Allow header is required.
        response.getHeaders().putSingle(HttpHeaders.ALLOW, allowed);
        return response;
    }

    /** A path without the names in it. */
    private static String pattern(String path) {
        return path.startsWith("/sessions/")
                ? "/sessions/" + (path.indexOf('/', "/sessions/".length()) < 0 ? "" : "/")
                : path.startsWith("/viewers/")
                        ? "/viewers/"
                        : path.startsWith("/emulator/") && !path.equals("/emulator/log")
                                ? "/emulator/"
                                : path.matches("/storage/files/[^/]+/[^/]+") ? "/storage/files/" : path;
    }

    @ServerExceptionMapper
    Response notSupported(NotSupportedException failure, HttpHeaders headers) {
        String found = headers.getHeaderString(HttpHeaders.CONTENT_TYPE);
        return Problem.of(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE,
                        "Content-Type is " + (found == null ? "missing" : found)
                                + "; application/json or application/merge-patch+json is expected.")
                .response();
    }

    @ServerExceptionMapper
    Response notAcceptable(NotAcceptableException failure) {
        return Problem.of(ProblemType.NOT_ACCEPTABLE, "application/json is offered, and image/png by screenshots.")
                .response();
    }

    @ServerExceptionMapper
    Response other(WebApplicationException failure) {
        int status = failure.getResponse().getStatus();
        return switch (status) {
            case 413 -> tooLarge();
            case 400 -> Problem.of(ProblemType.INVALID_REQUEST, text(failure)).response();
            default -> new Problem(
                            status >= 500 ? ProblemType.INTERNAL.urn() : ProblemType.HTTP_ERROR.urn(),
                            status >= 500 ? ProblemType.INTERNAL.title() : ProblemType.HTTP_ERROR.title(),
                            status,
                            text(failure))
                    .response();
        };
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure) {
        LOG.error("A request failed unexpectedly", failure);
        return Problem.of(ProblemType.INTERNAL, "An unexpected error; the log of the control-service has the details.")
                .response();
    }

    private static Response tooLarge() {
        return Problem.of(ProblemType.BODY_TOO_LARGE, "A body has at most 64 KiB.").response();
    }

    private static String text(WebApplicationException failure) {
        return failure.getMessage() == null ? "The request cannot be read." : failure.getMessage();
    }
}
