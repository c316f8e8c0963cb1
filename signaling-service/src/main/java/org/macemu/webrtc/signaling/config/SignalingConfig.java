package org.macemu.webrtc.signaling.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.macemu.webrtc.api.access.AccessConfig;
import org.macemu.webrtc.api.client.MediaConfig;

/**
 * Configuration of the signaling-service. Every property is also an environment variable: {@code macemu.media.port} is
 * {@code MACEMU_MEDIA_PORT}. The address listened on is {@code quarkus.http.host} and {@code quarkus.http.port}.
 */
@ConfigMapping(prefix = "macemu")
public interface SignalingConfig {

    /**
     * Origins ({@code https://mac.example.org}) whose pages may open a WebSocket, besides pages of the same host and of
     * loopback.
     */
    Optional<List<String>> allowedOrigins();

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
    AccessConfig access();

    /** Where the media-service is and how patiently it is called. */
    Media media();

    /** How browsers are treated. */
    Signaling signaling();

    /** Where viewers are served. */
    Placement placement();

    /** The media-service, and how patiently it is called. */
    interface Media extends MediaConfig {

        /** How long it may take to welcome a viewer before the call is given up and tried again. */
        @WithDefault("5s")
        Duration welcomeTimeout();

        /** How long it may take to complete a call after the browser left before the call is reset. */
        @WithDefault("5s")
        Duration completionTimeout();

        /**
         * How often a call asks whether the media-service is still there (HTTP/2 PING). One that has not answered by
         * the next time is lost: a machine that vanished closes no connection.
         */
        @WithDefault("10s")
        Duration pingInterval();

        /** Wait before the first new attempt when it cannot be reached; doubled each time. */
        @WithDefault("250ms")
        Duration retryInitial();

        /** Longest wait between two attempts. */
        @WithDefault("2s")
        Duration retryMax();
    }

    /** Audience beyond one machine. */
    interface Placement {

        /** Edges of one Mac at most: each is asked for its load twice a second. Those beyond are not used. */
        int MAX_EDGES = 256;

        /**
         * {@code host:port} of media-services that are edges. Every address behind a name is one; names are looked up again
         * every five seconds, and the JVM remembers an answer for thirty. Without edges the origin, {@code macemu.media},
         * serves everybody.
         */
        Optional<List<String>> edges();

        /** Viewers at the origin before edges are used; those who may hold the controls go there in any case. */
        @WithDefault("50")
        int originViewers();
    }

    /** Browsers. */
    interface Signaling {

        /** How often a browser is told to send {@code ping}. */
        @WithDefault("15s")
        Duration heartbeat();

        /** A browser that sends nothing for this long is closed: three heartbeats. */
        @WithDefault("45s")
        Duration silence();

        /** A browser that has not taken a message from its socket after this long is closed. */
        @WithDefault("10s")
        Duration sendTimeout();

        /** WebSockets open at the same time, over all addresses. */
        @WithDefault("1000")
        int maxBrowsers();

        /** WebSockets one address (IPv6: one /64) may open per second in the long run. */
        @WithDefault("10")
        double joinsPerSecond();

        /** WebSockets one address may open at once before the rate above limits it. */
        @WithDefault("100")
        int joinBurst();

        /**
         * Messages one browser may send per second in the long run; twice as many at once. A mouse reports at most
         * 1,000 moves a second.
         */
        @WithDefault("1500")
        int messagesPerSecond();
    }
}
