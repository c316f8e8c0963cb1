package org.macemu.webrtc.media.lane.shared.encode;

import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;

/**
 * Joins captured blocks of 10 ms to Opus packets of 20 ms, and leaves digital silence out. Owned by the lane; called
 * by the audio thread only, except {@link #close}.
 *
 * <p>Time comes from the sample index alone and passes through silence too, so that a receiver's clock never slips.
 */
public final class AudioEncoder implements AutoCloseable {

    private static final int BLOCKS = OpusEncoder.FRAMES / AudioSink.BLOCK_FRAMES;
    private static final int BLOCK_SAMPLES = AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS;

    /** Silent packets still sent after sound, so that the receiver's decoder fades to true silence: 100 ms. */
    private static final int SILENT_TAIL = 5;

    private final OpusEncoder opus;
    private final short[] samples = new short[OpusEncoder.FRAMES * AudioSink.CHANNELS];
    private int blocks;
    private long firstSample;
    private long nextSample = -1;
    private boolean silent;
    private int silentPackets = SILENT_TAIL;

    public AudioEncoder(OpusEncoder.Library library, int bitsPerSecond) {
        this.opus = new OpusEncoder(library, bitsPerSecond, 5);
    }

    /**
     * Takes a block.
     *
     * @return whether this block completed a packet that has to be sent; it is then in {@code target}
     */
    public boolean encode(short[] pcm, long sampleIndex, boolean blockSilent, long nanos, EncodedSound target) {
        if (pcm.length != BLOCK_SAMPLES) {
            throw new IllegalArgumentException(pcm.length + " samples, expected " + BLOCK_SAMPLES);
        }
        if (sampleIndex != nextSample) {
            blocks = 0;
        }
        nextSample = sampleIndex + AudioSink.BLOCK_FRAMES;
        if (blocks == 0) {
            if (sampleIndex % OpusEncoder.FRAMES != 0) {
                // The second block of a packet whose first one was missed: capture delivers both at a time.
                return false;
            }
            firstSample = sampleIndex;
            silent = true;
        }
        silent &= blockSilent;
        System.arraycopy(pcm, 0, samples, blocks * BLOCK_SAMPLES, BLOCK_SAMPLES);
        if (++blocks < BLOCKS) {
            return false;
        }
        blocks = 0;
        boolean resumed = silentPackets >= SILENT_TAIL;
        if (!silent) {
            silentPackets = 0;
        } else if (resumed) {
            return false;
        } else {
            silentPackets++;
        }
        int length = opus.encode(samples, target.data(), 0);
        target.set(length, firstSample, resumed, nanos);
        return true;
    }

    @Override
    public void close() {
        opus.close();
    }
}
