package org.macemu.webrtc.media.lane.shared.rtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Vp8PacketizerTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void goldenBytesOfASmallKeyFrame() {
        PacketHistory history = new PacketHistory(16, 0x1234);
        new Vp8Packetizer(history, 0x7fff, false).add(new byte[] {1, 2, 3}, 3, true, 0, 0xCAFEBABE);
        assertEquals(
                "9080" + "1234" + "cafebabe" + "00000000" // marker, sequence, time, no SSRC yet
                        + "bede0001" + "02000000" // playout delay 0/0, id still 0
                        + "9080" + "ffff" // X S=1 PID 0, I, 15-bit picture id
                        + "010203",
                HEX.formatHex(history.packet(0x1234)));
    }

    @Test
    void goldenBytesWithTemporalLayers() {
        PacketHistory history = new PacketHistory(16, 0);
        Vp8Packetizer packetizer = new Vp8Packetizer(history, 5, true);
        packetizer.add(new byte[] {7}, 1, true, 0, 1);
        packetizer.add(new byte[] {8}, 1, false, 1, 2);
        packetizer.add(new byte[] {9}, 1, false, 0, 3);
        assertEquals("90e08005" + "0100" + "07", HEX.formatHex(history.packet(0)).substring(40));
        assertEquals("b0e08006" + "0160" + "08", HEX.formatHex(history.packet(1)).substring(40));
        assertEquals("90e08007" + "0200" + "09", HEX.formatHex(history.packet(2)).substring(40));
        assertTrue(history.isUpperLayer(1));
    }

    @Test
    void aLargeFrameIsCutEvenlyAndPutTogetherAgain() {
        byte[] frame = new byte[50_000];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = (byte) (i * 31 >> 3);
        }
        PacketHistory history = new PacketHistory(128, 65_530);
        Vp8Packetizer packetizer = new Vp8Packetizer(history, 0, false);
        int count = packetizer.add(frame, frame.length, true, 0, 99);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            byte[] packet = history.packet(65_530 + i);
            assertEquals((65_530 + i) & 0xffff, (packet[2] & 0xff) << 8 | packet[3] & 0xff);
            assertEquals(i == count - 1, (packet[1] & 0x80) != 0, "marker of packet " + i);
            assertEquals(i == 0 ? 0x90 : 0x80, packet[20] & 0xff);
            assertTrue(packet.length + 16 <= PacketHistory.SLOT_BYTES);
            if (i < count - 1) {
                assertEquals(history.packet(65_530).length, packet.length, "all but the last have one size");
            }
            joined.write(packet, 24, packet.length - 24);
        }
        assertArrayEquals(frame, joined.toByteArray());
        assertEquals(65_530, history.lastKeyFrame());
        assertEquals(65_530 + count, history.head());
    }

    @Test
    void aFrameBeyondTheHistoryIsRefused() {
        PacketHistory history = new PacketHistory(16, 0);
        byte[] huge = new byte[20_000];
        assertThrows(
                IllegalArgumentException.class,
                () -> new Vp8Packetizer(history, 0, false).add(huge, huge.length, true, 0, 0));
    }

    @Test
    void thePictureIdOfASparedViewerHasNoGaps() {
        PacketHistory history = new PacketHistory(16, 0);
        new Vp8Packetizer(history, 2, false).add(new byte[] {1}, 1, true, 0, 0);
        byte[] packet = history.packet(0);
        Vp8Packetizer.rewritePictureId(packet, 0, 3);
        assertEquals("ffff", HEX.formatHex(packet).substring(44, 48));
    }
}
