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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Signs and checks access tokens: JSON Web Tokens (RFC 7519). This server's own are signed with HS256; those of others
 * with RS256, ES256, ES384 or ES512, whichever the public key in the key file is for. Thread-safe.
 *
 * <p>Own claims: {@code iss} macemu-webrtc, {@code aud} the session, {@code role}, {@code name} (may be absent),
 * {@code jti}, {@code iat}, {@code exp}. Of others: {@code aud} the session, {@code exp}, {@code jti} or {@code sub},
 * the claim of {@link Foreign}, and a name if there is one.
 */
public final class AccessTokens {

    private static final String ISSUER = "macemu-webrtc";

    /** A cookie has at most 4 KiB (RFC 6265 section 6.1). */
    private static final int MAX_TOKEN = 3_072;

    /** Three parts in base64url (RFC 7515 section 3.1): decoders take other alphabets, a token has one. */
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+){2}");

    /** Characters of an id that go into logs. */
    private static final int MAX_ID = 64;

    /**
     * What is expected of tokens that others have signed.
     *
     * @param issuer their {@code iss}; empty: not looked at, the key says who it was
     */
    public record Foreign(Optional<String> issuer, RoleClaim roles) {

        /** Any issuer, the claims of this server's own tokens. */
        public static final Foreign DEFAULT = new Foreign(Optional.empty(), RoleClaim.OWN);
    }

    private final AccessKeys keys;
    private final String session;
    private final Foreign foreign;

    /**
     * Reads the key file.
     *
     * @param session the session that tokens are for; those of another one are refused
     * @throws IOException with a sentence when it holds no usable keys
     */
    public AccessTokens(Path keyFile, String session) throws IOException {
        this(keyFile, session, Foreign.DEFAULT);
    }

    /**
     * Reads the key file.
     *
     * @param foreign what is expected of tokens that are checked with a public key
     * @throws IOException with a sentence when it holds no usable keys
     */
    public AccessTokens(Path keyFile, String session, Foreign foreign) throws IOException {
        this.keys = new AccessKeys(keyFile);
        this.session = session;
        this.foreign = foreign;
    }

    /** Whether this server signs tokens itself: without a secret, only whoever has the private keys does. */
    public boolean canIssue() {
        return keys.signing().isPresent();
    }

    /**
     * A new token, signed with the newest secret.
     *
     * @throws IllegalStateException when there is none, see {@link #canIssue}
     */
    public String issue(AccessRole role, String name, Duration validity) {
        return issue(session, role, name, validity);
    }

    /** Likewise, for a session that need not be this server's own. */
    public String issue(String audience, AccessRole role, String name, Duration validity) {
        SecretKey secret = keys.signing().orElseThrow(() -> new IllegalStateException(
                "the key file holds public keys only, which cannot sign; add a line of base64url"));
        Instant now = Instant.now();
        JwtClaimsBuilder claims = Jwt.claims()
                .issuer(ISSUER)
                .audience(audience)
                .claim("jti", UUID.randomUUID().toString())
                .claim("role", role.text())
                .issuedAt(now)
                .expiresAt(now.plus(validity));
        if (!name.isEmpty()) {
            claims.claim("name", name);
        }
        return claims.jws().algorithm(SignatureAlgorithm.HS256).sign(secret);
    }

    /**
     * Checks a token.
     *
     * @throws AccessRefused when it is forged, expired, of another session, or no token of ours
     */
    public AccessToken verify(String token) throws AccessRefused {
        return verify(token, Set.of(session));
    }

    /**
     * Checks a token for one of several sessions: it is for this session, or it is an owner's of this server's own
     * session, who is the administrator of all.
     *
     * @throws AccessRefused as above
     */
    public AccessToken verifyFor(String token, String other) throws AccessRefused {
        if (other.equals(session)) {
            return verify(token);
        }
        AccessToken checked = verify(token, Set.of(session, other));
        if (checked.role() == AccessRole.OWNER) {
            return checked;
        }
        return verify(token, Set.of(other));
    }

    /**
     * Checks a token, whichever session it is for: what it is good for is looked at where it is used.
     *
     * @throws AccessRefused when it is forged, expired, or no token of ours
     */
    public AccessToken verifyAny(String token) throws AccessRefused {
        return verify(token, null);
    }

    private AccessToken verify(String token, Set<String> audiences) throws AccessRefused {
        if (token.length() > MAX_TOKEN) {
            throw new AccessRefused("The token has " + token.length() + " characters; ours are shorter.");
        }
        if (!COMPACT.matcher(token).matches()) {
            throw new AccessRefused("The token is no JSON Web Token: three parts in base64url are expected.");
        }
        List<AccessKey> all = keys.all();
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                JsonWebToken read = new DefaultJWTParser().parse(token, context(all.get(i), audiences));
                return all.get(i) instanceof AccessKey.Secret ? own(read) : foreign(read);
            } catch (ParseException | RuntimeException e) {
                // The next key may fit; which check failed is nothing a forger should learn.
                continue;
            }
        }
        throw new AccessRefused("The token is not valid here, or not any more; ask an owner for a new link.");
    }

    private JWTAuthContextInfo context(AccessKey key, Set<String> audiences) {
        JWTAuthContextInfo context = new JWTAuthContextInfo();
        context.setSignatureAlgorithm(Set.of(key.algorithm()));
        context.setExpectedAudience(audiences);
        context.setRequireNamedPrincipal(false);
        context.setExpGracePeriodSecs(0);
        context.setClockSkew(0);
        switch (key) {
            case AccessKey.Secret secret -> {
                context.setSecretVerificationKey(secret.key());
                context.setIssuedBy(ISSUER);
                context.setRequiredClaims(Set.of("jti", "role", "exp", "iat"));
            }
            case AccessKey.Public open -> {
                context.setPublicVerificationKey(open.key());
                foreign.issuer().ifPresent(context::setIssuedBy);
                context.setRequiredClaims(Set.of("exp"));
            }
        }
        return context;
    }

    private static AccessToken own(JsonWebToken token) throws AccessRefused {
        AccessRole role = AccessRole.of(String.valueOf((Object) token.getClaim("role")))
                .orElseThrow(() -> new AccessRefused("The token has no role."));
        Object name = token.getClaim("name");
        String text = name == null ? "" : String.valueOf(name);
        if (text.length() > AccessToken.MAX_NAME) {
            throw new AccessRefused("The token's name is too long.");
        }
        return new AccessToken(token.getTokenID(), role, text, Instant.ofEpochSecond(token.getExpirationTime()));
    }

    private AccessToken foreign(JsonWebToken token) throws AccessRefused {
        AccessRole role = foreign.roles()
                .of(token)
                .orElseThrow(() -> new AccessRefused(
                        "The token gives no role here: its claim " + foreign.roles().path() + " has none of "
                                + foreign.roles().names().keySet() + "."));
        String id = token.getTokenID() != null ? token.getTokenID() : token.getSubject();
        if (id == null) {
            throw new AccessRefused("The token has neither a jti nor a sub.");
        }
        return new AccessToken(
                printable(id, MAX_ID), role, nameOf(token), Instant.ofEpochSecond(token.getExpirationTime()));
    }

    /** What somebody else's token calls its bearer, cut to what is shown here. */
    public static String nameOf(JsonWebToken token) {
        for (String claim : new String[] {"name", "preferred_username"}) {
            Object name = token.getClaim(claim);
            if (name != null && !String.valueOf(name).isBlank()) {
                return printable(String.valueOf(name), AccessToken.MAX_NAME);
            }
        }
        return "";
    }

    private static String printable(String text, int limit) {
        String plain = text.replaceAll("\\p{Cntrl}", "").strip();
        int end = Math.min(plain.length(), limit);
        return plain.substring(0, end > 0 && Character.isHighSurrogate(plain.charAt(end - 1)) ? end - 1 : end);
    }
}
