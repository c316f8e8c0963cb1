package org.macemu.webrtc.control.problem;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An error as RFC 9457 describes it. {@code type} is stable; {@code detail} is for people. */
@Schema(description = "An error (RFC 9457).")
public record Problem(
        @Schema(description = "Stable identifier of the kind of problem.",
                        examples = "urn:macemu:problem:emulator-not-connected")
                @JsonProperty(required = true)
                String type,
        @Schema(description = "The kind of problem in words.") @JsonProperty(required = true) String title,
        @Schema(description = "HTTP status.") @JsonProperty(required = true) int status,
        @Schema(description = "What was found, what was expected, what to do.") @JsonProperty(required = true)
                String detail) {

    /** Media type of RFC 9457. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A problem of this kind. */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type.urn(), type.title(), type.status(), detail);
    }

    /** As an answer. */
    public Response response() {
        return Response.status(status).type(MEDIA_TYPE).entity(this).build();
    }
}
