package org.macemu.webrtc.control.rest;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.control.client.StorageClient;
import org.macemu.webrtc.control.service.EntityTags;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.service.NewImage;
import org.macemu.webrtc.control.service.UploadMetadata;

/**
 * ROMs, disk images and CD images, without their bytes: those are passed through by
 * {@link org.macemu.webrtc.control.web.FileTransfers}.
 */
@Path("storage/files")
@Tag(name = "storage")
@Produces(MediaType.APPLICATION_JSON)
public class StorageResource {

    /** An empty disk image. */
    public record Image(
            @Schema(required = true, examples = "Games.img", minLength = 1, maxLength = 200) String name,
            @Schema(required = true, description = "Bytes, a multiple of 512.", minimum = "409600") long size,
            @Schema(
                            enumeration = {"none", "hfs"},
                            defaultValue = "none",
                            description = "hfs: an empty volume, up to 2 GB, where the server can make one.")
                    String format,
            @Schema(maxLength = 27, description = "Name of the volume.") String label) {}

    private final StorageClient storage;

    @Inject
    StorageResource(StorageClient storage) {
        this.storage = storage;
    }

    @GET
    @Operation(
            operationId = "listFiles",
            summary = "ROMs, disk images and CD images, uploads under way, and what fits",
            description = "Works without an emulator. ROMs are identified by their checksum.")
    @APIResponseSchema(
            value = StorageView.Listing.class,
            responseCode = "200",
            responseDescription = "Everything that is there")
    public Uni<StorageView.Listing> list() {
        return uni(storage.list()).map(StorageView::of);
    }

    @POST
    @Path("images")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createImage",
            summary = "Creates an empty disk image",
            description = "It takes no space on the server until the Mac writes to it.")
    @RequestBody(
            required = true,
            content = @Content(
                    schema = @Schema(implementation = Image.class),
                    examples = @ExampleObject(name = "100 MB", value = "{\"name\":\"Games.img\",\"size\":104857600}")))
    @APIResponse(
            responseCode = "201",
            description = "The image is there",
            headers = {
                @Header(name = HttpHeaders.LOCATION, schema = @Schema(type = SchemaType.STRING)),
                @Header(name = HttpHeaders.ETAG, schema = @Schema(type = SchemaType.STRING))
            },
            content = @Content(schema = @Schema(implementation = StorageView.StoredFile.class)))
    public Uni<Response> create(byte[] body) throws InvalidRequest {
        return uni(storage.create(NewImage.parse(body).request())).map(file -> {
            StorageView.StoredFile view = StorageView.of(file);
            return Response.created(URI.create(view.url()))
                    .header(HttpHeaders.ETAG, view.etag())
                    .entity(view)
                    .build();
        });
    }

    @DELETE
    @Path("{folder}/{name}")
    @Operation(
            operationId = "deleteFile",
            summary = "Deletes a file that the running Mac does not use")
    @Parameter(name = "folder", schema = @Schema(enumeration = {"roms", "images"}))
    @APIResponse(responseCode = "204", description = "The file is gone")
    public Uni<Void> delete(
            @PathParam("folder") String folder,
            @PathParam("name") String name,
            @Parameter(description = "Deletes it only if it is this one.") @HeaderParam(HttpHeaders.IF_MATCH)
                    String ifMatch)
            throws InvalidRequest {
        FileAddress address = FileAddress.newBuilder()
                .setFolder(UploadMetadata.folder(folder))
                .setName(name)
                .build();
        return uni(storage.delete(address, EntityTags.one(ifMatch)));
    }

    private static <T> Uni<T> uni(Future<T> future) {
        return Uni.createFrom().completionStage(future.toCompletionStage());
    }
}
