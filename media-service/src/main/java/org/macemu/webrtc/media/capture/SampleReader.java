package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.macemu.webrtc.api.shm.AudioSegment;

/**
 * Takes sample frames out of shared memory: what was readable at the last {@link #refresh} is copied into private
 * memory, in whatever format, and given out one frame at a time. The audio thread owns it.
 */
abstract class SampleReader implements Resampler.Input {

    /** How a sample is written. */
    enum Encoding {
        S16LE(Short.BYTES),
        S16BE(Short.BYTES),
        F32LE(Float.BYTES);

        private final int bytes;

        Encoding(int bytes) {
            this.bytes = bytes;
        }
    }

    private static final int MIN_RATE = 4_000;
    private static final int MAX_RATE = 192_000;
    private static final ValueLayout.OfShort LITTLE = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort BIG = LITTLE.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /**
     * So that a file that shrinks faults in one place. Holds more than the ring of version 1, which is 42 ms of the
     * largest format: less than a reserve and two bursts.
     */
    private final MemorySegment pcm = MemorySegment.ofArray(new byte[4 * AudioSegment.RING_SIZE]);

    private int rate;
    private int channels;
    private Encoding encoding = Encoding.S16LE;
    private int frameBytes = 1;
    private int offset;
    private int end;
    private float left;
    private float right;

    /**
     * Copies what the writer has added. When reading begins, or the format changes, what was there is left out: nobody
     * knows its age or format.
     *
     * @return false when the segment describes no format that is known; then nothing is readable
     */
    abstract boolean refresh();

    /** Leaves out everything written so far: what comes next is now. */
    abstract void discard();

    /** Whether sound of these figures can be read; when not, nothing is readable. */
    final boolean isReadable(int newRate, int newChannels, Encoding newEncoding) {
        if (newEncoding != null && newRate >= MIN_RATE && newRate <= MAX_RATE && newChannels >= 1 && newChannels <= 2) {
            return true;
        }
        rate = 0;
        clear();
        return false;
    }

    /** Sets the format of what is copied from now on. @return whether it is another; then nothing is readable yet */
    final boolean format(int newRate, int newChannels, Encoding newEncoding) {
        if (newRate == rate && newChannels == channels && newEncoding == encoding) {
            return false;
        }
        rate = newRate;
        channels = newChannels;
        encoding = newEncoding;
        frameBytes = newChannels * newEncoding.bytes;
        clear();
        return true;
    }

    final void clear() {
        offset = end = 0;
    }

    /** Whole sample frames of so many bytes that there is room for, in bytes. */
    final int room(int bytes) {
        if (offset > 0) {
            MemorySegment.copy(pcm, offset, pcm, 0, end - offset);
            end -= offset;
            offset = 0;
        }
        int fits = Math.min(bytes, (int) pcm.byteSize() - end);
        return fits - fits % frameBytes;
    }

    /** Copies {@code bytes} for which there is room. */
    final void copy(MemorySegment from, long at, int bytes) {
        MemorySegment.copy(from, at, pcm, end, bytes);
        end += bytes;
    }

    /** Sample frames that {@link #next} can still give. */
    final int available() {
        return (end - offset) / frameBytes;
    }

    /** Discards the oldest frames until {@code frames} are left. */
    final int skipTo(int frames) {
        int skipped = Math.max(0, available() - frames);
        offset += skipped * frameBytes;
        return skipped;
    }

    /** Samples per second, 0 when the format is not known. */
    final int rate() {
        return rate;
    }

    final int channels() {
        return rate == 0 ? 0 : channels;
    }

    @Override
    public final boolean next() {
        if (end - offset < frameBytes) {
            return false;
        }
        left = sample(offset);
        right = channels == 2 ? sample(offset + frameBytes / 2) : left;
        offset += frameBytes;
        return true;
    }

    private float sample(int at) {
        return switch (encoding) {
            case S16LE -> pcm.get(LITTLE, at);
            case S16BE -> pcm.get(BIG, at);
            case F32LE -> bounded(pcm.get(FLOAT, at) * Short.MAX_VALUE);
        };
    }

    private static float bounded(float f) {
        return f >= Short.MIN_VALUE && f <= Short.MAX_VALUE ? f : f > 0 ? Short.MAX_VALUE : f < 0 ? Short.MIN_VALUE : 0;
    }

    @Override
    public final float left() {
        return left;
    }

    @Override
    public final float right() {
        return right;
    }
}
