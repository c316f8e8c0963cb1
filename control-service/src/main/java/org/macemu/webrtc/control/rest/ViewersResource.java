package org.macemu.webrtc.control.rest;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.control.client.MediaClient;
import org.macemu.webrtc.control.service.Choice;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.service.RoleChange;

/** Everybody who is connected. */
@Path("viewers")
@Tag(name = "viewers")
public class ViewersResource {

    /** Everybody, in no order that is promised. */
    public record Viewers(List<Viewer> viewers) {}

    /** Somebody who is connected. */
    public record Viewer(
            String id,
            @Schema(description = "What the person is called; may be empty.") String name,
            @Schema(enumeration = {"guest", "controller", "owner"}) String role,
            String remoteAddress,
            @Schema(description = "Empty before the first offer.") String lane,
            @Schema(description = "Media flows.") boolean connected,
            @Schema(description = "Holds keyboard and mouse.") boolean controls,
            double connectedSeconds,
            long packetsSent,
            long bytesSent,
            long packetsLost,
            @Schema(nullable = true, description = "Null when unknown.") Double roundTripMs,
            long estimatedBitsPerSecond) {}

    /** What changes. */
    public record Change(
            @Schema(required = true, enumeration = {"guest", "controller", "owner"}) String role) {}

    private final MediaClient media;

    @Inject
    ViewersResource(MediaClient media) {
        this.media = media;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "listViewers", summary = "Everybody who is connected")
    @APIResponseSchema(value = Viewers.class, responseCode = "200", responseDescription = "The viewers")
    public Uni<Viewers> list() {
        return media.viewers()
                .map(reply -> new Viewers(reply.getViewersList().stream()
                        .map(ViewersResource::view)
                        .toList()));
    }

    @DELETE
    @Path("{id}")
    @Operation(
            operationId = "disconnectViewer",
            summary = "Sends a viewer away",
            description = "The page is told that it was removed, and nobody joins this Mac with its token any more until"
                    + " the token ends or the media-service is restarted. Whoever else is here by the same invitation"
                    + " stays until they leave.")
    @APIResponse(responseCode = "204", description = "The viewer is gone")
    public Uni<Void> disconnect(
            @PathParam("id") String id,
            @Parameter(description = "end: the token is refused; keep: who has it may come back.")
                    @Schema(enumeration = {"end", "keep"})
                    @QueryParam("invitation")
                    @DefaultValue("end")
                    String invitation)
            throws InvalidRequest {
        return media.disconnect(id, Choice.isSecond("invitation", invitation, "end", "keep"));
    }

    @PATCH
    @Path("{id}")
    @Consumes({MediaType.APPLICATION_JSON, ConfigResource.MERGE_PATCH})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "changeViewer", summary = "Changes what a viewer may do, until it leaves")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Change.class)))
    @APIResponseSchema(value = Viewer.class, responseCode = "200", responseDescription = "The viewer as it is now")
    public Uni<Viewer> change(@PathParam("id") String id, byte[] body) throws InvalidRequest {
        return media.role(id, RoleChange.parse(body).role()).map(ViewersResource::view);
    }

    private static Viewer view(ViewerInfo info) {
        return new Viewer(
                info.getViewerId(),
                info.getName(),
                name(info.getRole()),
                info.getRemoteAddress(),
                info.getLane(),
                info.getConnected(),
                info.getControls(),
                Double.isFinite(info.getConnectedSeconds()) ? info.getConnectedSeconds() : 0,
                info.getPacketsSent(),
                info.getBytesSent(),
                info.getPacketsLost(),
                Double.isFinite(info.getRoundTripMs()) ? info.getRoundTripMs() : null,
                info.getEstimatedBitsPerSecond());
    }

    private static String name(Role role) {
        return switch (role) {
            case ROLE_OWNER -> "owner";
            case ROLE_CONTROLLER -> "controller";
            default -> "guest";
        };
    }
}
