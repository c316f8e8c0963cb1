package org.macemu.webrtc.signaling.placement;

import io.vertx.core.net.SocketAddress;

/**
 * A media-service that takes viewers.
 *
 * @param edge whether it is an edge: everybody watches there and nobody steers
 */
public record Place(SocketAddress address, boolean edge) {

    /** For logs: {@code edge 10.0.0.7:8010}. */
    @Override
    public String toString() {
        return (edge ? "edge " : "origin ") + address.host() + ":" + address.port();
    }
}
