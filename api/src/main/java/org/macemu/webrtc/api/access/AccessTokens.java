package org.macemu.webrtc.api.access;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.DefaultJWTParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.crypto.SecretKey;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Signs and checks access tokens: JSON Web Tokens (RFC 7519) with HS256 and nothing else. Thread-safe.
 *
 * <p>Claims: {@code iss} macemu-webrtc, {@code aud} the session, {@code role}, {@code name} (may be absent),
 * {@code jti}, {@code iat}, {@code exp}.
 */
public final class AccessTokens {

    private static final String ISSUER = "macemu-webrtc";

    /** A cookie has at most 4 KiB (RFC 6265 section 6.1). */
    private static final int MAX_TOKEN = 3_072;

    private final AccessKeys keys;
    private final String session;

    /**
     * Reads the key file.
     *
     * @param session the session that tokens are for; those of another one are refused
     * @throws IOException with a sentence when it holds no usable keys
     */
    public AccessTokens(Path keyFile, String session) throws IOException {
        this.keys = new AccessKeys(keyFile);
        this.session = session;
    }

    /** A new token, signed with the newest key. */
    public String issue(AccessRole role, String name, Duration validity) {
        Instant now = Instant.now();
        JwtClaimsBuilder claims = Jwt.claims()
                .issuer(ISSUER)
                .audience(session)
                .claim("jti", UUID.randomUUID().toString())
                .claim("role", role.text())
                .issuedAt(now)
                .expiresAt(now.plus(validity));
        if (!name.isEmpty()) {
            claims.claim("name", name);
        }
        return claims.jws()
                .algorithm(SignatureAlgorithm.HS256)
                .sign(keys.all().getLast());
    }

    /**
     * Checks a token.
     *
     * @throws AccessRefused when it is forged, expired, of another session, or no token of ours
     */
    public AccessToken verify(String token) throws AccessRefused {
        if (token.length() > MAX_TOKEN) {
            throw new AccessRefused("The token has " + token.length() + " characters; ours are shorter.");
        }
        List<SecretKey> all = keys.all();
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                return read(new DefaultJWTParser().parse(token, context(all.get(i))));
            } catch (ParseException | RuntimeException e) {
                // The next key may fit; which check failed is nothing a forger should learn.
                continue;
            }
        }
        throw new AccessRefused("The token is not valid here, or not any more; ask an owner for a new link.");
    }

    private JWTAuthContextInfo context(SecretKey key) {
        JWTAuthContextInfo context = new JWTAuthContextInfo();
        context.setSecretVerificationKey(key);
        context.setSignatureAlgorithm(Set.of(SignatureAlgorithm.HS256));
        context.setIssuedBy(ISSUER);
        context.setExpectedAudience(Set.of(session));
        context.setRequireNamedPrincipal(false);
        context.setRequiredClaims(Set.of("jti", "role", "exp", "iat"));
        context.setExpGracePeriodSecs(0);
        context.setClockSkew(0);
        return context;
    }

    private static AccessToken read(JsonWebToken token) throws AccessRefused {
        AccessRole role = AccessRole.of(String.valueOf((Object) token.getClaim("role")))
                .orElseThrow(() -> new AccessRefused("The token has no role."));
        Object name = token.getClaim("name");
        String text = name == null ? "" : String.valueOf(name);
        if (text.length() > AccessToken.MAX_NAME) {
            throw new AccessRefused("The token's name is too long.");
        }
        return new AccessToken(
                token.getTokenID(), role, text, Instant.ofEpochSecond(token.getExpirationTime()));
    }
}
