package org.macemu.webrtc.control.rest;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.api.grpc.Screenshot;
import org.macemu.webrtc.control.client.MediaClient;
import org.macemu.webrtc.control.service.InputPlan;
import org.macemu.webrtc.control.service.InvalidRequest;

/** The Mac for programs: its picture, its keyboard and its mouse. */
@Path("")
@Tag(name = "screen")
public class ScreenResource {

    /** What a program does; one of the four. */
    public record Input(
            @Schema(description = "Text, typed on a US keyboard: printable ASCII, line ends, tabs.", maxLength = 1000)
                    String type,
            @Schema(
                            description = "Keys pressed in this order and released in the other: characters, or names"
                                    + " such as meta, shift, ctrl, alt, enter, escape, left, f1.",
                            minItems = 1,
                            maxItems = 8)
                    List<String> press,
            Click click,
            @Schema(minItems = 1, maxItems = 1000) List<Step> steps) {}

    /** Where the mouse clicks, in pixels of the Mac. */
    public record Click(
            @Schema(required = true, minimum = "0") int x,
            @Schema(required = true, minimum = "0") int y,
            @Schema(minimum = "0", maximum = "2", defaultValue = "0", description = "0 left, 1 middle, 2 right")
                    Integer button,
            @Schema(minimum = "1", maximum = "3", defaultValue = "1") Integer count) {}

    /** An input message, and what is waited after it. */
    public record Step(
            @Schema(
                            required = true,
                            type = SchemaType.OBJECT,
                            description = "An input message as on the WebSocket: mouse_move, mouse_button, mouse_wheel,"
                                    + " key or release_all.")
                    Object input,
            @Schema(minimum = "0", maximum = "10000", defaultValue = "0") Integer waitMs) {}

    private final MediaClient media;

    @Inject
    ScreenResource(MediaClient media) {
        this.media = media;
    }

    @GET
    @Path("screenshot")
    @Operation(
            operationId = "getScreenshot",
            summary = "The Mac's screen now",
            description = "Works whether or not anybody watches. The ETag changes with the picture.")
    @APIResponse(
            responseCode = "200",
            description = "The screen in its own resolution",
            content = @Content(
                    mediaType = "image/png",
                    schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "304", description = "The picture is the one named in If-None-Match")
    public Uni<Response> screenshot(@Context Request request) {
        return media.screenshot().map(shot -> picture(shot, request));
    }

    private static Response picture(Screenshot shot, Request request) {
        byte[] png = shot.getPng().toByteArray();
        EntityTag tag = new EntityTag(digest(png));
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return unchanged != null
                ? unchanged.tag(tag).build()
                : Response.ok(png, "image/png").tag(tag).build();
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    @POST
    @Path("input")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "sendInput",
            summary = "Types a text, presses a chord, clicks, or plays input messages",
            description = "Takes the controls while nobody holds them, answers 409 (controls-held) while a person does,"
                    + " and releases them and every key at the end. Answers when the last step is done, after at most"
                    + " 60 s.")
    @RequestBody(
            required = true,
            content = @Content(
                    mediaType = MediaType.APPLICATION_JSON,
                    schema = @Schema(implementation = Input.class),
                    examples = {
                        @ExampleObject(name = "text", value = "{\"type\":\"Hello, Mac!\\n\"}"),
                        @ExampleObject(name = "chord", value = "{\"press\":[\"meta\",\"q\"]}"),
                        @ExampleObject(name = "double click", value = "{\"click\":{\"x\":10,\"y\":20,\"count\":2}}")
                    }))
    @APIResponse(responseCode = "204", description = "Everything has reached the emulator")
    public Uni<Void> input(byte[] body) throws InvalidRequest {
        InputPlan plan = InputPlan.parse(body);
        return media.input(plan.request(), plan.waitMs());
    }
}
