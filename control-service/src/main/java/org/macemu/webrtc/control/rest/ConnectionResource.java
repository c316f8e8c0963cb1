package org.macemu.webrtc.control.rest;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.control.config.ControlConfig;

/** Tells the web client where to signal. */
@Path("connection")
@Tag(name = "session")
@Produces(MediaType.APPLICATION_JSON)
public class ConnectionResource {

    /** Where to signal. */
    @Schema(description = "Where the page opens its WebSocket: signalingUrl, or else port and path on its own host.")
    public record Connection(
            @Schema(nullable = true, examples = "wss://mac.example.org/signaling") String signalingUrl,
            @Schema(examples = "8090") int signalingPort,
            @Schema(examples = "/signaling") String signalingPath) {}

    private final Connection connection;

    @Inject
    ConnectionResource(ControlConfig config) {
        this.connection = new Connection(
                config.signaling().url().orElse(null),
                config.signaling().port(),
                config.signaling().path());
    }

    @GET
    @Operation(operationId = "getConnection", summary = "Where the web client opens its WebSocket")
    @APIResponseSchema(value = Connection.class, responseCode = "200", responseDescription = "Where it opens it")
    public Connection get() {
        return connection;
    }
}
