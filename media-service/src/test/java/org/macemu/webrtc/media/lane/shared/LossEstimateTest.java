package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossEstimateTest {

    private final LossEstimate estimate = new LossEstimate();

    @ParameterizedTest(name = "{0} lost, reports of {1} packets")
    @CsvSource({"0.01, 50", "0.05, 20", "0.05, 250", "0.25, 50"})
    void itFollowsRandomLossInReportsOfAnySize(double loss, int packets) {
        Random random = new Random(11);
        double sum = 0;
        int looks = 0;
        for (int sent = 0; sent < 200_000; sent += packets) {
            double missing = random.doubles(packets).filter(chance -> chance < loss).count();
            estimate.observe(packets, missing / packets);
            if (sent > 3_000) {
                sum += estimate.share();
                looks++;
            }
        }
        assertEquals(loss, sum / looks, 0.1 * loss);
    }

    @Test
    void aNetworkIsTakenForALossyOneUntilItHasShownThatItIsNot() {
        assertTrue(estimate.share() > 0.006, "sound is sent twice from the beginning");
        int packets = 0;
        for (; estimate.share() > 0.002; packets += 50) {
            estimate.observe(50, 0);
        }
        assertTrue(packets > 250 && packets < 1_000, packets + " packets");
    }

    @Test
    void chanceExplainsMoreOfFewPackets() {
        estimate.observe(1e9, 0.04);
        assertEquals(0.04 + 2 * 0.04, estimate.byChance(25), 1e-3);
        assertEquals(0.04 + 2 * 0.02, estimate.byChance(100), 1e-3);
    }
}
