package org.macemu.webrtc.control.rest;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.control.client.MediaClient;

/** Restart, shutdown and the images the emulator can use. */
@Path("")
@Tag(name = "emulator")
public class EmulatorResource {

    /** ROM and disk images by file name. */
    public record Images(List<String> roms, List<String> disks) {}

    private final MediaClient media;

    @Inject
    EmulatorResource(MediaClient media) {
        this.media = media;
    }

    @POST
    @Path("restart")
    @Operation(operationId = "restartEmulator", summary = "Restarts the Mac")
    @APIResponse(responseCode = "202", description = "The emulator has accepted it")
    public Uni<Response> restart() {
        return media.restart().map(ignored -> Response.accepted().build());
    }

    @POST
    @Path("shutdown")
    @Operation(operationId = "shutdownEmulator", summary = "Shuts the Mac down")
    @APIResponse(responseCode = "202", description = "The emulator has accepted it")
    public Uni<Response> shutdown() {
        return media.shutdown().map(ignored -> Response.accepted().build());
    }

    @GET
    @Path("storage")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getStorage", summary = "ROM and disk images the emulator can use")
    @APIResponseSchema(value = Images.class, responseCode = "200", responseDescription = "File names")
    public Uni<Images> storage() {
        return media.storage().map(storage -> new Images(storage.getRomsList(), storage.getDisksList()));
    }
}
