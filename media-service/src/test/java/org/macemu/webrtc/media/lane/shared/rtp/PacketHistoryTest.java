package org.macemu.webrtc.media.lane.shared.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PacketHistoryTest {

    @Test
    void oldPacketsAreOverwrittenAndTheirKeyFrameForgotten() {
        PacketHistory history = new PacketHistory(16, 0);
        Vp8Packetizer packetizer = new Vp8Packetizer(history, 0, false);
        assertEquals(-1, history.lastKeyFrame());
        packetizer.add(new byte[] {0}, 1, true, 0, 0);
        for (int i = 1; i < 16; i++) {
            packetizer.add(new byte[] {(byte) i}, 1, false, 0, i);
        }
        assertEquals(0, history.lastKeyFrame());
        assertTrue(history.contains(0));
        packetizer.add(new byte[] {16}, 1, false, 0, 16);
        assertFalse(history.contains(0));
        assertEquals(-1, history.lastKeyFrame());
        assertEquals(1, history.tail());
        assertEquals(16, history.packet(16)[24]);
        assertThrows(IllegalArgumentException.class, () -> history.packet(0));
        assertThrows(IllegalArgumentException.class, () -> history.packet(17));
    }

    @Test
    void sequenceNumbersAreFoundAcrossTheWrap() {
        PacketHistory history = new PacketHistory(64, 65_500);
        Vp8Packetizer packetizer = new Vp8Packetizer(history, 0, false);
        for (int i = 0; i < 60; i++) {
            packetizer.add(new byte[] {1}, 1, false, 0, i);
        }
        assertEquals(65_500, history.indexOf(65_500));
        assertEquals(65_535, history.indexOf(65_535));
        assertEquals(65_536, history.indexOf(0));
        assertEquals(65_559, history.indexOf(23));
        assertTrue(history.indexOf(24) < history.tail());
    }

    @Test
    void framesAfterTheKeyFrameAreCountedWhateverTheirPackets() {
        PacketHistory history = new PacketHistory(64, 0);
        Vp8Packetizer packetizer = new Vp8Packetizer(history, 0, true);
        assertEquals(0, history.framesSinceKeyFrame());
        packetizer.add(new byte[5_000], 5_000, true, 0, 0);
        assertEquals(0, history.framesSinceKeyFrame());
        assertTrue(packetizer.add(new byte[3_000], 3_000, false, 1, 1) > 1);
        packetizer.add(new byte[] {1}, 1, false, 0, 2);
        assertEquals(2, history.framesSinceKeyFrame());
        packetizer.add(new byte[] {1}, 1, true, 0, 3);
        assertEquals(0, history.framesSinceKeyFrame());
        packetizer.add(new byte[] {1}, 1, false, 1, 4);
        assertEquals(1, history.framesSinceKeyFrame());
    }

    @Test
    void onlyPowersOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new PacketHistory(1000, 0));
        assertThrows(IllegalArgumentException.class, () -> new PacketHistory(65_536, 0));
    }
}
