/**
 * One UDP port and the same TCP port for all viewers: ICE-lite (RFC 8445), STUN (RFC 8489), DTLS 1.2 (RFC 6347), SRTP
 * (RFC 3711, RFC 5764, RFC 7714), framing on TCP (RFC 4571, RFC 6544). One event loop thread owns the sockets and every
 * peer's state; handshakes run on virtual threads. Nothing here knows what the packets contain.
 *
 * <p>Peers that did not prove the password of their offer's answer cost a table look-up and nothing that lasts.
 */
package org.macemu.webrtc.media.lane.shared.transport;
