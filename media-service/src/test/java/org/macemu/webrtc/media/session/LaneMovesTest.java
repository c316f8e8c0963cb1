package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lane of one viewer over time, a quarter of a second at a step. */
class LaneMovesTest {

    private static final long STEP = 250_000_000L;
    private static final long DEMAND = 2_000_000;

    private final LaneMoves moves = new LaneMoves();
    private long now = 5 * STEP;
    private boolean shared = true;
    private boolean obedient = true;
    private final List<String> made = new ArrayList<>();

    private void run(double seconds, boolean strained, long estimate, boolean room) {
        for (int i = 0; i < seconds * 4; i++) {
            now += STEP;
            LaneMoves.Decision decision = moves.look(now, shared && strained, shared ? 0 : estimate, DEMAND, room);
            if (decision != LaneMoves.Decision.STAY) {
                made.add(decision.name());
                if (obedient) {
                    shared = decision == LaneMoves.Decision.TO_SHARED;
                    moves.movedTo(shared, now);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} s of strain, room {1}: {2} moves")
    @CsvSource({"1.0, true, 0", "2.0, true, 1", "60, true, 1", "60, false, 0"})
    void strainMoves(double seconds, boolean room, int expected) {
        run(seconds, true, 0, room);
        assertEquals(expected, made.size(), made.toString());
    }

    @Test
    void aMomentsStrainNowAndThenDoesNot() {
        for (int i = 0; i < 100; i++) {
            run(1, true, 0, true);
            run(0.5, false, 0, true);
        }
        assertEquals(List.of(), made);
    }

    @ParameterizedTest(name = "{0} s at {1} bit/s: back {2}")
    @CsvSource({"15, 3000000, false", "25, 3000000, true", "600, 2200000, false", "600, 0, false"})
    void goodNetworkReturns(double seconds, long estimate, boolean expected) {
        run(2, true, 0, true);
        run(seconds, false, estimate, true);
        assertEquals(expected, shared);
    }

    @Test
    void everyFailedReturnIsFollowedByALongerStay() {
        List<Long> stays = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            run(12, true, 0, true);
            assertEquals(false, shared);
            long left = now;
            while (!shared) {
                run(0.25, true, 3_000_000, true);
            }
            stays.add(Math.round((now - left) / 1e9));
        }
        assertEquals(List.of(20L, 40L, 80L, 160L, 320L), stays);
    }

    @Test
    void anHourOfBadNetworkMakesFewMoves() {
        for (int i = 0; i < 360; i++) {
            run(5, true, 3_000_000, true);
            run(5, false, 3_000_000, true);
        }
        assertEquals(true, made.size() <= 20, made.size() + " moves");
    }

    @Test
    void aPageThatDoesNotFollowIsLeftInPeace() {
        obedient = false;
        run(600, true, 0, true);
        assertEquals(3, made.size());
    }
}
