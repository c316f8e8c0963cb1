package org.macemu.webrtc.media.lane.shared.rtp;

/**
 * The fixed RTP header and the one header extension of this product (RFC 3550 section 5.1, RFC 8285 section 4.2).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |  0
 * |                           timestamp                           |  4
 * |                             SSRC                              |  8
 * |       0xBE    |    0xDE       |           length=1            | 12  only when X
 * |  id   | len=2 |   min delay = 0       |    max delay = 0      | 16  playout-delay
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * The playout-delay extension (http://www.webrtc.org/experiments/rtp-hdrext/playout-delay) of 0/0 tells the receiver
 * to show a picture as soon as it is complete.
 */
public final class RtpHeader {

    public static final int BYTES = 12;
    public static final int EXTENSION_BYTES = 8;

    public static final String PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

    private static final int VERSION_2 = 0x80;
    private static final int EXTENSION_BIT = 0x10;
    private static final int MARKER_BIT = 0x80;

    private RtpHeader() {}

    /** Writes the fixed header without payload type and SSRC, which are the viewer's. */
    public static void write(byte[] b, int at, boolean marker, int sequence, int timestamp) {
        b[at] = (byte) VERSION_2;
        b[at + 1] = (byte) (marker ? MARKER_BIT : 0);
        putShort(b, at + 2, sequence);
        putInt(b, at + 4, timestamp);
        putInt(b, at + 8, 0);
    }

    /** Writes the extension block behind the fixed header and sets the X bit; the id is the viewer's. */
    public static void writePlayoutDelay(byte[] b, int at) {
        b[at] |= EXTENSION_BIT;
        putInt(b, at + BYTES, 0xBEDE0001);
        putInt(b, at + BYTES + 4, 0x02000000);
    }

    public static void setPlayoutDelayId(byte[] b, int at, int id) {
        b[at + BYTES + 4] = (byte) (id << 4 | 2);
    }

    /** Whether the extension is there. */
    public static boolean hasExtension(byte[] b, int at) {
        return (b[at] & EXTENSION_BIT) != 0;
    }

    public static void clearExtension(byte[] b, int at) {
        b[at] &= ~EXTENSION_BIT;
    }

    public static void setPayloadType(byte[] b, int at, int payloadType) {
        b[at + 1] = (byte) (b[at + 1] & MARKER_BIT | payloadType);
    }

    public static void setSequence(byte[] b, int at, int sequence) {
        putShort(b, at + 2, sequence);
    }

    public static void setSsrc(byte[] b, int at, int ssrc) {
        putInt(b, at + 8, ssrc);
    }

    static void putShort(byte[] b, int at, int value) {
        b[at] = (byte) (value >> 8);
        b[at + 1] = (byte) value;
    }

    static void putInt(byte[] b, int at, int value) {
        b[at] = (byte) (value >> 24);
        b[at + 1] = (byte) (value >> 16);
        b[at + 2] = (byte) (value >> 8);
        b[at + 3] = (byte) value;
    }

    static int getShort(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }

    static int getInt(byte[] b, int at) {
        return getShort(b, at) << 16 | getShort(b, at + 2);
    }
}
