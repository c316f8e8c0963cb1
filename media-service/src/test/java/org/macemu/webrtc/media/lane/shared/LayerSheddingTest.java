package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a viewer goes without the upper layer. */
class LayerSheddingTest {

    @ParameterizedTest(name = "congested for 1 s every {0} s: the {1}. time without the layer for {2} s")
    @CsvSource({"40, 1, 4", "40, 3, 4", "10, 1, 4", "10, 2, 7", "14, 3, 13", "30, 4, 4"})
    void theLayerStaysAwayLongerWhenItsReturnWasTooMuch(int every, int time, int seconds) {
        LayerShedding shedding = new LayerShedding();
        int begun = 0;
        int without = 0;
        boolean before = false;
        for (int ms = 0; ms < 300_000; ms += 100) {
            boolean shed = shedding.update(ms * 1_000_000L, ms / 1_000 % every == every - 1);
            begun += shed && !before ? 1 : 0;
            without += shed && begun == time ? 1 : 0;
            before = shed;
        }
        assertEquals(seconds, without / 10.0, 0.3);
    }
}
