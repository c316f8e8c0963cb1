package org.macemu.webrtc.control.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.api.grpc.Config;
import org.macemu.webrtc.control.client.MediaClient;
import org.macemu.webrtc.control.service.ConfigPatch;
import org.macemu.webrtc.control.service.InvalidRequest;

/** The emulator's preferences. */
@Path("config")
@Tag(name = "emulator")
public class ConfigResource {

    /** Media type of RFC 7396. */
    static final String MERGE_PATCH = "application/merge-patch+json";

    private final MediaClient media;
    private final ObjectMapper mapper;

    @Inject
    ConfigResource(MediaClient media, ObjectMapper mapper) {
        this.media = media;
        this.mapper = mapper;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "getConfig", summary = "The emulator's preferences")
    @APIResponse(
            responseCode = "200",
            description = "All preferences the emulator tells",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT, implementation = Map.class)))
    public Uni<JsonNode> get() {
        return media.config().map(this::object);
    }

    private JsonNode object(Config config) {
        try {
            JsonNode root = mapper.readTree(config.getJson());
            if (root != null && root.isObject()) {
                return root;
            }
            throw new BadAnswer("The emulator's configuration is not a JSON object.");
        } catch (JsonProcessingException e) {
            throw new BadAnswer("The emulator's configuration is not JSON: " + e.getOriginalMessage());
        }
    }

    @PATCH
    @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
    @Operation(
            operationId = "changeConfig",
            summary = "Changes preferences; those not named stay as they are",
            description = "At most 256 keys and 60 KiB. A value is a string without control characters (at most 4096),"
                    + " a number, true, false, or a list of at most 64 of these. Most emulators apply changes at the"
                    + " next restart.")
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.OBJECT, implementation = Map.class),
                        examples = @ExampleObject(name = "memory", value = "{\"ramsize\":16}")),
                @Content(
                        mediaType = MERGE_PATCH,
                        schema = @Schema(type = SchemaType.OBJECT, implementation = Map.class))
            })
    @APIResponse(responseCode = "204", description = "The emulator has saved the change")
    public Uni<Void> change(byte[] body) throws InvalidRequest {
        ConfigPatch patch = ConfigPatch.parse(body);
        return media.setConfig(Config.newBuilder().setJson(patch.json()).build());
    }
}
