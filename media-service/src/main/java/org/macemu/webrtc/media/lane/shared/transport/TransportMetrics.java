package org.macemu.webrtc.media.lane.shared.transport;

/** What the transport counts. Called by the event loop's thread; implementations never block. */
public interface TransportMetrics {

    /** Why something that arrived, or was to be sent, went nowhere. */
    enum Drop {
        /** From an address no check was ever accepted from. */
        UNKNOWN_PEER,
        /** Not STUN, DTLS, RTP or RTCP, or cut short. */
        MALFORMED,
        /** A check for credentials that nobody has (any more), or with the wrong password. */
        UNAUTHENTIC_CHECK,
        /** SRTP or SRTCP that does not authenticate. */
        UNAUTHENTIC_PACKET,
        /** More handshake data than a handshake needs. */
        HANDSHAKE_OVERFLOW,
        /** A TCP connection beyond the limit, or one that did not authenticate in time. */
        TCP_CONNECTION,
        /** The kernel's send buffer was full. */
        SEND_BUFFER,
        /** The kernel refused to send or receive. */
        SOCKET_ERROR
    }

    void dropped(Drop cause);

    /** A DTLS handshake ended. */
    default void handshake(boolean successful, long nanos) {}
}
