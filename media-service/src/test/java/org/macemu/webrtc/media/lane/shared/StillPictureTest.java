package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StillPictureTest {

    private static final long SECOND = 1_000_000_000L;

    private int asked;
    private final StillPicture still = new StillPicture(() -> asked++);

    /** Polls every 10 ms, as if capture had nothing of its own; each request becomes a frame. @return requests */
    private int watch(long from, long seconds, boolean sharp) {
        int before = asked;
        for (long now = from; now < from + seconds * SECOND; now += SECOND / 100) {
            int requests = asked;
            still.poll(now);
            if (asked > requests) {
                still.encoded(false, !sharp || still.isOverdue(now), sharp, now);
            }
        }
        return asked - before;
    }

    @Test
    void asksForNothingBeforeThereWasAPicture() {
        assertEquals(Long.MAX_VALUE, still.poll(SECOND));
        assertEquals(0, asked);
    }

    @Test
    void asksOftenUntilThePictureIsSharp() {
        still.encoded(true, true, false, SECOND);
        int requests = watch(SECOND, 1, false);
        assertTrue(requests >= 15 && requests <= 22, requests + " requests");
    }

    @Test
    void aSharpPictureIsRepeatedBeforeReceiversMissIt() {
        still.encoded(true, true, true, SECOND);
        assertFalse(still.isOverdue(2 * SECOND));
        int requests = watch(SECOND, 20, true);
        assertTrue(requests >= 8 && requests <= 10, requests + " requests");
    }

    @Test
    void givesUpSharpeningAfterAMinuteAndStillRepeats() {
        still.encoded(true, true, false, SECOND);
        assertTrue(watch(SECOND, 60, false) > 1_000);
        int requests = watch(62 * SECOND, 20, false);
        assertTrue(requests >= 8 && requests <= 11, requests + " requests");
    }

    @Test
    void anEncoderThatMakesNoFrameIsNotAskedWithoutPause() {
        still.encoded(true, false, true, 10 * SECOND);
        int before = asked;
        for (long now = 10 * SECOND; now < 11 * SECOND; now += SECOND / 1_000) {
            int requests = asked;
            still.poll(now);
            if (asked > requests) {
                still.encoded(false, false, true, now);
            }
        }
        assertTrue(asked - before <= 23, asked - before + " requests a second");
    }
}
