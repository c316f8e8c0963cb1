package org.macemu.webrtc.control.sessions;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** More Macs in a Kubernetes cluster. The chart sets all of this. */
@ConfigMapping(prefix = "macemu.sessions")
public interface SessionsConfig {

    /** Whether Macs can be made here. Without it there is one session, named as {@code macemu.access.session}. */
    @WithDefault("false")
    boolean enabled();

    /**
     * Folder of the pattern: {@code statefulset.yaml}, {@code claim.yaml} and {@code services.yaml}; with edges, {@code
     * edges.yaml}.
     */
    Optional<Path> template();

    /** Namespace of the Macs. */
    @WithDefault("default")
    String namespace();

    /** The Helm release they belong to: the label {@code app.kubernetes.io/instance}. */
    @WithDefault("macemu")
    String release();

    /** Name of the headless Service of their pods; with the namespace, the domain of the names in their certificate. */
    @WithDefault("macemu-sessions")
    String service();

    /** Macs at most, running or not. */
    @WithDefault("50")
    int max();

    /** A Mac that nobody has watched for so long is suspended; 0: never. */
    @WithDefault("30m")
    Duration idleTimeout();

    /** How often a running Mac's audience is asked for. */
    @WithDefault("30s")
    Duration idleCheck();

    /** First media port. */
    @WithDefault("30200")
    int firstPort();

    /** Last media port. */
    @WithDefault("30299")
    int lastPort();

    /** Port of the media-services' gRPC. */
    @WithDefault("8010")
    int mediaPort();

    /** Edges of these Macs. */
    Edges edges();

    /** Media-services that pass on what a Mac's own one encodes. */
    interface Edges {

        /** Edges of one Mac at most; 0: no Mac has any, and none are looked for. */
        @WithDefault("0")
        int max();

        /**
         * Media port of the edges of the Mac whose own port is the first one; those of the Mac at the next port have the
         * next one, and so on. 0: all have the pattern's.
         */
        @WithDefault("0")
        int firstPort();
    }
}
