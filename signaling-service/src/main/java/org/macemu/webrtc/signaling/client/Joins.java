package org.macemu.webrtc.signaling.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.Role;

/** What a media-service is told of whoever joins. */
public final class Joins {

    private Joins() {}

    /**
     * Everything but the viewer id.
     *
     * @param token what it showed to be let in; empty when nobody is asked for one
     */
    public static Join.Builder of(String remoteAddress, Optional<AccessToken> token, Role role) {
        Join.Builder join = Join.newBuilder().setRemoteAddress(remoteAddress).setRole(role);
        token.ifPresent(shown -> join.setName(shown.name()));
        // An owner sends a second tab or telephone of his own away, not himself; he could invite himself again anyway.
        token.filter(shown -> shown.role() != AccessRole.OWNER)
                .ifPresent(shown -> join.setToken(Join.Token.newBuilder()
                        .setId(digest(shown.id()))
                        .setExpiresMs(millis(shown.expires()))));
        return join;
    }

    /** A token may end later than milliseconds can be counted. */
    private static long millis(Instant end) {
        return Math.clamp(end.getEpochSecond(), 0, Long.MAX_VALUE / 1000) * 1000;
    }

    /** Whatever an issuer's ids are made of, this has 43 characters of base64url (RFC 4648, section 5). */
    private static String digest(String id) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
