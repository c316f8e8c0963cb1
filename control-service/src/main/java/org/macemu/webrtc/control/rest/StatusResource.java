package org.macemu.webrtc.control.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.control.client.MediaClient;

/** What the session looks like now. */
@Path("status")
@Tag(name = "session")
@Produces(MediaType.APPLICATION_JSON)
public class StatusResource {

    private static final Logger LOG = Logger.getLogger(StatusResource.class);

    /** The session as the media-service sees it. */
    public record Status(
            Emulator emulator, Video video, Audio audio, Delay delay, int viewers, double uptimeSeconds) {}

    /** The emulator. */
    public record Emulator(
            boolean connected,
            @Schema(nullable = true, description = "Process id, null when no emulator is connected.") Integer pid,
            @Schema(
                            nullable = true,
                            implementation = Object.class,
                            description = "The emulator's own status line, null when it has sent none.")
                    JsonNode status) {}

    /** The picture. */
    public record Video(
            @Schema(description = "Pixels, 0 before the first frame.") int width,
            @Schema(description = "Pixels, 0 before the first frame.") int height,
            @Schema(description = "New frames per second found in the segment.") double captureFps,
            long framesCaptured,
            long framesEncoded,
            @Schema(description = "The shared-memory segment in words.") String segment) {}

    /** The sound. */
    public record Audio(
            @Schema(description = "Hz, 0 when no sound segment is in use.") int sampleRate, int channels) {}

    /** Stages of the delay inside of the server. */
    public record Delay(
            @Schema(nullable = true, description = "Milliseconds from an input message's arrival to the emulator; null"
                            + " before the first.")
                    Double inputToEmulatorMs,
            @Schema(nullable = true, description = "Milliseconds to convert and encode a picture, median.")
                    Double encodeMs,
            @Schema(
                            nullable = true,
                            description = "Milliseconds from a picture's drawing to its last packet, median; includes"
                                    + " encodeMs.")
                    Double frameToWireMs) {}

    private final MediaClient media;
    private final ObjectMapper mapper;

    @Inject
    StatusResource(MediaClient media, ObjectMapper mapper) {
        this.media = media;
        this.mapper = mapper;
    }

    @GET
    @Operation(operationId = "getStatus", summary = "Emulator, picture, sound and viewers")
    @APIResponseSchema(value = Status.class, responseCode = "200", responseDescription = "The session now")
    public Uni<Status> get() {
        return media.status().map(this::view);
    }

    private Status view(SessionStatus status) {
        return new Status(
                new Emulator(
                        status.getEmulatorConnected(),
                        status.getEmulatorPid() == 0 ? null : status.getEmulatorPid(),
                        statusLine(status.getEmulatorStatusJson())),
                new Video(
                        status.getWidth(),
                        status.getHeight(),
                        finite(status.getCaptureFps()),
                        status.getFramesCaptured(),
                        status.getFramesEncoded(),
                        status.getVideoSegment()),
                new Audio(status.getAudioSampleRate(), status.getAudioChannels()),
                new Delay(
                        known(status.getInputToEmulatorMs()),
                        known(status.getEncodeMs()),
                        known(status.getFrameToWireMs())),
                status.getViewers(),
                finite(status.getUptimeSeconds()));
    }

    private JsonNode statusLine(String json) {
        if (json.isEmpty()) {
            return null;
        }
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) {
            LOG.warnf("The emulator's status line is not JSON: %s", e.getOriginalMessage());
            return null;
        }
    }

    private static Double known(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }
}
