package org.macemu.webrtc.media.lane.shared.rtp;

/**
 * Reads compound RTCP packets of a receiver (RFC 3550 section 6, RFC 4585 section 6, RFC 5104 section 4.3.1,
 * draft-alvestrand-rmcat-remb). Hostile input: anything that does not fit ends the reading, what was read before
 * counts.
 */
public final class RtcpReader {

    private static final int RECEIVER_REPORT = 201;
    private static final int SENDER_REPORT = 200;
    private static final int TRANSPORT_FEEDBACK = 205;
    private static final int PAYLOAD_FEEDBACK = 206;
    private static final int NACK = 1;
    private static final int PLI = 1;
    private static final int FIR = 4;
    private static final int APPLICATION_FEEDBACK = 15;
    private static final int REMB = 'R' << 24 | 'E' << 16 | 'M' << 8 | 'B';
    private static final int FEEDBACK_HEADER = 12;
    private static final int REPORT_BLOCK = 24;

    /** Receives what a packet contains. */
    public interface Handler {

        /**
         * A report block about one of our streams.
         *
         * @param ssrc our stream
         * @param fractionLost of 256, since the previous report
         * @param packetsLost cumulative, signed 24 bits
         * @param highestSequence that was received, extended by the number of cycles (RFC 3550 section 6.4.1)
         * @param lastSenderReport middle 32 bits of the NTP time of our last report, 0 when none arrived
         * @param delaySinceLast since that report, 1/65536 s
         */
        void report(
                int ssrc,
                int fractionLost,
                int packetsLost,
                int highestSequence,
                int lastSenderReport,
                int delaySinceLast);

        /** A packet of a stream of ours is missing. */
        void nack(int ssrc, int sequence);

        /** PLI or FIR: the picture cannot be decoded any more. */
        void pictureLost(int ssrc);

        /** REMB: bits per second the receiver thinks its network carries. */
        void estimate(long bitsPerSecond);
    }

    private RtcpReader() {}

    /** Whether this looks like RTCP rather than RTP (RFC 5761 section 4). */
    public static boolean isRtcp(byte[] b, int at, int length) {
        return length >= 8 && (b[at] & 0xc0) == 0x80 && (b[at + 1] & 0xff) >= 192 && (b[at + 1] & 0xff) <= 223;
    }

    /**
     * Reads a compound packet.
     *
     * @return false when it is malformed
     */
    public static boolean read(byte[] b, int at, int length, Handler handler) {
        int end = at + length;
        int p = at;
        while (p < end) {
            if (end - p < 4 || (b[p] & 0xc0) != 0x80) {
                return false;
            }
            int size = (RtpHeader.getShort(b, p + 2) + 1) * 4;
            if (size > end - p) {
                return false;
            }
            int padding = (b[p] & 0x20) != 0 ? b[p + size - 1] & 0xff : 0;
            if (padding > size - 4) {
                return false;
            }
            if (!one(b, p, size - padding, handler)) {
                return false;
            }
            p += size;
        }
        return true;
    }

    private static boolean one(byte[] b, int p, int size, Handler handler) {
        int format = b[p] & 0x1f;
        return switch (b[p + 1] & 0xff) {
            case RECEIVER_REPORT -> reports(b, p + 8, p + size, format, handler);
            case SENDER_REPORT -> reports(b, p + 28, p + size, format, handler);
            case TRANSPORT_FEEDBACK -> size >= FEEDBACK_HEADER && (format != NACK || nacks(b, p, size, handler));
            case PAYLOAD_FEEDBACK -> size >= FEEDBACK_HEADER && payloadFeedback(b, p, size, format, handler);
            // SDES, BYE of a receive-only peer, APP and XR carry nothing needed.
            default -> true;
        };
    }

    private static boolean reports(byte[] b, int p, int end, int count, Handler handler) {
        if (count * REPORT_BLOCK > end - p) {
            return false;
        }
        for (int i = 0; i < count; i++, p += REPORT_BLOCK) {
            int lost = RtpHeader.getInt(b, p + 4);
            handler.report(
                    RtpHeader.getInt(b, p),
                    lost >>> 24,
                    lost << 8 >> 8,
                    RtpHeader.getInt(b, p + 8),
                    RtpHeader.getInt(b, p + 16),
                    RtpHeader.getInt(b, p + 20));
        }
        return true;
    }

    private static boolean nacks(byte[] b, int p, int size, Handler handler) {
        int ssrc = RtpHeader.getInt(b, p + 8);
        for (int i = p + FEEDBACK_HEADER; i + 4 <= p + size; i += 4) {
            int sequence = RtpHeader.getShort(b, i);
            int following = RtpHeader.getShort(b, i + 2);
            handler.nack(ssrc, sequence);
            for (int k = 1; following != 0; k++, following >>= 1) {
                if ((following & 1) != 0) {
                    handler.nack(ssrc, sequence + k & 0xffff);
                }
            }
        }
        return true;
    }

    private static boolean payloadFeedback(byte[] b, int p, int size, int format, Handler handler) {
        switch (format) {
            case PLI -> handler.pictureLost(RtpHeader.getInt(b, p + 8));
            case FIR -> {
                for (int i = p + FEEDBACK_HEADER; i + 8 <= p + size; i += 8) {
                    handler.pictureLost(RtpHeader.getInt(b, i));
                }
            }
            case APPLICATION_FEEDBACK -> {
                if (size < 20 || RtpHeader.getInt(b, p + 12) != REMB) {
                    return true;
                }
                int exponent = (b[p + 17] & 0xff) >> 2;
                long mantissa = (b[p + 17] & 3L) << 16 | RtpHeader.getShort(b, p + 18);
                handler.estimate(exponent > 44 ? Long.MAX_VALUE : mantissa << exponent);
            }
            default -> {
                return true;
            }
        }
        return true;
    }
}
