package org.macemu.webrtc.control.access;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.access.FailureLimit;
import org.macemu.webrtc.api.access.RoleClaim;
import org.macemu.webrtc.control.config.ControlConfig;

/** The tokens of this server, when a key file is configured; without one everybody is an owner. Thread-safe. */
@Startup
@Singleton
public class Access {

    private final Optional<AccessTokens> tokens;
    private final RoleClaim roles;
    private final boolean login;
    private final FailureLimit failures = new FailureLimit();

    @Inject
    Access(
            ControlConfig config,
            @ConfigProperty(name = "quarkus.oidc.tenant-enabled", defaultValue = "false") boolean login) {
        this.login = login;
        try {
            this.roles = RoleClaim.of(
                    config.access().roleClaim(), config.access().roleNames().orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("control-service: macemu.access.role-names: " + e.getMessage());
        }
        this.tokens = config.access().keyFile().map(file -> {
            try {
                return new AccessTokens(
                        file,
                        config.access().session(),
                        new AccessTokens.Foreign(config.access().issuer(), roles));
            } catch (IOException e) {
                throw new ConfigurationException("control-service: macemu.access.key-file: " + e.getMessage());
            }
        });
        if (login && tokens.filter(AccessTokens::canIssue).isEmpty()) {
            throw new ConfigurationException("control-service: quarkus.oidc.tenant-enabled is true, and there is no"
                    + " secret to sign the tokens of those who sign in: set macemu.access.key-file"
                    + " (MACEMU_ACCESS_KEY_FILE) to a file with a line of base64url of at least 32 random bytes.");
        }
    }

    /** Empty when nobody needs a token. */
    public Optional<AccessTokens> tokens() {
        return tokens;
    }

    /** What other issuers' tokens say about roles. */
    public RoleClaim roles() {
        return roles;
    }

    /** Whether people can sign in with an OpenID Connect provider. */
    public boolean offersLogin() {
        return login;
    }

    /** How often bad tokens may be tried. */
    public FailureLimit failures() {
        return failures;
    }
}
