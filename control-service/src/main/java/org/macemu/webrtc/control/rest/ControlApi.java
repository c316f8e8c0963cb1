package org.macemu.webrtc.control.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.macemu.webrtc.control.problem.Problem;

/** The REST API as a whole. */
@ApplicationPath("/api/v1")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "macemu-webrtc control API",
                        version = "1",
                        description = "Status, configuration and control of the Mac behind this server. Errors are"
                                + " RFC 9457 problem details with a stable type.",
                        license =
                                @License(
                                        name = "Apache-2.0",
                                        url = "https://www.apache.org/licenses/LICENSE-2.0.txt")),
        tags = {
            @Tag(name = "session", description = "What is streamed and how to connect to it"),
            @Tag(name = "sessions", description = "More Macs, where the server runs in a Kubernetes cluster"),
            @Tag(name = "access", description = "Invitation links, where the server asks for tokens"),
            @Tag(name = "screen", description = "The Mac's picture, keyboard and mouse for programs"),
            @Tag(name = "viewers", description = "Everybody who is connected"),
            @Tag(name = "storage", description = "ROMs, disk images and CD images"),
            @Tag(name = "emulator", description = "The Mac itself, through the emulator's control protocol")
        },
        components =
                @Components(
                        responses =
                                @APIResponse(
                                        name = ControlApi.PROBLEM,
                                        description = "What went wrong, with a stable type",
                                        content =
                                                @Content(
                                                        mediaType = Problem.MEDIA_TYPE,
                                                        schema = @Schema(implementation = Problem.class)))))
public class ControlApi extends Application {

    /** Name of the answer every operation can give ({@link ProblemAnswer}). */
    static final String PROBLEM = "Problem";
}
