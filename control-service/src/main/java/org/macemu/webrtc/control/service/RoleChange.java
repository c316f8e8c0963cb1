package org.macemu.webrtc.control.service;

import com.fasterxml.jackson.databind.JsonNode;
import org.macemu.webrtc.api.grpc.Role;

/** What a viewer may do from now on: {@code {"role":"guest"}}, {@code controller} or {@code owner}. */
public record RoleChange(Role role) {

    /**
     * Reads the body of a PATCH.
     *
     * @throws InvalidRequest when it names no role, or anything else
     */
    public static RoleChange parse(byte[] body) throws InvalidRequest {
        JsonNode root = JsonBody.object(body, "{\"role\":\"controller\"}");
        String name = root.size() == 1 ? root.path("role").asText() : "";
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
