package org.macemu.webrtc.media.capture;

/**
 * Keeps the smallest fill of the audio ring at {@link #TARGET_SECONDS}, by reading up to {@link #MOST_CORRECTION} faster
 * or slower than the nominal rate.
 *
 * <p>The fill is sampled once per block. Its smallest value in a window of {@link #WINDOW_BLOCKS} is what is left when
 * the writer's next burst is due: the reserve against jitter. The largest upward jump is the burst. The ratio follows
 * the reserve proportionally (for jitter) and integrally (for drift), with a slew small enough not to be heard.
 */
final class DriftControl {

    /** The reserve: less than this and a late burst is heard, more is latency for nothing. */
    private static final double TARGET_SECONDS = 0.012;

    /** Basilisk II has been seen 5 % off. */
    private static final double MOST_CORRECTION = 0.06;

    /** 250 ms: several bursts of any emulator (4,096 frames at 44.1 kHz are 93 ms). */
    private static final int WINDOW_BLOCKS = 25;

    private static final double PROPORTIONAL = 0.6;
    private static final double INTEGRAL = 0.08;

    /** More than the ring ever holds, so that the first block after a restart is no burst. */
    private static final int MOST_FRAMES = 1 << 20;

    private int blocks;
    private int smallest = Integer.MAX_VALUE;
    private int previous = MOST_FRAMES;
    private int burst;
    private int windowBurst;
    private double integral;
    private double correction;

    /** Takes the fill before a block is read. */
    void observe(int available, int rate) {
        windowBurst = Math.max(windowBurst, available - previous + blockFrames(rate));
        smallest = Math.min(smallest, available);
        previous = available;
        if (++blocks == WINDOW_BLOCKS) {
            double reserve = (double) (smallest - blockFrames(rate)) / rate;
            double error = Math.clamp(reserve - TARGET_SECONDS, -0.05, 0.05);
            integral = Math.clamp(integral + error * INTEGRAL, -MOST_CORRECTION, MOST_CORRECTION);
            correction = Math.clamp(error * PROPORTIONAL + integral, -MOST_CORRECTION, MOST_CORRECTION);
            burst = Math.max(windowBurst, (burst + windowBurst) / 2);
            windowBurst = 0;
            smallest = Integer.MAX_VALUE;
            blocks = 0;
        }
    }

    /** Input frames to read per nominal input frame. */
    double ratio() {
        return 1 + correction;
    }

    /** Whether enough is there to begin without running dry before the next burst. */
    boolean mayStart(int available, int rate) {
        return available >= startFill(rate);
    }

    /** Frames to begin with: the reserve and one burst. */
    int startFill(int rate) {
        return (int) (TARGET_SECONDS * rate) + Math.max(burst, 2 * blockFrames(rate));
    }

    /** Frames beyond which sound is late, not buffered. */
    int mostFill(int rate) {
        return startFill(rate) + 2 * burst + (int) (0.1 * rate);
    }

    /** Begins a new window; what was learned about drift and bursts stays. */
    void restart() {
        blocks = 0;
        smallest = Integer.MAX_VALUE;
        windowBurst = 0;
        previous = MOST_FRAMES;
    }

    private static int blockFrames(int rate) {
        return rate / 100;
    }
}
