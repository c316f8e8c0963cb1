package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;

/** A way to a peer that a connectivity check came from. Belongs to the event loop's thread. */
sealed interface Path permits UdpPath, TcpConnection {

    /** Where the peer is, as seen from here. */
    InetSocketAddress remote();

    /** {@code udp} or {@code tcp}, for logs. */
    String protocol();

    /**
     * Sends one packet, or takes all of it for sending.
     *
     * @return false when the socket cannot take it now; nothing was sent, and the event loop calls its client again
     *     when it can
     */
    boolean send(byte[] packet, int offset, int length);

    /** Whether {@link #send} has a chance now. */
    boolean writable();

    /** Whether packets get lost on this path rather than late. */
    default boolean lossy() {
        return true;
    }

    /** The peer is done with this path. */
    void release();
}
