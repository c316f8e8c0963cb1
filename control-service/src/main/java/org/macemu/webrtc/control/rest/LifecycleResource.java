package org.macemu.webrtc.control.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.control.client.MediaClient;

/** The emulator's life: start, stop, restart, reset, and what it said. */
@Path("emulator")
@Tag(name = "emulator")
public class LifecycleResource {

    /** What the emulator printed lately, and what became of it. */
    public record EmulatorLog(
            @Schema(description = "The newest last.") @JsonProperty(required = true) List<Line> lines) {}

    /** A line. */
    public record Line(
            @Schema(format = "date-time") @JsonProperty(required = true) String time,
            @Schema(examples = "emulator", description = "emulator, or the agent that runs it.")
                    @JsonProperty(required = true)
                    String source,
            @JsonProperty(required = true) String text) {}

    private final MediaClient media;
    private final ObjectMapper mapper;

    @Inject
    LifecycleResource(MediaClient media, ObjectMapper mapper) {
        this.media = media;
        this.mapper = mapper;
    }

    @POST
    @Path("start")
    @Operation(
            operationId = "startEmulator",
            summary = "Starts a Mac that is off",
            description = "A Mac that runs is left alone. The agent that runs it must be connected.")
    @APIResponse(responseCode = "202", description = "It is starting")
    @APIResponse(responseCode = "204", description = "It runs already")
    public Uni<Response> start() {
        return media.status().chain(status -> isRunning(status)
                ? Uni.createFrom().item(Response.noContent().build())
                : media.restart().map(ignored -> Response.accepted().build()));
    }

    private boolean isRunning(SessionStatus status) {
        try {
            String json = status.getEmulatorStatusJson();
            return status.getEmulatorConnected()
                    && !json.isEmpty()
                    && mapper.readTree(json).path("running").asBoolean();
        } catch (JsonProcessingException e) {
            throw new BadAnswer("The emulator's status is not JSON: " + e.getOriginalMessage());
        }
    }

    @POST
    @Path("stop")
    @Operation(operationId = "stopEmulator", summary = "Shuts the Mac down")
    @APIResponse(responseCode = "202", description = "The emulator has accepted it")
    public Uni<Response> stop() {
        return media.shutdown().map(ignored -> Response.accepted().build());
    }

    @POST
    @Path("restart")
    @Operation(operationId = "restartMac", summary = "Restarts the Mac with grace")
    @APIResponse(responseCode = "202", description = "The emulator has accepted it")
    public Uni<Response> restart() {
        return media.restart().map(ignored -> Response.accepted().build());
    }

    @POST
    @Path("reset")
    @Operation(
            operationId = "resetMac",
            summary = "Restarts the Mac at once, as its reset button does",
            description = "What the Mac has not written to its disks is lost.")
    @APIResponse(responseCode = "202", description = "The emulator has accepted it")
    public Uni<Response> reset() {
        return media.reset().map(ignored -> Response.accepted().build());
    }

    @GET
    @Path("log")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getEmulatorLog",
            summary = "What the emulator printed lately",
            description = "Kept by the agent; an emulator without one refuses.")
    @APIResponseSchema(value = EmulatorLog.class, responseCode = "200", responseDescription = "The last lines")
    public Uni<EmulatorLog> log() {
        return media.log().map(log -> new EmulatorLog(log.getLinesList().stream()
                .map(line -> new Line(
                        Instant.ofEpochMilli(line.getTimeMs()).toString(), line.getSource(), line.getText()))
                .toList()));
    }
}
