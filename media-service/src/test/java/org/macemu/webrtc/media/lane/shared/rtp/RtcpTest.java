package org.macemu.webrtc.media.lane.shared.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtcpTest {

    private static final HexFormat HEX = HexFormat.of();

    /** Writes down what the reader finds. */
    private static final class Log implements RtcpReader.Handler {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void report(int ssrc, int fraction, int lost, int highest, int lastReport, int delay) {
            lines.add("report %x %d %d %x %x".formatted(ssrc, fraction, lost, lastReport, delay));
        }

        @Override
        public void nack(int ssrc, int sequence) {
            lines.add("nack %x %d".formatted(ssrc, sequence));
        }

        @Override
        public void pictureLost(int ssrc) {
            lines.add("lost %x".formatted(ssrc));
        }

        @Override
        public void estimate(long bits) {
            lines.add("estimate " + bits);
        }
    }

    private static Log read(String hex, boolean wellFormed) {
        byte[] b = HEX.parseHex(hex.replace(" ", ""));
        Log log = new Log();
        assertEquals(wellFormed, RtcpReader.read(b, 0, b.length, log));
        return log;
    }

    @Test
    void receiverReport() {
        Log log = read("81c90007 00000001 11223344 40fffffe 0000abcd 00000010 cafe0001 00010000", true);
        assertEquals(List.of("report 11223344 64 -2 cafe0001 10000"), log.lines);
    }

    @Test
    void negativeAcknowledgement() {
        Log log = read("81cd0003 00000001 11223344 fffe8005", true);
        assertEquals(
                List.of("nack 11223344 65534", "nack 11223344 65535", "nack 11223344 1", "nack 11223344 14"),
                log.lines);
    }

    @Test
    void pictureLossAndFullIntraRequest() {
        assertEquals(List.of("lost 11223344"), read("81ce0002 00000001 11223344", true).lines);
        assertEquals(
                List.of("lost 11223344"), read("84ce0004 00000001 00000000 11223344 07000000", true).lines);
    }

    @Test
    void bandwidthEstimate() {
        // As Chromium sends it: exponent 3, mantissa 0x2bf20 (18 bits), one SSRC.
        Log log = read("8fce0005 00000001 00000000 52454d42 010ebf20 11223344", true);
        assertEquals(List.of("estimate " + (0x2bf20L << 3)), log.lines);
    }

    @Test
    void compoundPacketsAndUnknownTypes() {
        Log log = read(
                "80c90001 00000001" + "81ca0002 00000001 01000000" + "81cb0001 00000001" + "80cc0002 00000001 41424344"
                        + "81ce0002 00000001 11223344",
                true);
        assertEquals(List.of("lost 11223344"), log.lines);
    }

    @Test
    void whatDoesNotFitEndsTheReading() {
        read("", true);
        read("81", false);
        read("01c90001 00000001", false);
        read("81c90007 00000001 11223344", false);
        read("81c90001 00000001", false);
        read("9fc90001 00000001", false);
        read("81cd0001 00000001", false);
        read("a1ce0002 00000001 112233ff", false);
        assertEquals(List.of("lost 11223344"), read("81ce0002 00000001 11223344 81ce0002", false).lines);
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(1);
        Log log = new Log();
        for (int i = 0; i < 200_000; i++) {
            byte[] b = new byte[random.nextInt(120)];
            random.nextBytes(b);
            if (b.length > 4 && random.nextBoolean()) {
                b[0] = (byte) (0x80 | b[0] & 0x3f);
                b[1] = (byte) (200 + random.nextInt(8));
                b[2] = 0;
                b[3] = (byte) random.nextInt(b.length / 4 + 1);
            }
            RtcpReader.read(b, 0, b.length, log);
            log.lines.clear();
        }
    }

    @Test
    void goldenBytesOfASenderReport() {
        byte[] b = new byte[100];
        int length = RtcpWriter.senderReport(b, 0, 0x11223344, 0x83AA7E80_80000000L, 0xCAFE, 7, 1000, "abc");
        assertEquals(
                "80c80006 11223344 83aa7e80 80000000 0000cafe 00000007 000003e8".replace(" ", "")
                        + "81ca0003 11223344 0103616263000000".replace(" ", ""),
                HEX.formatHex(b, 0, length));
        assertEquals(0x83AA7E80_80000000L, RtcpWriter.ntp(500));
    }

    @Test
    void everyNameLengthIsPaddedToAWord() {
        for (int n = 1; n < 20; n++) {
            byte[] b = new byte[100];
            int length = RtcpWriter.senderReport(b, 0, 1, 0, 0, 0, 0, "x".repeat(n));
            assertEquals(0, length % 4);
            Log log = new Log();
            assertTrue(RtcpReader.read(b, 0, length, log));
            assertEquals(0, b[28 + 8 + 2 + n], "the item list ends with a zero");
            assertFalse(RtcpReader.read(b, 0, length - 1, log));
        }
    }
}
