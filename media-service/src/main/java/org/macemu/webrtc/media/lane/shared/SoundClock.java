package org.macemu.webrtc.media.lane.shared;

import org.macemu.webrtc.media.capture.AudioSink;

/**
 * Relates sample indices to {@link System#nanoTime}, for sender reports. Blocks arrive in bursts; the relation is
 * smoothed over about a second of them. Belongs to the event loop's thread.
 */
final class SoundClock {

    private static final double SMOOTHING = 1.0 / 64;

    /** A jump beyond this is a new relation, not jitter: 0.5 s. */
    private static final double JUMP = AudioSink.SAMPLE_RATE / 2.0;

    private static final double SAMPLES_PER_NANO = AudioSink.SAMPLE_RATE / 1e9;

    private long originNanos;
    private double originSample = Double.NaN;

    /** A packet whose first sample has this index was complete at this time. */
    void observe(long sampleIndex, long nanos) {
        double expected = originSample + (nanos - originNanos) * SAMPLES_PER_NANO;
        double error = sampleIndex - expected;
        if (Double.isNaN(error) || Math.abs(error) > JUMP) {
            originSample = sampleIndex;
        } else {
            originSample = expected + error * SMOOTHING;
        }
        originNanos = nanos;
    }

    /** Index of the sample recorded at a time; 0 before anything was observed. */
    long sampleAt(long nanos) {
        return Double.isNaN(originSample)
                ? 0
                : Math.round(originSample + (nanos - originNanos) * SAMPLES_PER_NANO);
    }
}
