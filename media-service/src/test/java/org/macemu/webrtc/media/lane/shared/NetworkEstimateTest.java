package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The judgement on networks that are simulated packet by packet: loss, delay, and a bottleneck with a queue. */
class NetworkEstimateTest {

    private static final long TICK = 10_000_000L;
    private static final int PACKET_BITS = 8 * 1_100;

    /** A sender of a steady stream and a receiver that reports five times a second, with a link between them. */
    private static final class Simulation {
        private final NetworkEstimate estimate = new NetworkEstimate();
        private final Random random = new Random(3);
        private final double loss;
        private final double roundTrip;
        private double linkBits;
        private double streamBits;
        private double queueBits;
        private double due;
        private long now = 1_000_000_000L;
        private long sent;
        private long resent;
        private long missing;
        private int changes;

        Simulation(double loss, double roundTripMillis, double linkBits, double streamBits) {
            this.loss = loss;
            this.roundTrip = roundTripMillis;
            this.linkBits = linkBits;
            this.streamBits = streamBits;
        }

        /** @return whether the network was ever judged congested in this time */
        boolean run(double seconds) {
            boolean ever = false;
            for (int i = 0; i < seconds * 100; i++) {
                now += TICK;
                queueBits = Math.max(0, queueBits - linkBits / 100);
                for (due += streamBits / 100; due >= PACKET_BITS; due -= PACKET_BITS) {
                    sent++;
                    if (random.nextDouble() < loss || queueBits + PACKET_BITS > linkBits / 4) {
                        missing++;
                    } else {
                        queueBits += PACKET_BITS;
                    }
                }
                if (i % 20 == 19) {
                    estimate.roundTrip(roundTrip + queueBits * 1_000 / linkBits + random.nextDouble() * 8, now);
                    if (estimate.report(now, sent, missing, resent, PACKET_BITS / 8)) {
                        changes++;
                    }
                    // A tenth of what is missing is sent again and arrives.
                    long again = missing / 10 - resent;
                    resent += Math.max(0, again);
                    missing -= Math.max(0, again);
                }
                ever |= estimate.congested();
            }
            return ever;
        }
    }

    @ParameterizedTest(name = "loss {0}, round trip {1} ms, stream {2} bit/s")
    @CsvSource({
        "0.00,   1, 2000000",
        "0.00,  50, 2000000",
        "0.01,  50, 1000000",
        "0.05,  50, 2000000",
        "0.05, 200, 1000000",
        "0.02, 300,  100000"
    })
    void randomLossAndDistanceAreNoCongestion(double loss, double roundTrip, double stream) {
        Simulation simulation = new Simulation(loss, roundTrip, 50e6, stream);
        assertFalse(simulation.run(60));
        assertEquals(loss, simulation.estimate.loss(), 0.04);
    }

    @ParameterizedTest(name = "{2} bit/s through {1} bit/s, round trip {0} ms")
    @CsvSource({"50, 1000000, 2000000", "5, 1000000, 1300000", "50, 500000, 2000000", "120, 1500000, 2000000"})
    void aBottleneckIsSeenWithinASecondAndMeasured(double roundTrip, double link, double stream) {
        Simulation simulation = new Simulation(0.01, roundTrip, link, stream);
        assertTrue(simulation.run(1.2), "not seen");
        simulation.run(2);
        assertTrue(simulation.estimate.congested());
        double carried = simulation.estimate.capacity();
        assertTrue(carried > 0.6 * link && carried < 1.15 * link, carried + " of " + link);
    }

    @Test
    void itClearsOnceLessIsSentAndDoesNotFlap() {
        Simulation simulation = new Simulation(0.01, 50, 1e6, 2e6);
        simulation.run(2);
        assertTrue(simulation.estimate.congested());
        simulation.streamBits = 0.8e6;
        simulation.run(4);
        assertFalse(simulation.estimate.congested());
        simulation.run(60);
        assertEquals(2, simulation.changes, "congested once, clear once");
    }

    @ParameterizedTest(name = "{0} late answers of {1} ms, every {2}: congested {3}")
    @CsvSource({
        "1,  400, 10, false",
        "2,  400, 10, false",
        "2,  900,  5, false",
        "3,  300, 10, false",
        "6,  300, 30, true",
        "6,   40, 30, false"
    })
    void onlyDelayThatPersistsIsCongestion(int late, int delay, int every, boolean congested) {
        NetworkEstimate estimate = new NetworkEstimate();
        long now = 1_000_000_000L;
        boolean ever = false;
        for (int i = 0; i < 300; i++) {
            now += 200_000_000L;
            estimate.roundTrip(i % every >= every - late ? 2 + delay : 2, now);
            estimate.report(now, i * 34L, 0, 0, 1_100);
            ever |= estimate.congested();
        }
        assertEquals(congested, ever);
    }

    @Test
    void oneLateAnswerThatIsNotFollowedByAnotherIsNoCongestion() {
        NetworkEstimate estimate = new NetworkEstimate();
        long now = 1_000_000_000L;
        estimate.roundTrip(2, now);
        for (int i = 0; i < 20; i++) {
            now += 200_000_000L;
            if (i == 5) {
                estimate.roundTrip(300, now);
                assertTrue(estimate.suspected(), "more measurements are wanted");
            }
            estimate.report(now, i * 34L, 0, 0, 1_100);
            assertFalse(estimate.congested());
        }
    }

    @Test
    void aLateAnswerWithMuchLossIsCongestionAtOnce() {
        NetworkEstimate estimate = new NetworkEstimate();
        estimate.roundTrip(2, 1_000_000_000L);
        estimate.report(1_000_000_000L, 100, 0, 0, 1_100);
        estimate.roundTrip(120, 1_400_000_000L);
        assertTrue(estimate.report(1_400_000_000L, 200, 15, 0, 1_100));
        assertTrue(estimate.congested());
    }

    /** Few packets between two reports: by chance alone, a tenth of them is missing often enough. */
    @ParameterizedTest(name = "{0} packets a report")
    @ValueSource(ints = {20, 40, 80})
    void randomLossIsNoCongestionJustBecauseAnAnswerIsLate(int packets) {
        NetworkEstimate estimate = new NetworkEstimate();
        Random random = new Random(5);
        long now = 1_000_000_000L;
        long missing = 0;
        int congested = 0;
        for (int i = 0; i < 1_000; i++) {
            now += 300_000_000L;
            missing += IntStream.range(0, packets).filter(n -> random.nextDouble() < 0.05).count();
            estimate.roundTrip(i % 10 == 9 ? 300 : 50, now);
            estimate.report(now, (long) i * packets, missing, 0, 1_100);
            congested += estimate.congested() ? 1 : 0;
        }
        assertEquals(0.05, estimate.loss(), 0.03);
        // A hundred answers were late; congestion lasts for four reports at the least.
        assertTrue(congested <= 40, congested + " of 1000 reports");
    }

    @Test
    void aLongerPathIsTheNewPathAfterAWhile() {
        NetworkEstimate estimate = new NetworkEstimate();
        long now = 0;
        for (int i = 0; i < 400; i++) {
            now += 200_000_000L;
            estimate.roundTrip(i < 50 ? 20 : 180, now);
            estimate.report(now, i * 20L, 0, 0, 1_100);
        }
        assertFalse(estimate.congested());
    }
}
