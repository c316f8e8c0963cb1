package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;
import org.macemu.webrtc.media.lane.shared.rtp.Numbering;
import org.macemu.webrtc.media.lane.shared.rtp.PacketHistory;
import org.macemu.webrtc.media.lane.shared.rtp.RedundantAudio;
import org.macemu.webrtc.media.lane.shared.rtp.RtcpWriter;
import org.macemu.webrtc.media.lane.shared.rtp.RtpHeader;
import org.macemu.webrtc.media.lane.shared.rtp.Vp8Packetizer;
import org.macemu.webrtc.media.lane.shared.transport.IcePeer;
import org.macemu.webrtc.media.lane.shared.transport.PacketBuffer;
import org.macemu.webrtc.media.lane.shared.transport.SrtpSession;

/**
 * One track as one viewer gets it: a cursor into the shared history, and what makes the shared packets this viewer's:
 * payload type, SSRC, extension id, and {@link Numbering} of its own once it was spared packets. Belongs to the event
 * loop's thread.
 */
final class OutgoingTrack {

    private final PacketHistory history;
    private final IcePeer peer;
    private final SrtpSession.Outgoing srtp;
    private final PacketBuffer buffer;
    private final int payloadType;
    private final int ssrc;
    private final int extensionId;

    private long cursor = -1;
    private final Numbering numbering;

    /** Payload type of redundant sound; 0: sent plain. */
    private int redundantType;

    /**
     * Which form a packet was sent in is not remembered, and in the other one, under the same number, it would use the
     * cipher's nonce again (RFC 7714 section 8.1): a track that has had two forms sends nothing again.
     */
    private boolean twoForms;

    private long packets;
    private long bytes;
    private long payloadBytes;

    /** @param extensionId id of the playout-delay extension; 0: taken out of the packets */
    OutgoingTrack(
            PacketHistory history,
            IcePeer peer,
            SrtpSession.Outgoing srtp,
            PacketBuffer buffer,
            int payloadType,
            int ssrc,
            int extensionId) {
        this.history = history;
        this.peer = peer;
        this.srtp = srtp;
        this.buffer = buffer;
        this.payloadType = payloadType;
        this.ssrc = ssrc;
        this.extensionId = extensionId;
        this.numbering = new Numbering(history);
    }

    int ssrc() {
        return ssrc;
    }

    long packets() {
        return packets;
    }

    long bytes() {
        return bytes;
    }

    /** Bits of a packet on average: a quiet picture's are much smaller than the network allows. */
    double meanPacketBits() {
        return packets == 0 ? 8.0 * PacketHistory.SLOT_BYTES : 8.0 * bytes / packets;
    }

    /** Index of the next packet to send; -1 while waiting for a place to start. */
    long cursor() {
        return cursor;
    }

    boolean started() {
        return cursor >= 0;
    }

    /** Packets that wait to be sent to this viewer. */
    long behind() {
        if (cursor < 0) {
            return 0;
        }
        long head = history.head();
        long skipped = numbering.isBaseOnly() && cursor >= history.tail()
                ? history.upperPacketsBefore(head) - history.upperPacketsBefore(cursor)
                : 0;
        return head - cursor - skipped;
    }

    /** Leaves the upper temporal layer of the picture out from the next frame on, or no longer does. */
    void baseOnly(boolean only) {
        numbering.baseOnly(only, cursor);
    }

    boolean isBaseOnly() {
        return numbering.isBaseOnly();
    }

    /** Continues at {@code index}; the receiver sees no gap in the numbers. */
    void startAt(long index) {
        numbering.startAt(index);
        cursor = index;
    }

    /** Stops sending until {@link #startAt}. */
    void pause() {
        cursor = -1;
    }

    /** Sends each packet of sound together with the one before it from now on; 0: plain again. */
    void redundancy(int payloadTypeOfRed) {
        redundantType = payloadTypeOfRed;
        twoForms |= payloadTypeOfRed != 0;
    }

