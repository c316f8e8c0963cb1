package org.macemu.webrtc.media.lane.shared.rtp;

/**
 * Puts Opus packets into RTP (RFC 7587 section 4): one packet each, 48 kHz clock, marker after silence that was not
 * sent.
 */
public final class OpusPacketizer {

    private final PacketHistory history;

    public OpusPacketizer(PacketHistory history) {
        this.history = history;
    }

    /** @return false when the packet is larger than a datagram of ours may be */
    public boolean add(byte[] opus, int length, boolean marker, int timestamp) {
        if (length > PacketHistory.SLOT_BYTES - RtpHeader.BYTES - 16) {
            return false;
        }
        int at = history.nextOffset();
        RtpHeader.write(history.bytes(), at, marker, (int) history.head() & 0xffff, timestamp);
        System.arraycopy(opus, 0, history.bytes(), at + RtpHeader.BYTES, length);
        history.add(RtpHeader.BYTES + length, true, true, false);
        return true;
    }
}
