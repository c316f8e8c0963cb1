package org.macemu.webrtc.media.capture;

/** Takes captured sound. Called by the audio thread only. */
public interface AudioSink {

    /** Samples per second of what {@link #audio} delivers. */
    int SAMPLE_RATE = 48_000;

    /** Interleaved channels of what {@link #audio} delivers. */
    int CHANNELS = 2;

    /** Sample frames per block: 10 ms. */
    int BLOCK_FRAMES = SAMPLE_RATE / 100;

    /**
     * 10 ms of sound. Blocks follow each other without gaps in {@code sampleIndex}, silence included; only where
     * capture itself was held up for more than 100 ms does the index move on by the time that was lost.
     *
     * @param pcm {@link #BLOCK_FRAMES} x {@link #CHANNELS} interleaved S16 samples, valid until the method returns
     * @param sampleIndex index of the first sample frame since capture started; the base of RTP time
     * @param silent every sample is zero
     */
    void audio(short[] pcm, long sampleIndex, boolean silent);
}
