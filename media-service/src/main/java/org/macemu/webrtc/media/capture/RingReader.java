package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.macemu.webrtc.api.shm.AudioSegment;

/**
 * Takes sample frames out of an {@link AudioSegment}, whatever its format. Every header field is read once per
 * {@link #refresh} and bounded, so a header that lies yields wrong sound at worst. The audio thread owns it.
 */
final class RingReader implements Resampler.Input {

    private static final int MIN_RATE = 4_000;
    private static final int MAX_RATE = 192_000;
    private static final int MASK = AudioSegment.RING_SIZE - 1;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final AudioSegment segment;

    /**
     * A private copy of what was readable at the last refresh, so that a file that shrinks faults in one place. Holds
     * more than the ring, which is 42 ms of the largest format: less than a reserve and two bursts.
     */
    private final MemorySegment pcm = MemorySegment.ofArray(new byte[4 * AudioSegment.RING_SIZE]);

    private int rate;
    private int channels;
    private int format;
    private int frameBytes = 1;
    private int offset;
    private int end;
    private float left;
    private float right;

    RingReader(AudioSegment segment) {
        this.segment = segment;
    }

    /**
     * Reads the header and copies what the writer has added. When reading begins, or the format changes, what the ring
     * holds is left out: nobody knows its age or format, and {@code write_pos} is the one place where a sample frame is
     * known to begin.
     *
     * @return false when the header describes no format that is known; then nothing is readable
     */
    boolean refresh() {
        int newRate = segment.sampleRate();
        int newChannels = segment.channels();
        int newFormat = segment.format();
        if (newRate < MIN_RATE || newRate > MAX_RATE || newChannels < 1 || newChannels > 2
                || newFormat != AudioSegment.FORMAT_S16LE && newFormat != AudioSegment.FORMAT_F32LE) {
            rate = 0;
            offset = end = 0;
            return false;
        }
        int newFrameBytes = newChannels * (newFormat == AudioSegment.FORMAT_S16LE ? Short.BYTES : Float.BYTES);
        if (newRate != rate || newFrameBytes != frameBytes || newFormat != format) {
            rate = newRate;
            channels = newChannels;
            format = newFormat;
            frameBytes = newFrameBytes;
            discard();
        }
        int held = end - offset;
        if (held > 0 && offset > 0) {
            MemorySegment.copy(pcm, offset, pcm, 0, held);
        }
        offset = 0;
        end = held;
        int read = segment.readPosition() & MASK;
        int readable = (segment.writePosition() - read) & MASK;
        int take = Math.min(readable, (int) pcm.byteSize() - held);
        take -= take % frameBytes;
        int first = Math.min(take, AudioSegment.RING_SIZE - read);
        MemorySegment.copy(segment.ring(), read, pcm, end, first);
        MemorySegment.copy(segment.ring(), 0, pcm, end + first, take - first);
        end += take;
        segment.readPosition((read + take) & MASK);
        return true;
    }

    /** Leaves out everything written so far: what comes next is now. */
    void discard() {
        offset = end = 0;
        segment.readPosition(segment.writePosition());
    }

    /** Sample frames that {@link #next} can still give. */
    int available() {
        return (end - offset) / frameBytes;
    }

    /** Discards the oldest frames until {@code frames} are left. */
    int skipTo(int frames) {
        int skipped = Math.max(0, available() - frames);
        offset += skipped * frameBytes;
        return skipped;
    }

    /** Samples per second, 0 when the format is not known. */
    int rate() {
        return rate;
    }

    int channels() {
        return rate == 0 ? 0 : channels;
    }

    @Override
    public boolean next() {
        if (end - offset < frameBytes) {
            return false;
        }
        left = sample(offset);
        right = channels == 2 ? sample(offset + frameBytes / 2) : left;
        offset += frameBytes;
        return true;
    }

    private float sample(int at) {
        if (format == AudioSegment.FORMAT_S16LE) {
            return pcm.get(SHORT, at);
        }
        float f = pcm.get(FLOAT, at) * Short.MAX_VALUE;
        return f >= Short.MIN_VALUE && f <= Short.MAX_VALUE ? f : f > 0 ? Short.MAX_VALUE : f < 0 ? Short.MIN_VALUE : 0;
    }

    @Override
    public float left() {
        return left;
    }

    @Override
    public float right() {
        return right;
    }
}
