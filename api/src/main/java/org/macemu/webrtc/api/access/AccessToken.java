package org.macemu.webrtc.api.access;

import java.time.Instant;

/**
 * A token whose signature, audience and time were checked.
 *
 * @param id unique among tokens; for logs
 * @param role what its bearer may do
 * @param name what the bearer is called, at most {@link #MAX_NAME} characters; may be empty
 * @param expires when it ends
 */
public record AccessToken(String id, AccessRole role, String name, Instant expires) {

    /** Characters of a name, as in {@code Join} of the contract. */
    public static final int MAX_NAME = 40;

    /** Name of the cookie that carries a token. A cookie is of a host, whatever the port: both services see it. */
    public static final String COOKIE = "macemu_access";

    /** What is written to logs: never the token itself. */
    @Override
    public String toString() {
        return role.text() + (name.isEmpty() ? "" : " \"" + name + '"') + " (" + id + ")";
    }
}
