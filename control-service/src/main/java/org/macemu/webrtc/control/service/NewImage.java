package org.macemu.webrtc.control.service;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.macemu.webrtc.api.grpc.CreateImageRequest;

/** An empty disk image that is wanted; the media-service, which knows the limits, checks name and size. */
public record NewImage(CreateImageRequest request) {

    private static final String EXAMPLE = "{\"name\":\"Games.img\",\"size\":104857600}";
    private static final String EXPECTED = EXAMPLE + " is expected, and format (none, hfs) and label if need be.";
    private static final Set<String> KEYS = Set.of("name", "size", "format", "label");

    /**
     * Reads the body of a POST.
     *
     * @throws InvalidRequest when it names no image
     */
    public static NewImage parse(byte[] body) throws InvalidRequest {
        JsonNode root = JsonBody.object(body, EXAMPLE);
        if (!root.path("name").isTextual() || !root.path("size").canConvertToLong()
                || !root.path("size").isIntegralNumber()) {
            throw new InvalidRequest("The body names no image and its size in bytes; " + EXPECTED);
        }
        for (var entry : root.properties()) {
            if (!KEYS.contains(entry.getKey())) {
                throw new InvalidRequest("The body has a key that is unknown here; " + EXPECTED);
            }
        }
        if (root.has("format") && !root.path("format").isTextual()
                || root.has("label") && !root.path("label").isTextual()) {
            throw new InvalidRequest("format or label is no text; " + EXPECTED);
        }
        return new NewImage(CreateImageRequest.newBuilder()
                .setName(root.path("name").textValue())
                .setSize(Math.max(0, root.path("size").longValue()))
                .setFormat(root.path("format").asText("none"))
                .setLabel(root.path("label").asText(""))
                .build());
    }
}
