package org.macemu.webrtc.api.client;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where the media-service is: {@code macemu.media.*}, part of the configuration of every service that calls it. */
public interface MediaConfig {

    /** Host name or address of the media-service. */
    @WithDefault("127.0.0.1")
    String host();

    /** Its HTTP port, which carries gRPC too. */
    @WithDefault("8010")
    int port();

    /**
     * Folder of certificates for mutual TLS with it: {@code tls.crt}, {@code tls.key} and {@code ca.crt}, read
     * again when they change. Empty: plain text.
     */
    Optional<Path> tlsFolder();

    /** How long a TCP connection to it may take. */
    @WithDefault("2s")
    Duration connectTimeout();
}
