package org.macemu.webrtc.media.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two clocks, any distance apart, over a network with queues. */
class ClockOffsetTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    @Test
    void shortestRoundTripCounts() {
        ClockOffset clock = new ClockOffset();
        assertFalse(clock.isKnown());
        long ahead = 123_456 * SECOND;
        Random random = new Random(1);
        long now = 0;
        for (int i = 0; i < 200; i++) {
            // 200 us each way and now and then a queue of up to 40 ms in one direction.
            long there = 200_000 + (random.nextInt(3) == 0 ? random.nextInt(40_000_000) : 0);
            long back = 200_000 + (random.nextInt(3) == 0 ? random.nextInt(40_000_000) : 0);
            clock.sample(now, now + there + ahead, now + there + back);
            now += 500 * MILLI;
        }
        assertTrue(clock.isKnown());
        assertEquals(ahead, clock.nanos(), 500_000, "off by " + (clock.nanos() - ahead) + " ns");
        assertEquals(now, clock.toLocal(now + ahead), 500_000);
        assertEquals(400_000, clock.roundTrip());
    }

    @Test
    void followsDriftWithoutAJump() {
        ClockOffset clock = new ClockOffset();
        long now = 0;
        long last = 0;
        for (int i = 0; i < 2_000; i++) {
            // 50 ppm apart.
            long ahead = 5 * SECOND + now / 20_000;
            clock.sample(now, now + MILLI + ahead, now + 2 * MILLI);
            if (i > 0) {
                assertTrue(Math.abs(clock.nanos() - last) < 300_000, "jumped by " + (clock.nanos() - last));
            }
            last = clock.nanos();
            now += 500 * MILLI;
        }
        assertEquals(5 * SECOND + now / 20_000, clock.nanos(), MILLI);
    }

    @Test
    void anotherOriginIsAnotherClock() {
        ClockOffset clock = new ClockOffset();
        clock.sample(0, 7 * SECOND, 0);
        clock.forget();
        assertFalse(clock.isKnown());
        clock.sample(SECOND, SECOND + 7 * SECOND + 50 * MILLI, SECOND);
        assertEquals(7 * SECOND + 50 * MILLI, clock.nanos(), "taken as it is, not approached");
    }
}
