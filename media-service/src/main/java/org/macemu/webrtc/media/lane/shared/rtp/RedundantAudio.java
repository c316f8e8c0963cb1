package org.macemu.webrtc.media.lane.shared.rtp;

/**
 * Puts a packet of sound together with the one before it (RFC 2198 section 3), so that a single loss is not heard and
 * nothing has to be asked for again.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1|   block PT  |   timestamp offset        |   block length    |  the packet before
 * |0|   block PT  |  its data ... data of this packet ...         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class RedundantAudio {

    private static final int HEADERS = 5;
    private static final int MAX_OFFSET = (1 << 14) - 1;
    private static final int MAX_BLOCK = (1 << 10) - 1;

    private RedundantAudio() {}

    /**
     * Writes header and payload.
     *
     * @param target receives the packet from its beginning; as large as two packets
     * @param payloadType of the plain packets
     * @param source holds both packets, without header extensions
     * @return length, 0 when the two do not fit together: too far apart, or too long
     */
    public static int write(
            byte[] target, int payloadType, byte[] source, int at, int length, int atBefore, int lengthBefore) {
        int offset = RtpHeader.getInt(source, at + 4) - RtpHeader.getInt(source, atBefore + 4);
        int before = lengthBefore - RtpHeader.BYTES;
        int total = length + HEADERS + before;
        if (offset <= 0 || offset > MAX_OFFSET || before > MAX_BLOCK || total > PacketHistory.SLOT_BYTES - 16) {
            return 0;
        }
        System.arraycopy(source, at, target, 0, RtpHeader.BYTES);
        int p = RtpHeader.BYTES;
        RtpHeader.putInt(target, p, 0x80000000 | payloadType << 24 | offset << 10 | before);
        target[p + 4] = (byte) payloadType;
        System.arraycopy(source, atBefore + RtpHeader.BYTES, target, p + HEADERS, before);
        System.arraycopy(source, at + RtpHeader.BYTES, target, p + HEADERS + before, length - RtpHeader.BYTES);
        return total;
    }
}
