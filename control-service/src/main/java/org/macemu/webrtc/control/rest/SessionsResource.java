package org.macemu.webrtc.control.rest;

import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.control.config.ControlConfig;
import org.macemu.webrtc.control.service.Choice;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.service.JsonBody;
import org.macemu.webrtc.control.sessions.SessionFailure;
import org.macemu.webrtc.control.sessions.SessionService;
import org.macemu.webrtc.control.sessions.SessionView;
import org.macemu.webrtc.control.sessions.Sessions;

/**
 * Macs: made, listed, suspended, woken and ended. Without a cluster there is one, which runs as long as the server does.
 * Each call blocks on the Kubernetes API, on a worker thread.
 */
@Path("sessions")
@Tag(name = "sessions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class SessionsResource {

    private static final int ACCEPTED = 202;
    private static final String RETRY_SECONDS = "1";

    /** Every session. */
    public record Listing(List<Session> sessions) {}

    /** A session. */
    @Schema(name = "MacSession", description = "A Mac with a pod and disks of its own.")
    public record Session(
            String name,
            String title,
            @Schema(
                            enumeration = {"starting", "running", "stopping", "suspended", "stopped", "deleting"},
                            description = "suspended: the next visit wakes it; stopped: it has to be resumed.")
                    String state,
            @Schema(nullable = true, description = "Why it does not run although it should.") Trouble problem,
            @Schema(nullable = true) String rom,
            @Schema(nullable = true, examples = "800x600") String screen,
            @Schema(description = "Edges that serve a large audience, at most.") int edges,
            @Schema(description = "Seconds without a viewer until it is suspended; 0: never.") long idleTimeout,
            @Schema(nullable = true, description = "When somebody was last seen, in seconds since 1970.")
                    Long lastActive,
            @Schema(nullable = true, description = "Seconds since 1970.") Long created) {}

    /** A visitor's way to a Mac. */
    public record Visit(
            Session session,
            @Schema(description = "Where the page opens its WebSocket, with ?session= and the name.")
                    ConnectionResource.Connection connection) {}

    /** Why a Mac does not run. */
    public record Trouble(
            @Schema(
                            description = "Stable: no-room, claim-in-use, claim-deleted, secret-missing, image-missing,"
                                    + " crashing, port-taken, pattern-unreadable, cluster-refused.")
                    String code,
            @Schema(description = "In words, with what Kubernetes said.") String message) {}

    /** What a new session is like. */
    public record NewSession(
            @Schema(required = true, pattern = "[a-z]([-a-z0-9]{0,18}[a-z0-9])?") String name,
            @Schema(maxLength = 60, description = "What people call it; the name by default.") String title,
            @Schema(description = "File name of a ROM; the chart's by default.") String rom,
            @Schema(examples = "800x600") String screen,
            @Schema(description = "Seconds without a viewer until it is suspended; 0: never.") Long idleTimeout,
            @Schema(examples = "4Gi") String diskSize,
            @Schema(
                            minimum = "0",
                            defaultValue = "0",
                            description = "Edges at most: servers that pass the picture on to an audience greater than"
                                    + " the Mac's own pod serves. They come and go with it; the chart says how many"
                                    + " a Mac may have.")
                    Integer edges) {}

    private final SessionService service;
    private final String own;
    private final ConnectionResource connection;

    @Inject
    SessionsResource(SessionService service, ControlConfig config, ConnectionResource connection) {
        this.service = service;
        this.own = config.access().session();
        this.connection = connection;
    }

    @GET
    @Operation(operationId = "listSessions", summary = "Every session")
    @APIResponseSchema(value = Listing.class, responseCode = "200", responseDescription = "By name")
    public Listing list() throws SessionFailure {
        Optional<Sessions> sessions = service.sessions();
        if (sessions.isEmpty()) {
            return new Listing(List.of(local()));
        }
        return new Listing(
                sessions.get().list().stream().map(SessionsResource::view).toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createSession",
            summary = "Makes a Mac and starts it",
            description = "What is not said is as the chart has it. Disks that a deleted session of the same name left"
                    + " are used again.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = NewSession.class)))
    @APIResponseSchema(value = Session.class, responseCode = "201", responseDescription = "It is on the way")
    public Response create(byte[] body) throws InvalidRequest, SessionFailure {
        Session made = view(cluster().create(JsonBody.object(body, "{\"name\":\"ada\"}")));
        return Response.created(URI.create("sessions/" + made.name())).entity(made).build();
    }

    @GET
    @Path("{name}")
    @Operation(operationId = "getSession", summary = "One session")
    @APIResponseSchema(value = Session.class, responseCode = "200", responseDescription = "As it is now")
    public Session get(@PathParam("name") String name) throws SessionFailure {
        return isLocal(name) ? local() : view(cluster().get(name));
    }

    @POST
    @Path("{name}/visits")
    @Operation(
            operationId = "visitSession",
            summary = "Says that somebody comes",
            description = "Wakes a suspended Mac. A page calls this and opens its WebSocket, which waits for the Mac.")
    @APIResponse(
            responseCode = "200",
            description = "It runs",
            content = @Content(schema = @Schema(implementation = Visit.class)))
    @APIResponse(
            responseCode = "202",
            description = "It does not run yet, or is stopped",
            content = @Content(schema = @Schema(implementation = Visit.class)))
    public Response visit(@PathParam("name") String name) throws SessionFailure {
        if (isLocal(name)) {
            return Response.ok(new Visit(local(), connection.get())).build();
        }
        SessionView visited = cluster().visit(name);
        return answer(visited, new Visit(view(visited), connection.get()));
    }

    @POST
    @Path("{name}/resume")
    @Operation(operationId = "resumeSession", summary = "Starts a suspended or stopped Mac")
    @APIResponseSchema(value = Session.class, responseCode = "202", responseDescription = "It is on the way")
    public Response resume(@PathParam("name") String name) throws SessionFailure {
        return answer(cluster().resume(name));
    }

    @POST
    @Path("{name}/suspend")
    @Operation(operationId = "suspendSession", summary = "Shuts a Mac down until the next visit; its disks stay")
    @APIResponseSchema(value = Session.class, responseCode = "202", responseDescription = "It is ending")
    public Response suspend(@PathParam("name") String name) throws SessionFailure {
        return answer(cluster().suspend(name));
    }

    @POST
    @Path("{name}/stop")
    @Operation(operationId = "stopSession", summary = "Shuts a Mac down until it is resumed; its disks stay")
    @APIResponseSchema(value = Session.class, responseCode = "202", responseDescription = "It is ending")
    public Response stop(@PathParam("name") String name) throws SessionFailure {
        return answer(cluster().stop(name));
    }

    @DELETE
    @Path("{name}")
    @Operation(operationId = "deleteSession", summary = "Ends a Mac for good")
    @APIResponseSchema(value = Session.class, responseCode = "202", responseDescription = "It is on the way out")
    public Response delete(
            @PathParam("name") String name,
            @Parameter(description = "keep: a later session of the same name finds them; delete: they are gone.")
                    @Schema(enumeration = {"keep", "delete"})
                    @QueryParam("disks")
                    @DefaultValue("keep")
                    String disks)
            throws InvalidRequest, SessionFailure {
        return answer(cluster().delete(name, Choice.isSecond("disks", disks, "keep", "delete")));
    }

    private boolean isLocal(String name) {
        return service.sessions().isEmpty() && name.equals(own);
    }

    private Sessions cluster() throws SessionFailure {
        return service.sessions()
                .orElseThrow(() -> new SessionFailure(
                        SessionFailure.Kind.NOT_OFFERED,
                        "This server has one session, " + own + "; more need a Kubernetes cluster and"
                                + " macemu.sessions.enabled (sessions.enabled of the chart)."));
    }

    /** The one session of a server without a cluster. */
    private Session local() {
        return new Session(own, own, "running", null, null, null, 0, 0, null, null);
    }

    private static Response answer(SessionView session) {
        return answer(session, view(session));
    }

    private static Response answer(SessionView session, Object entity) {
        boolean there = session.phase() == SessionView.Phase.RUNNING;
        Response.ResponseBuilder response = Response.status(there ? Response.Status.OK.getStatusCode() : ACCEPTED);
        if (session.phase() == SessionView.Phase.STARTING) {
            response.header("Retry-After", RETRY_SECONDS);
        }
        return response.entity(entity).build();
    }

    private static Session view(SessionView session) {
        return new Session(
                session.name(),
                session.title(),
                session.phase().name().toLowerCase(Locale.ROOT),
                session.problem().map(p -> new Trouble(p.code(), p.message())).orElse(null),
                session.rom().orElse(null),
                session.screen().orElse(null),
                session.edges(),
                session.idleTimeoutSeconds(),
                seconds(session.lastActive()),
                seconds(session.created()));
    }

    private static Long seconds(Instant time) {
        return time.equals(Instant.EPOCH) ? null : time.getEpochSecond();
    }
}
