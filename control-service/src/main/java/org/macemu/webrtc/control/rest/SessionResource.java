package org.macemu.webrtc.control.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.api.access.AccessRefused;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.control.access.Access;
import org.macemu.webrtc.control.access.AccessCookie;
import org.macemu.webrtc.control.config.ControlConfig;
import org.macemu.webrtc.control.problem.Problem;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.service.JsonBody;

/** Invitation links, and the cookie that is given for one. */
@Path("")
@Tag(name = "access")
public class SessionResource {

    private static final int MIN_SECONDS = 10;
    private static final int MAX_SECONDS = 366 * 24 * 3600;

    /** The token of an invitation link. */
    public record Exchange(@Schema(required = true) String token) {}

    /** Who one is. */
    public record Session(
            @Schema(enumeration = {"guest", "controller", "owner"}) String role,
            String name,
            @Schema(description = "Seconds since 1970.") long expires) {}

    /** Who is invited. */
    public record Invitation(
            @Schema(required = true, enumeration = {"guest", "controller", "owner"}) String role,
            @Schema(maxLength = 40) String name,
            @Schema(description = "Seconds.", minimum = "10", maximum = "31622400", defaultValue = "86400")
                    Integer expiresIn,
            @Schema(description = "The session it is for; by default this server's own.") String session) {}

    /** What is handed on. */
    public record Link(String link, String token, @Schema(description = "Seconds since 1970.") long expires) {}

    private final Access access;
    private final ControlConfig config;

    @Inject
    SessionResource(Access access, ControlConfig config) {
        this.access = access;
        this.config = config;
    }

    @POST
    @Path("session")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "openSession",
            summary = "Exchanges the token of an invitation link for a cookie",
            description = "The cookie is HttpOnly and SameSite=Strict, and ends with the token.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Exchange.class)))
    @APIResponseSchema(value = Session.class, responseCode = "200", responseDescription = "Who one is")
    public Response open(byte[] body, @Context HttpServerRequest request) throws InvalidRequest {
        AccessTokens tokens = access.tokens().orElse(null);
        if (tokens == null) {
            return off();
        }
        JsonNode text = JsonBody.object(body, "{\"token\":\"...\"}").path("token");
        String address = request.remoteAddress().hostAddress();
        if (access.failures().exceeded(address)) {
            return Problem.of(ProblemType.TOO_MANY_FAILURES, "Too many bad tokens from this address; wait a minute.")
                    .response();
        }
        try {
            // Of whichever session: the cookie only carries it to where its session is looked at.
            AccessToken token = tokens.verifyAny(text.asText());
            long seconds = Math.max(0, Duration.between(Instant.now(), token.expires()).toSeconds());
            return Response.ok(new Session(
                            token.role().text(), token.name(), token.expires().getEpochSecond()))
                    .cookie(AccessCookie.of(text.asText(), (int) seconds, request))
                    .build();
        } catch (AccessRefused e) {
            access.failures().failed(address);
            return Problem.of(ProblemType.TOKEN_REQUIRED, e.getMessage()).response();
        }
    }

    @DELETE
    @Path("session")
    @Operation(operationId = "closeSession", summary = "Takes the cookie back")
    @APIResponse(responseCode = "204", description = "The browser forgets the cookie")
    public Response close(@Context HttpServerRequest request) {
        return Response.noContent().cookie(AccessCookie.of("", 0, request)).build();
    }

    @POST
    @Path("invitations")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "invite", summary = "Makes an invitation link with a role and an end")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Invitation.class)))
    @APIResponseSchema(
            value = Link.class,
            responseCode = "200",
            responseDescription = "A link to hand on; it is not kept here")
    public Response invite(byte[] body, @Context HttpServerRequest request) throws InvalidRequest {
        AccessTokens tokens = access.tokens().orElse(null);
        if (tokens == null) {
            return off();
        }
        if (!tokens.canIssue()) {
            return Problem.of(
                            ProblemType.ACCESS_NOT_CONFIGURED,
                            "The key file holds public keys only: whoever has the private key makes tokens. A line of"
                                    + " base64url of at least 32 random bytes lets this server invite, too.")
                    .response();
        }
        JsonNode root = JsonBody.object(body, "{\"role\":\"guest\",\"name\":\"Ada\",\"expiresIn\":3600}");
        AccessRole role = AccessRole.of(root.path("role").asText())
                .orElseThrow(() -> new InvalidRequest("role is " + root.path("role")
                        + "; guest, controller or owner is expected."));
        String name = root.path("name").asText("");
        if (name.length() > AccessToken.MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidRequest("name is longer than " + AccessToken.MAX_NAME
                    + " characters or holds a control character.");
        }
        JsonNode validity = root.path("expiresIn");
        int seconds = validity.isMissingNode() ? 24 * 3600 : validity.asInt(-1);
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
            throw new InvalidRequest("expiresIn is " + validity + "; " + MIN_SECONDS + " to " + MAX_SECONDS
                    + " seconds are expected.");
        }
        String session = root.path("session").asText(config.access().session());
        if (!session.matches("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")) {
            throw new InvalidRequest("session is " + root.path("session") + "; a session's name is expected.");
        }
        String token = tokens.issue(session, role, name, Duration.ofSeconds(seconds));
        String query = session.equals(config.access().session()) ? "/?token=" : "/?session=" + session + "&token=";
        String scheme = AccessCookie.isSecure(request) ? "https://" : "http://";
        String base = config.access().publicUrl().orElseGet(() -> scheme
                + (request.authority() == null ? "localhost" : request.authority().toString()));
        return Response.ok(new Link(
                        base + query + token,
                        token,
                        Instant.now().plusSeconds(seconds).getEpochSecond()))
                .build();
    }

    private static Response off() {
        return Problem.of(
                        ProblemType.ACCESS_NOT_CONFIGURED,
                        "This server asks nobody for a token; set macemu.access.key-file to change that.")
                .response();
    }
}
