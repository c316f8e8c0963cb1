package org.macemu.webrtc.control.edges;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Edges in a Kubernetes cluster. The chart sets all of this. */
@ConfigMapping(prefix = "macemu.edges")
public interface EdgesConfig {

    /** Whether Kubernetes is told how many viewers each edge has, so that the emptiest one ends first. */
    @WithDefault("false")
    boolean deletionCost();

    /** Namespace of the edges. */
    @WithDefault("default")
    String namespace();

    /** The Helm release they belong to: the label {@code app.kubernetes.io/instance}. */
    @WithDefault("macemu")
    String release();

    /** Name of the headless Service of their pods; with the namespace, the domain of the names in their certificate. */
    @WithDefault("macemu-edge")
    String service();

    /** Port of their gRPC. */
    @WithDefault("8010")
    int mediaPort();

    /** How often edges are asked for their viewers. */
    @WithDefault("30s")
    Duration period();

    /** What was written about a pod stands for so long: Kubernetes asks for few writes. */
    @WithDefault("60s")
    Duration pause();
}
