package org.macemu.webrtc.media.capture;

/**
 * Keeps the smallest fill of the audio ring at a reserve of {@link #RESERVE_SECONDS}, by reading up to
 * {@link #MOST_CORRECTION} faster or slower than the nominal rate.
 *
 * <p>The fill is sampled once per block. Its smallest value in a window of {@link #WINDOW_BLOCKS} is what is left when
 * the writer's next burst is due: the reserve against jitter. The largest upward jump is the burst. A
 * proportional-integral controller steers the reserve: the integral learns the drift, the proportional part takes up
 * the rest. After a start and after every underrun the drift is unknown: for {@link #LEARNING_BLOCKS} the controller is
 * fast and the reserve larger; then it is slow, so that the pitch does not waver. Not thread-safe.
 */
final class DriftControl {

    /** Less than this and a late burst is heard, more is latency for nothing. */
    private static final double RESERVE_SECONDS = 0.012;

    /**
     * ... and this part of a burst: the larger bursts are, the fewer there are in a window to tell the smallest fill.
     */
    private static final double RESERVE_PART = 0.1;

    private static final double LEARNING_PART = 0.2;

    /** Added to the reserve while learning: what 5 % of drift eat until the controller has found them. */
    private static final double LEARNING_SECONDS = 0.030;

    /** Basilisk II has been seen 5 % off. */
    private static final double MOST_CORRECTION = 0.06;

    /** 250 ms: several bursts of any emulator (4,096 frames at 44.1 kHz are 93 ms). */
    private static final int WINDOW_BLOCKS = 25;

    /** 12 s: 3 with the larger reserve, 4 to come down from it, and 5 to forget that descent. */
    private static final int LEARNING_BLOCKS = 1_200;

    private static final double DESCENT_BEGINS = 0.25;
    private static final double DESCENT_ENDS = 0.58;

    /** Correction per second of error, and per second of error and window: damping 1, 1 rad/s while learning. */
    private static final double FAST_PROPORTIONAL = 2;

    private static final double FAST_INTEGRAL = 0.25;

    /** Damping 1, 0.15 rad/s. */
    private static final double SLOW_PROPORTIONAL = 0.3;

    private static final double SLOW_INTEGRAL = 0.0056;

    /** Part of the way to a new correction that one block goes: no step is heard. */
    private static final double SLEW = 0.08;

    private int blocks;
    private int sinceStart;
    private int smallest = Integer.MAX_VALUE;
    /** Fill after the last block was read, -1 when unknown. */
    private int left = -1;
    private int available;
    private int burst;
    private int windowBurst;
    private double integral;
    private double wanted;
    private double correction;

    /** Takes the fill while sound is awaited: tells how large the writer's bursts are, and nothing about its rate. */
    void observeWaiting(int available) {
        jump(available);
        left = available;
    }

    /** Takes the fill before a block is read. */
    void observe(int available, int rate) {
        jump(available);
        smallest = Math.min(smallest, available);
        sinceStart++;
        if (++blocks == WINDOW_BLOCKS) {
            steer(rate);
            burst = Math.max(windowBurst, (burst + windowBurst) / 2);
            windowBurst = 0;
            smallest = Integer.MAX_VALUE;
            blocks = 0;
        }
        correction += (wanted - correction) * SLEW;
    }

    private void jump(int available) {
        this.available = available;
        if (left >= 0) {
            windowBurst = Math.max(windowBurst, available - left);
        }
    }

    private void steer(int rate) {
        boolean learning = sinceStart <= LEARNING_BLOCKS;
        double reserve = (double) (smallest - rate / 100) / rate;
        double error = Math.clamp(reserve - reserveSeconds(rate), -0.05, 0.05);
        double proportional = error * (learning ? FAST_PROPORTIONAL : SLOW_PROPORTIONAL);
        double unbounded = integral + proportional;
        if (Math.abs(unbounded) < MOST_CORRECTION || unbounded > 0 != error > 0) {
            // At the bound the integral would only wind up, and overshoot later.
            integral += error * (learning ? FAST_INTEGRAL : SLOW_INTEGRAL);
        }
        integral = Math.clamp(integral, -MOST_CORRECTION, MOST_CORRECTION);
        wanted = Math.clamp(integral + proportional, -MOST_CORRECTION, MOST_CORRECTION);
    }

    private double reserveSeconds(int rate) {
        double learned = (double) sinceStart / LEARNING_BLOCKS;
        double learning = Math.clamp((DESCENT_ENDS - learned) / (DESCENT_ENDS - DESCENT_BEGINS), 0, 1);
        double burstSeconds = (double) Math.max(burst, windowBurst) / rate;
        double extra = LEARNING_SECONDS + LEARNING_PART * burstSeconds;
        return RESERVE_SECONDS + RESERVE_PART * burstSeconds + learning * extra;
    }

    /** Takes how many frames the block took out. */
    void consumed(int frames) {
        left = available - frames;
    }

    /** Input frames to read per nominal input frame. */
    double ratio() {
        return 1 + correction;
    }

    /** Frames to begin with, so as not to run dry before the next burst: the reserve and one burst. */
    int startFill(int rate) {
        return (int) (reserveSeconds(rate) * rate) + Math.max(Math.max(burst, windowBurst), 2 * rate / 100);
    }

    /** Frames beyond which sound is late, not buffered. */
    int mostFill(int rate) {
        return startFill(rate) + 2 * Math.max(burst, windowBurst) + rate / 10;
    }

    /** Begins a new window; what was learned about drift and bursts stays. */
    void restart() {
        blocks = 0;
        smallest = Integer.MAX_VALUE;
        left = -1;
    }

    /** The drift was not what it seemed. */
    void underrun() {
        sinceStart = 0;
    }
}
