package org.macemu.webrtc.control.access;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.access.FailureLimit;
import org.macemu.webrtc.control.config.ControlConfig;

/** The tokens of this server, when a key file is configured; without one everybody is an owner. Thread-safe. */
@Startup
@Singleton
public class Access {

    private final Optional<AccessTokens> tokens;
    private final FailureLimit failures = new FailureLimit();

    @Inject
    Access(ControlConfig config) {
        this.tokens = config.access().keyFile().map(file -> {
            try {
                return new AccessTokens(file, config.access().session());
            } catch (IOException e) {
                throw new ConfigurationException("control-service: macemu.access.key-file: " + e.getMessage());
            }
        });
    }

    /** Empty when nobody needs a token. */
    public Optional<AccessTokens> tokens() {
        return tokens;
    }

    /** How often bad tokens may be tried. */
    public FailureLimit failures() {
        return failures;
    }
}
