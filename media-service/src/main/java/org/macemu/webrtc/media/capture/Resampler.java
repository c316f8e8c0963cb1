package org.macemu.webrtc.media.capture;

import java.util.Arrays;

/**
 * Brings stereo sound from any rate to {@link AudioSink#SAMPLE_RATE} by cubic Hermite interpolation (Catmull-Rom), with
 * a ratio that may change from block to block without a click: the position between two input samples carries over.
 * Not thread-safe.
 */
final class Resampler {

    /** Left and right of the four input frames around the current position. */
    private final float[] left = new float[4];

    private final float[] right = new float[4];

    /** Position between {@code left[1]} and {@code left[2]}, 0 to 1. */
    private double position = 1;

    /** Supplies input frames one at a time. */
    interface Input {
        /** Moves to the next frame; false when there is none. */
        boolean next();

        float left();

        float right();
    }

    /**
     * Fills {@code out} with {@code frames} interleaved frames.
     *
     * @param step input frames per output frame
     * @return frames written; fewer when the input ran out
     */
    int fill(short[] out, int frames, double step, Input input) {
        for (int i = 0; i < frames; i++) {
            while (position >= 1) {
                if (!input.next()) {
                    return i;
                }
                shift(left, input.left());
                shift(right, input.right());
                position -= 1;
            }
            out[2 * i] = clip(interpolate(left, (float) position));
            out[2 * i + 1] = clip(interpolate(right, (float) position));
            position += step;
        }
        return frames;
    }

    /** Forgets the past: the next sample starts from silence. */
    void reset() {
        Arrays.fill(left, 0);
        Arrays.fill(right, 0);
        position = 1;
    }

    private static void shift(float[] window, float next) {
        window[0] = window[1];
        window[1] = window[2];
        window[2] = window[3];
        window[3] = next;
    }

    private static float interpolate(float[] p, float t) {
        float a = -0.5f * p[0] + 1.5f * p[1] - 1.5f * p[2] + 0.5f * p[3];
        float b = p[0] - 2.5f * p[1] + 2f * p[2] - 0.5f * p[3];
        float c = 0.5f * (p[2] - p[0]);
        return ((a * t + b) * t + c) * t + p[1];
    }

    private static short clip(float sample) {
        return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample)));
    }
}
