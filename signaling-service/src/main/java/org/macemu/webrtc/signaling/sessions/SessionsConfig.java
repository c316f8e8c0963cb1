package org.macemu.webrtc.signaling.sessions;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Sessions in a Kubernetes cluster. The chart sets all of this. */
@ConfigMapping(prefix = "macemu.sessions")
public interface SessionsConfig {

    /** Whether there are more Macs than this server's own. */
    @WithDefault("false")
    boolean enabled();

    /** Namespace of the Macs. */
    @WithDefault("default")
    String namespace();

    /** The Helm release they belong to: the label {@code app.kubernetes.io/instance}. */
    @WithDefault("macemu")
    String release();

    /** Name of the headless Service of their pods; with the namespace, the domain of the names in their certificate. */
    @WithDefault("macemu-sessions")
    String service();

    /** Beginning of the pods' names; a session's name and {@code -0} follow. */
    @WithDefault("macemu-s-")
    String prefix();

    /** Port of the media-services' gRPC. */
    @WithDefault("8010")
    int mediaPort();
}
