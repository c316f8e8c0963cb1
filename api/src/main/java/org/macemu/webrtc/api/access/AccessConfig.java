package org.macemu.webrtc.api.access;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which access tokens count: {@code macemu.access.*}, part of the configuration of every service that looks at them. */
public interface AccessConfig {

    /**
     * Keys that sign and check tokens, one per line: base64url of at least 32 random bytes; the last one signs.
     * PEM blocks of RSA or EC public keys check tokens that are signed elsewhere (RS256, ES256, ES384, ES512).
     * Read again when it changes. Without it nobody is asked for a token, and everybody is an owner.
     */
    Optional<Path> keyFile();

    /** The session that tokens are for; those of another one are refused. */
    @WithDefault("mac")
    String session();

    /** {@code iss} of tokens that are checked with a public key of the key file; any, when it is not set. */
    Optional<String> issuer();

    /**
     * The claim of others' tokens that says what their bearer may do: a text or a list of them; {@code /} leads
     * into objects: {@code realm_access/roles}.
     */
    @WithDefault("role")
    String roleClaim();

    /**
     * What others call the roles: {@code mac-admins=owner,mac-users=controller,everybody=guest}. Without it they
     * are called guest, controller and owner.
     */
    Optional<List<String>> roleNames();
}
