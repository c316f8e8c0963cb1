package org.macemu.webrtc.signaling.service;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.macemu.webrtc.api.access.AccessRefused;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.access.FailureLimit;
import org.macemu.webrtc.api.access.RoleClaim;
import org.macemu.webrtc.signaling.config.SignalingConfig;

/** The tokens of this server, when a key file is configured; without one everybody is an owner. Thread-safe. */
@Startup
@Singleton
public class Access {

    private final Optional<AccessTokens> tokens;
    private final String own;
    private final FailureLimit failures = new FailureLimit();

    @Inject
    Access(SignalingConfig config) {
        this.own = config.access().session();
        this.tokens = config.access().keyFile().map(file -> {
            try {
                return new AccessTokens(
                        file,
                        config.access().session(),
                        new AccessTokens.Foreign(
                                config.access().issuer(),
                                RoleClaim.of(
                                        config.access().roleClaim(),
                                        config.access().roleNames().orElse(List.of()))));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("signaling-service: macemu.access.role-names: " + e.getMessage());
            } catch (IOException e) {
                throw new ConfigurationException("signaling-service: macemu.access.key-file: " + e.getMessage());
            }
        });
    }

    /** Empty when nobody needs a token. */
    public Optional<AccessTokens> tokens() {
        return tokens;
    }

    /**
     * Whether a token that was good when it was shown is so still: its key may have been taken away meanwhile.
     *
     * @param session it was shown for; empty for this server's own
     */
    public boolean counts(String token, Optional<String> session) {
        if (tokens.isEmpty()) {
            return true;
        }
        try {
            tokens.get().verifyFor(token, session.orElse(own));
            return true;
        } catch (AccessRefused e) {
            return false;
        }
    }

    /** How often bad tokens may be tried. */
    public FailureLimit failures() {
        return failures;
    }
}
