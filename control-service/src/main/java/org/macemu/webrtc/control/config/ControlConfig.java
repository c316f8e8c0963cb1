package org.macemu.webrtc.control.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Configuration of the control-service. Every property is also an environment variable: {@code macemu.media.port} is
 * {@code MACEMU_MEDIA_PORT}. The address listened on is {@code quarkus.http.host} and {@code quarkus.http.port}.
 */
@ConfigMapping(prefix = "macemu")
public interface ControlConfig {

    /**
     * Host names a request may be addressed to while the service listens on loopback, besides loopback's own names.
     * A reverse proxy on the same machine needs its public name here; everything else would be DNS rebinding.
     */
    Optional<List<String>> allowedHosts();

    /**
     * Listens on an address other machines can reach although nobody is asked for a password; read by
     * {@link org.macemu.webrtc.api.http.ListenCheck}.
     */
    @WithDefault("false")
    boolean insecureBind();

    /** Who is asked for a token. */
    Access access();

    /** Where the media-service is and how patiently it is called. */
    Media media();

    /** Where browsers find the signaling-service. */
    Signaling signaling();

    /** Access tokens. */
    interface Access {

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

        /** How long somebody stays signed in whom the OpenID Connect provider has vouched for. */
        @WithDefault("8h")
        Duration loginValidity();

        /** Beginning of invitation links ({@code https://mac.example.org}) instead of the address of the request. */
        Optional<String> publicUrl();
    }

    /** The media-service. */
    interface Media {

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

        /** How long a whole call to it may take, the emulator's answer included. */
        @WithDefault("5s")
        Duration callTimeout();

        /**
         * How long a screenshot may take. A full screen of noise is 8 MB: half a second to compress on an idle core and
         * as long again on its way; a machine that encodes for an audience takes ten times that.
         */
        @WithDefault("15s")
        Duration screenshotTimeout();

        /**
         * How long a call about files may take, besides the files' bytes: two answers of the emulator, and a disk that
         * reads every new ROM once.
         */
        @WithDefault("20s")
        Duration storageTimeout();

        /** How long the bytes of a file may rest on their way before the transfer is given up. */
        @WithDefault("60s")
        Duration transferTimeout();
    }

    /** The signaling-service as browsers see it. */
    interface Signaling {

        /**
         * Its whole WebSocket address ({@code wss://mac.example.org/signaling}), where port and path beside the page's
         * own host name do not lead to it.
         */
        Optional<String> url();

        /** Its port on the host that serves the page. */
        @WithDefault("8090")
        int port();

        /** Its path. */
        @WithDefault("/signaling")
        String path();
    }
}
