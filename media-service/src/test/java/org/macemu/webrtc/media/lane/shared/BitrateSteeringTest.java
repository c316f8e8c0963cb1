package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BitrateSteeringTest {

    private static final long TICK = 100_000_000L;

    private final BitrateSteering steering = new BitrateSteering(300, 2_000, 0);
    private long now;
    private int changes;
    private int rate = 2_000;

    private void run(double seconds, boolean congested, long capacity, int floor) {
        for (int i = 0; i < seconds * 10; i++) {
            now += TICK;
            int next = steering.update(now, congested, capacity, floor);
            if (next != rate) {
                changes++;
                rate = next;
            }
        }
    }

    @Test
    void aGoodNetworkLeavesItAlone() {
        run(60, false, 0, 300);
        assertEquals(0, changes);
        assertFalse(steering.reduced());
    }

    @Test
    void aSlowNetworkCutsAtOnceAndOnce() {
        run(0.1, true, 1_000_000, 300);
        assertEquals(800, rate);
        run(5, true, 1_000_000, 300);
        assertEquals(1, changes);
        assertTrue(steering.reduced());
    }

    @Test
    void itStaysBelowWhatFailedAndThenGrowsBack() {
        run(0.1, true, 1_000_000, 300);
        run(9, false, 1_000_000, 300);
        assertTrue(rate > 850 && rate <= 900, "at " + rate);
        run(60, false, 1_000_000, 300);
        assertEquals(2_000, rate);
        assertFalse(steering.reduced());
    }

    @Test
    void everyFailureMakesItMorePatient() {
        for (int i = 0; i < 3; i++) {
            run(1.5, true, 1_000_000, 300);
            run(10, false, 1_000_000, 300);
        }
        changes = 0;
        run(20, false, 1_000_000, 300);
        assertTrue(rate <= 900, "at " + rate + " soon after the third failure");
    }

    @Test
    void boundsHold() {
        run(10, true, 10_000, 300);
        assertEquals(300, rate);
        assertFalse(steering.canCut(300));
        run(200, false, 0, 300);
        assertEquals(2_000, rate);
        run(10, true, 10_000, 1_000);
        assertEquals(1_000, rate);
    }

    @Test
    void withoutAControllerItGrowsBack() {
        run(1, true, 500_000, 300);
        for (int i = 0; i < 600; i++) {
            now += TICK;
            rate = steering.release(now);
        }
        assertEquals(2_000, rate);
    }
}
