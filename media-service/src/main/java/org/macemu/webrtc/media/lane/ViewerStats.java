package org.macemu.webrtc.media.lane;

/**
 * Figures of one viewer.
 *
 * @param connected media flows
 * @param packetsSent RTP packets of both tracks
 * @param bytesSent RTP bytes of both tracks, headers included
 * @param packetsLost as the receiver reported, cumulative
 * @param roundTripMillis latest estimate, NaN when unknown
 * @param estimatedBitsPerSecond what the receiver says its network carries, 0 when unknown
 */
public record ViewerStats(
        boolean connected,
        long packetsSent,
        long bytesSent,
        long packetsLost,
        double roundTripMillis,
        long estimatedBitsPerSecond) {}
