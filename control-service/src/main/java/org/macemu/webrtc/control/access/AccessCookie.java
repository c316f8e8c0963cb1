package org.macemu.webrtc.control.access;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.core.NewCookie;
import org.macemu.webrtc.api.access.AccessToken;

/** The cookie that carries a token: no script reads it, no other site's page sends it. */
public final class AccessCookie {

    private AccessCookie() {}

    /** @param seconds until the browser forgets it; 0: at once */
    public static NewCookie of(String token, int seconds, HttpServerRequest request) {
        return new NewCookie.Builder(AccessToken.COOKIE)
                .value(token)
                .path("/")
                .maxAge(seconds)
                .httpOnly(true)
                .secure(isSecure(request))
                .sameSite(NewCookie.SameSite.STRICT)
                .build();
    }

    /** Whether the browser's own connection is encrypted, a proxy's word included. */
    public static boolean isSecure(HttpServerRequest request) {
        return request.isSSL() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
    }
}
