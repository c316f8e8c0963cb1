package org.macemu.webrtc.media.capture;

import java.util.Arrays;

/**
 * Makes blocks of 10 ms at {@link AudioSink#SAMPLE_RATE} out of the emulator's ring: ring, drift control, resampler, in
 * that order. Knows no clock: its caller asks twice every 20 ms. The audio thread owns it.
 */
final class BlockReader {

    /** Sound that begins or ends in mid-wave is faded over so many frames (2 ms), or it would click. */
    private static final int FADE_FRAMES = AudioSink.SAMPLE_RATE / 500;

    private final SampleReader ring;
    private final DriftControl drift = new DriftControl();
    private final Resampler resampler = new Resampler();
    private final CaptureMetrics metrics;
    private boolean flowing;
    private int faded = FADE_FRAMES;

    BlockReader(SampleReader ring, CaptureMetrics metrics) {
        this.ring = ring;
        this.metrics = metrics;
    }

    /** Goes on at now, after a pause in which nobody read. */
    void restart() {
        ring.discard();
        drift.restart();
        flowing = false;
    }

    /**
     * Fills the block.
     *
     * @return false when it is silence
     * @throws InternalError when the file shrank under the mapping
     */
    boolean read(short[] block) {
        Arrays.fill(block, (short) 0);
        if (!ring.refresh()) {
            flowing = false;
            return false;
        }
        int rate = ring.rate();
        int available = ring.available();
        if (!flowing) {
            drift.observeWaiting(available);
            if (available < drift.startFill(rate)) {
                return false;
            }
            start(rate);
        } else {
            drift.observe(available, rate);
            if (available > drift.mostFill(rate)) {
                start(rate);
            }
        }
        double step = (double) rate / AudioSink.SAMPLE_RATE * drift.ratio();
        int got = resampler.fill(block, AudioSink.BLOCK_FRAMES, step, ring);
        drift.consumed(available - ring.available());
        fadeIn(block, got);
        if (got < AudioSink.BLOCK_FRAMES) {
            fadeOut(block, got);
            metrics.audioUnderrun();
            drift.underrun();
            flowing = false;
        }
        return !isZero(block);
    }

    /** Begins anew with the newest sound. */
    private void start(int rate) {
        metrics.audioSkipped(ring.skipTo(drift.startFill(rate)));
        resampler.reset();
        drift.restart();
        faded = 0;
        flowing = true;
    }

    private void fadeIn(short[] block, int frames) {
        for (int i = 0; i < frames && faded < FADE_FRAMES; i++, faded++) {
            for (int c = 0; c < AudioSink.CHANNELS; c++) {
                int at = i * AudioSink.CHANNELS + c;
                block[at] = (short) (block[at] * faded / FADE_FRAMES);
            }
        }
    }

    /** Leads the last sample, which came {@code frames} frames into the block, down to silence. */
    private static void fadeOut(short[] block, int frames) {
        int end = Math.min(AudioSink.BLOCK_FRAMES, frames + FADE_FRAMES);
        for (int i = frames; frames > 0 && i < end; i++) {
            for (int c = 0; c < AudioSink.CHANNELS; c++) {
                short last = block[(frames - 1) * AudioSink.CHANNELS + c];
                block[i * AudioSink.CHANNELS + c] = (short) (last * (end - 1 - i) / FADE_FRAMES);
            }
        }
    }

    private static boolean isZero(short[] samples) {
        for (short s : samples) {
            if (s != 0) {
                return false;
            }
        }
        return true;
    }

    /** Samples per second, 0 when the format is not known. */
    int rate() {
        return ring.rate();
    }

    int channels() {
        return ring.channels();
    }

    /** Sample frames that wait in the ring: the delay it adds. */
    int available() {
        return ring.available();
    }

    /** What the drift control reads faster than nominal: 1.05 is 5 %. */
    double ratio() {
        return drift.ratio();
    }
}
