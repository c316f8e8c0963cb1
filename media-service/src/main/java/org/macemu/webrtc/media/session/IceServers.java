package org.macemu.webrtc.media.session;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.macemu.webrtc.api.grpc.IceServer;

/**
 * The STUN and TURN servers that a viewer is told. Immutable, thread-safe.
 *
 * <p>With a shared secret each viewer gets credentials of its own that end after a while, as "A REST API For Access To
 * TURN Services" (draft-uberti-behave-turn-rest-00, section 2.2) describes them and coturn checks them with
 * {@code use-auth-secret}: the user name is the end in seconds since 1970, a colon and the viewer's id; the password is
 * the base64 of its HMAC-SHA1 with the secret.
 */
public final class IceServers {

    private static final String HMAC = "HmacSHA1";

    private final List<String> urls;
    private final String username;
    private final String credential;
    private final byte[] secret;
    private final Duration validity;
    private final Clock clock;

    private IceServers(
            List<String> urls, String username, String credential, byte[] secret, Duration validity, Clock clock) {
        this.urls = List.copyOf(urls);
        this.username = username;
        this.credential = credential;
        this.secret = secret;
        this.validity = validity;
        this.clock = clock;
    }

    /** No servers: the usual case. */
    public static IceServers none() {
        return fixed(List.of(), "", "");
    }

    /** The same user name and password for everybody; both empty for STUN servers. */
    public static IceServers fixed(List<String> urls, String username, String credential) {
        return new IceServers(urls, username, credential, null, Duration.ZERO, Clock.systemUTC());
    }

    /**
     * Credentials of each viewer's own.
     *
     * @param secret shared with the TURN servers (coturn's {@code static-auth-secret})
     * @param validity how long they hold; a connection that stands is not ended by it
     * @throws IllegalArgumentException when the secret is empty or the validity is not positive
     */
    public static IceServers timeLimited(List<String> urls, String secret, Duration validity, Clock clock) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("the secret shared with the TURN servers is empty");
        }
        if (validity.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "credentials for TURN servers are to hold " + validity + "; a second at least is expected");
        }
        return new IceServers(urls, "", "", secret.getBytes(StandardCharsets.UTF_8), validity, clock);
    }

    /** What this viewer is told. */
    public List<IceServer> of(String viewerId) {
        if (urls.isEmpty()) {
            return List.of();
        }
        IceServer.Builder server = IceServer.newBuilder().addAllUrls(urls);
        if (secret == null) {
            return List.of(server.setUsername(username).setCredential(credential).build());
        }
        String user = clock.instant().plus(validity).getEpochSecond() + ":" + viewerId;
        return List.of(server.setUsername(user).setCredential(password(user)).build());
    }

    private String password(String user) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret, HMAC));
            return Base64.getEncoder().encodeToString(mac.doFinal(user.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java runtime has " + HMAC, e);
        }
    }
}
