package org.macemu.webrtc.media.lane.shared.rtp;

import java.nio.charset.StandardCharsets;

/** Writes sender reports with the source description that goes with them (RFC 3550 sections 6.4.1 and 6.5). */
public final class RtcpWriter {

    private static final int SENDER_REPORT = 200;
    private static final int SOURCE_DESCRIPTION = 202;
    private static final int BYE = 203;
    private static final int CNAME = 1;

    /** Seconds from 1900 to 1970. */
    private static final long NTP_EPOCH = 2_208_988_800L;

    private RtcpWriter() {}

    /** Wall-clock time as NTP: seconds since 1900 in the upper half, fractions of 2^-32 s in the lower. */
    public static long ntp(long epochMillis) {
        return epochMillis / 1000 + NTP_EPOCH << 32 | (epochMillis % 1000 << 32) / 1000;
    }

    /**
     * Writes a compound packet: sender report without report blocks, source description with a CNAME.
     *
     * @param packets packets of this stream sent to this viewer, lower 32 bits count
     * @param payloadBytes likewise
     * @param cname ASCII, at most 64 characters; the same for all streams whose clocks are one
     * @return bytes written
     */
    public static int senderReport(
            byte[] b, int at, int ssrc, long ntp, int timestamp, long packets, long payloadBytes, String cname) {
        b[at] = (byte) 0x80;
        b[at + 1] = (byte) SENDER_REPORT;
        RtpHeader.putShort(b, at + 2, 6);
        RtpHeader.putInt(b, at + 4, ssrc);
        RtpHeader.putInt(b, at + 8, (int) (ntp >>> 32));
        RtpHeader.putInt(b, at + 12, (int) ntp);
        RtpHeader.putInt(b, at + 16, timestamp);
        RtpHeader.putInt(b, at + 20, (int) packets);
        RtpHeader.putInt(b, at + 24, (int) payloadBytes);
        return 28 + sourceDescription(b, at + 28, ssrc, cname);
    }

    private static int sourceDescription(byte[] b, int at, int ssrc, String cname) {
        byte[] name = cname.getBytes(StandardCharsets.US_ASCII);
        // Items end with at least one zero and are padded to a word.
        int words = 1 + (2 + name.length + 4) / 4;
        b[at] = (byte) 0x81;
        b[at + 1] = (byte) SOURCE_DESCRIPTION;
        RtpHeader.putShort(b, at + 2, words);
        RtpHeader.putInt(b, at + 4, ssrc);
        b[at + 8] = CNAME;
        b[at + 9] = (byte) name.length;
        System.arraycopy(name, 0, b, at + 10, name.length);
        for (int i = at + 10 + name.length; i < at + 4 + words * 4; i++) {
            b[i] = 0;
        }
        return 4 + words * 4;
    }

    /** Writes a BYE of one source (RFC 3550 section 6.6). @return bytes written */
    public static int bye(byte[] b, int at, int ssrc) {
        b[at] = (byte) 0x81;
        b[at + 1] = (byte) BYE;
        RtpHeader.putShort(b, at + 2, 1);
        RtpHeader.putInt(b, at + 4, ssrc);
        return 8;
    }
}
