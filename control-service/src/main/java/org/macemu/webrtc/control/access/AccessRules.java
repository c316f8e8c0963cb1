package org.macemu.webrtc.control.access;

import java.util.Optional;
import java.util.Set;
import org.macemu.webrtc.api.access.AccessRole;

/** Which role each endpoint asks for. What is not named here is for owners. Stateless. */
final class AccessRules {

    /** Where people sign in with an OpenID Connect provider. */
    static final String LOGIN = "/api/v1/login";

    /** What a guest may read. */
    private static final Set<String> GUEST = Set.of(
            "/api/v1/status", "/api/v1/screenshot", "/api/v1/connection", "/api/status", "/api/screenshot");

    /** Signing in, the exchange of a link, and the API's description. */
    private static final Set<String> PUBLIC = Set.of(
            LOGIN, "/api/v1/session", "/api/v1/openapi", "/api/v1/openapi.json", "/api/v1/openapi.yaml");

    private AccessRules() {}

    /** Empty when no token is needed: the page's files, which hold nothing of the Mac, and health. */
    static Optional<AccessRole> needed(String method, String path) {
        if (PUBLIC.contains(path) || !path.startsWith("/api")) {
            return Optional.empty();
        }
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (reads && GUEST.contains(path)) {
            return Optional.of(AccessRole.GUEST);
        }
        return Optional.of(
                method.equals("POST") && path.equals("/api/v1/input") ? AccessRole.CONTROLLER : AccessRole.OWNER);
    }
}
