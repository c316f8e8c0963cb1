package org.macemu.webrtc.media.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.SoundPacket;
import org.macemu.webrtc.api.grpc.VideoFrame;

class StreamTimesTest {

    private static final long SECOND = 1_000_000_000L;

    private final ClockOffset clock = new ClockOffset();
    private final StreamTimes times = new StreamTimes(clock);

    @Test
    void rtpTimeIsOfTheLocalClockAndGrows() {
        clock.sample(0, 100 * SECOND, 0);
        assertEquals(90_000, times.rtpTime(101 * 90_000));
        assertEquals(90_001, times.rtpTime(101 * 90_000), "never the same twice");
        assertEquals(90_002, times.rtpTime(90_000), "never backwards");
        assertEquals(180_000, times.rtpTime(102 * 90_000));
    }

    @Test
    void soundGoesOnWithAnotherOrigin() {
        assertEquals(48_000, times.sampleIndex(48_000, SECOND));
        assertEquals(48_960, times.sampleIndex(48_960, SECOND + 20_000_000));
        times.restart();
        // Two seconds later another process counts from zero.
        assertEquals(48_960 + 96_000, times.sampleIndex(0, 3 * SECOND + 20_000_000));
        assertEquals(48_960 + 96_960, times.sampleIndex(960, 3 * SECOND + 40_000_000));
    }

    @Test
    void soundNeverGoesBack() {
        times.sampleIndex(96_000, SECOND);
        long next = times.sampleIndex(0, SECOND + 20_000_000);
        assertTrue(next >= 96_960, "went on at " + next);
    }

    @Test
    void refusesWhatNoEncoderMakes() {
        assertTrue(times.fits(frame(1)));
        assertTrue(times.fits(frame(StreamTimes.MAX_FRAME_BYTES)));
        assertFalse(times.fits(frame(0)));
        assertFalse(times.fits(frame(StreamTimes.MAX_FRAME_BYTES + 1)));
        assertTrue(times.fits(sound(1275)));
        assertFalse(times.fits(sound(0)));
        assertFalse(times.fits(sound(1276)));
    }

    private static VideoFrame frame(int size) {
        return VideoFrame.newBuilder().setVp8(ByteString.copyFrom(new byte[size])).build();
    }

    private static SoundPacket sound(int size) {
        return SoundPacket.newBuilder().setOpus(ByteString.copyFrom(new byte[size])).build();
    }
}
