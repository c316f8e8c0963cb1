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

    private static final String SESSIONS = "/api/v1/sessions/";

    /** What is about a Mac, and so about another one when a session is named; all below {@code /api/v1/}. */
    private static final Set<String> MAC =
            Set.of("status", "config", "storage", "screenshot", "input", "viewers", "restart", "shutdown");

    private static final String API = "/api/v1/";

    private AccessRules() {}

    /** Whether a session named in the query is the one this path is about. */
    static boolean aboutMac(String path) {
        if (!path.startsWith(API)) {
            return false;
        }
        int end = path.indexOf('/', API.length());
        return MAC.contains(path.substring(API.length(), end < 0 ? path.length() : end));
    }

    /**
     * The session that a path is about, whose own tokens are good there: to look at it, to visit it and, an owner's, to
     * suspend and to resume it. Making, listing and deleting sessions is for an owner of this server's own.
     */
    static Optional<String> session(String method, String path) {
        if (!path.startsWith(SESSIONS) || method.equals("DELETE")) {
            return Optional.empty();
        }
        String rest = path.substring(SESSIONS.length());
        int end = rest.indexOf('/');
        String name = end < 0 ? rest : rest.substring(0, end);
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    /** Empty when no token is needed: the page's files, which hold nothing of the Mac, and health. */
    static Optional<AccessRole> needed(String method, String path) {
        if (PUBLIC.contains(path) || !path.startsWith("/api")) {
            return Optional.empty();
        }
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (reads && GUEST.contains(path)) {
            return Optional.of(AccessRole.GUEST);
        }
        if (session(method, path).isPresent() && (reads || method.equals("POST") && path.endsWith("/visits"))) {
            return Optional.of(AccessRole.GUEST);
        }
        return Optional.of(
                method.equals("POST") && path.equals("/api/v1/input") ? AccessRole.CONTROLLER : AccessRole.OWNER);
    }
}
