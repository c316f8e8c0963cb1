package org.macemu.webrtc.media.lane.shared.rtp;

/**
 * Cuts VP8 frames into RTP packets (RFC 7741 section 4.2), straight into the history.
 *
 * <pre>
 *        0 1 2 3 4 5 6 7
 *       +-+-+-+-+-+-+-+-+
 *       |X|R|N|S|R| PID |   X = 1; N: no later frame needs this one; S: first packet of the frame; PID 0
 *       |I|L|T|K|  RSV  |   I = 1; L and T with two temporal layers
 *       |M| PictureID   |   M = 1: 15 bits
 *       |   PictureID   |
 *       |   TL0PICIDX   |   L
 *       |TID|Y| KEYIDX  |   T; Y: needs only the base layer
 *       +-+-+-+-+-+-+-+-+
 * </pre>
 *
 * All packets of a frame but the last have the same size, so that they can be sent as one segmented datagram.
 */
public final class Vp8Packetizer {

    /** Bytes of the SRTP tag that a packet grows by (RFC 7714: 16). */
    private static final int TAG_BYTES = 16;

    private final PacketHistory history;
    private final boolean layers;
    private final int descriptorBytes;
    private final int maxPayload;
    private int pictureId;
    private int baseLayerIndex;

    /**
     * @param firstPictureId of the first frame, lower 15 bits
     * @param layers whether frames have temporal layers
     */
    public Vp8Packetizer(PacketHistory history, int firstPictureId, boolean layers) {
        this.history = history;
        this.layers = layers;
        this.pictureId = firstPictureId & 0x7fff;
        this.descriptorBytes = layers ? 6 : 4;
        this.maxPayload = PacketHistory.SLOT_BYTES
                - RtpHeader.BYTES
                - RtpHeader.EXTENSION_BYTES
                - descriptorBytes
                - TAG_BYTES;
    }

    /** Packets a frame of this size takes. */
    public int packets(int frameLength) {
        return (frameLength + maxPayload - 1) / maxPayload;
    }

    /**
     * Adds a frame to the history.
     *
     * @param timestamp RTP time, 90 kHz
     * @param layer temporal layer, 0 or 1
     * @return number of packets
     */
    public int add(byte[] frame, int length, boolean keyFrame, int layer, int timestamp) {
        int count = packets(length);
        if (count > history.capacity() / 2) {
            throw new IllegalArgumentException(
                    "frame of " + length + " bytes needs " + count + " packets; the history holds "
                            + history.capacity());
        }
        if (layer == 0) {
            baseLayerIndex = baseLayerIndex + 1 & 0xff;
        }
        int size = (length + count - 1) / count;
        byte[] b = history.bytes();
        for (int i = 0, from = 0; i < count; i++, from += size) {
            int payload = Math.min(size, length - from);
            int at = history.nextOffset();
            RtpHeader.write(b, at, i == count - 1, (int) history.head() & 0xffff, timestamp);
            RtpHeader.writePlayoutDelay(b, at);
            int p = at + RtpHeader.BYTES + RtpHeader.EXTENSION_BYTES;
            b[p] = (byte) (0x80 | (layer > 0 ? 0x20 : 0) | (i == 0 ? 0x10 : 0));
            b[p + 1] = (byte) (layers ? 0xe0 : 0x80);
            RtpHeader.putShort(b, p + 2, 0x8000 | pictureId);
            if (layers) {
                b[p + 4] = (byte) baseLayerIndex;
                b[p + 5] = (byte) (layer << 6 | (layer > 0 ? 0x20 : 0));
            }
            System.arraycopy(frame, from, b, p + descriptorBytes, payload);
            history.add(p - at + descriptorBytes + payload, i == 0, keyFrame, layer > 0);
        }
        pictureId = pictureId + 1 & 0x7fff;
        return count;
    }

    /** Takes {@code frames} off the picture id of a packet, for a viewer that was not sent that many frames. */
    public static void rewritePictureId(byte[] b, int at, int frames) {
        int p = at + RtpHeader.BYTES + (RtpHeader.hasExtension(b, at) ? RtpHeader.EXTENSION_BYTES : 0) + 2;
        RtpHeader.putShort(b, p, 0x8000 | (RtpHeader.getShort(b, p) - frames & 0x7fff));
    }
}