    /**
     * Sends waiting packets.
     *
     * @param limit at most this many
     * @param limitBytes no further one once so many bytes were sent
     * @return packets sent; fewer than were waiting when the network takes no more now
     */
    int pump(int limit, long limitBytes) throws GeneralSecurityException {
        int sent = 0;
        long until = bytes + limitBytes;
        while (sent < limit && bytes < until && cursor < history.head() && peer.writable()) {
            if (numbering.skips(cursor)) {
                numbering.skipped(cursor);
            } else if (send(cursor)) {
                numbering.sent();
                sent++;
            } else {
                break;
            }
            cursor++;
        }
        return sent;
    }

    /** Index of the packet the receiver knows by this number; -1 when it cannot be sent again. */
    long lookUp(int sequence) {
        return cursor < 0 || twoForms ? -1 : numbering.lookUp(sequence, cursor);
    }

    int length(long index) {
        return history.length(index);
    }

    /** Sends a packet again. @return bytes, or -1 when the network takes no more now */
    int resend(long index) throws GeneralSecurityException {
        return peer.writable() && send(index) ? history.length(index) : -1;
    }

    /** Sends a sender report with the figures of this viewer. */
    void report(long ntp, int timestamp, String cname) throws GeneralSecurityException {
        buffer.set(
                RtcpWriter.senderReport(buffer.getBuffer(), 0, ssrc, ntp, timestamp, packets, payloadBytes, cname));
        srtp.protectRtcp(buffer);
        peer.send(buffer.getBuffer(), buffer.getOffset(), buffer.getLength());
    }

    /** Writes the packet with the one before it as redundancy. @return length, 0 when it has to go alone */
    private int redundant(byte[] b, long index) {
        long before = index - 1;
        return before >= numbering.oldest() && history.contains(before)
                ? RedundantAudio.write(
                        b,
                        payloadType,
                        history.bytes(),
                        history.offset(index),
                        history.length(index),
                        history.offset(before),
                        history.length(before))
                : 0;
    }

    private boolean send(long index) throws GeneralSecurityException {
        byte[] b = buffer.getBuffer();
        byte[] source = history.bytes();
        int from = history.offset(index);
        int length = history.length(index);
        int type = payloadType;
        int redundant = redundantType == 0 ? 0 : redundant(b, index);
        if (redundant > 0) {
            type = redundantType;
            length = redundant;
        } else if (extensionId > 0 || !RtpHeader.hasExtension(source, from)) {
            System.arraycopy(source, from, b, 0, length);
            if (RtpHeader.hasExtension(b, 0)) {
                RtpHeader.setPlayoutDelayId(b, 0, extensionId);
            }
        } else {
            int skipped = RtpHeader.BYTES + RtpHeader.EXTENSION_BYTES;
            System.arraycopy(source, from, b, 0, RtpHeader.BYTES);
            System.arraycopy(source, from + skipped, b, RtpHeader.BYTES, length - skipped);
            RtpHeader.clearExtension(b, 0);
            length -= RtpHeader.EXTENSION_BYTES;
        }
        RtpHeader.setPayloadType(b, 0, type);
        RtpHeader.setSequence(b, 0, numbering.sequence(index));
        int framesLeftOut = numbering.framesLeftOut(index);
        if (framesLeftOut != 0) {
            Vp8Packetizer.rewritePictureId(b, 0, framesLeftOut);
        }
        RtpHeader.setSsrc(b, 0, ssrc);
        int headers = RtpHeader.BYTES + (RtpHeader.hasExtension(b, 0) ? RtpHeader.EXTENSION_BYTES : 0);
        buffer.set(length);
        srtp.protect(buffer);
        if (!peer.send(buffer.getBuffer(), buffer.getOffset(), buffer.getLength())) {
            return false;
        }
        packets++;
        bytes += length;
        payloadBytes += length - headers;
        return true;
    }
}
