/**
 * RTP and RTCP as bytes: packets of VP8 (RFC 7741) and Opus (RFC 7587), the history they are kept in, sender reports and
 * receiver feedback (RFC 3550, RFC 4585). No sockets, no encryption, no viewers. Not thread-safe: everything here
 * belongs to the fan-out's thread.
 */
package org.macemu.webrtc.media.lane.shared.rtp;
