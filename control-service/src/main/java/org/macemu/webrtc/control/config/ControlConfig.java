package org.macemu.webrtc.control.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.macemu.webrtc.api.access.AccessConfig;
import org.macemu.webrtc.api.client.MediaConfig;

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

    /** Access tokens, those that this service gives among them. */
    interface Access extends AccessConfig {

        /** How long somebody stays signed in whom the OpenID Connect provider has vouched for. */
        @WithDefault("8h")
        Duration loginValidity();

        /** Beginning of invitation links ({@code https://mac.example.org}) instead of the address of the request. */
        Optional<String> publicUrl();
    }

    /** The media-service, and how patiently it is called. */
    interface Media extends MediaConfig {

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
