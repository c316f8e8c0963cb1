package org.macemu.webrtc.control.rest;

import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.control.access.Access;
import org.macemu.webrtc.control.access.AccessCookie;
import org.macemu.webrtc.control.config.ControlConfig;
import org.macemu.webrtc.control.problem.Problem;
import org.macemu.webrtc.control.problem.ProblemType;

/**
 * Signing in with an OpenID Connect provider, where one is configured (quarkus.oidc.tenant-enabled). Who the provider
 * vouches for gets a token of this server, with the role its claims say: every other part checks one kind of token.
 */
@Path("login")
@Authenticated
@Tag(name = "access")
public class LoginResource {

    private static final Logger AUDIT = Logger.getLogger("audit");

    /** A token for programs, and what it is good for. */
    public record Login(
            String token,
            @Schema(enumeration = {"guest", "controller", "owner"}) String role,
            String name,
            @Schema(description = "Seconds since 1970.") long expires) {}

    private final Access access;
    private final ControlConfig config;
    private final SecurityIdentity identity;

    @Inject
    LoginResource(Access access, ControlConfig config, SecurityIdentity identity) {
        this.access = access;
        this.config = config;
        this.identity = identity;
    }

    @GET
    @Operation(
            operationId = "login",
            summary = "Signs in with the OpenID Connect provider",
            description = "A browser is sent to the provider and back, and gets the cookie. A program that sends the"
                    + " provider's token as Authorization: Bearer gets a token of this server.")
    @APIResponse(
            responseCode = "200",
            description = "A token, for a program",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = Login.class)))
    @APIResponse(responseCode = "302", description = "To the provider")
    @APIResponse(responseCode = "303", description = "To the page, with the cookie")
    public Response login(@Context HttpHeaders headers, @Context HttpServerRequest request) {
        AccessTokens tokens = access.tokens().orElseThrow();
        if (!(identity.getPrincipal() instanceof JsonWebToken vouched)) {
            return Problem.of(ProblemType.TOKEN_REQUIRED, "The provider's token is no JSON Web Token.").response();
        }
        Optional<AccessRole> role = access.roles().of(vouched);
        String who = vouched.getSubject() + " of " + vouched.getIssuer();
        if (role.isEmpty()) {
            AUDIT.infof("GET /api/v1/login refused: %s has no role here", printable(who));
            return Problem.of(
                            ProblemType.ROLE_INSUFFICIENT,
                            "The provider knows you, but its claim " + access.roles().path() + " gives no role here;"
                                    + " one of " + access.roles().names().keySet() + " is expected.")
                    .response();
        }
        Duration validity = config.access().loginValidity();
        String name = AccessTokens.nameOf(vouched);
        String token = tokens.issue(role.get(), name, validity);
        AUDIT.infof("GET /api/v1/login: %s is %s", printable(who), role.get().text());
        if (headers.getHeaderString(HttpHeaders.AUTHORIZATION) != null) {
            long expires = Instant.now().plus(validity).getEpochSecond();
            return Response.ok(new Login(token, role.get().text(), name, expires), MediaType.APPLICATION_JSON)
                    .build();
        }
        // Not as a URI, which would be taken relative to the API.
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, "/")
                .cookie(AccessCookie.of(token, (int) validity.toSeconds(), request))
                .build();
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
