package org.macemu.webrtc.control.service;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.macemu.webrtc.api.grpc.Role;

/** What a viewer may do from now on: {@code {"role":"guest"}}, {@code controller} or {@code owner}. */
public record RoleChange(Role role) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Reads the body of a PATCH.
     *
     * @throws InvalidRequest when it names no role, or anything else
     */
    public static RoleChange parse(byte[] body) throws InvalidRequest {
        JsonNode root;
        try {
            root = body == null ? JSON.nullNode() : JSON.readTree(body);
        } catch (IOException e) {
            throw new InvalidRequest("The body is not JSON that can be read; {\"role\":\"controller\"} is expected.");
        }
        String name = root.isObject() && root.size() == 1 ? root.path("role").asText() : "";
        return new RoleChange(
                switch (name) {
                    case "guest" -> Role.ROLE_GUEST;
                    case "controller" -> Role.ROLE_CONTROLLER;
                    case "owner" -> Role.ROLE_OWNER;
                    default -> throw new InvalidRequest(
                            "The body names no role; {\"role\":\"guest\"}, controller or owner is expected.");
                });
    }
}
