package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.AudioSegment;

/**
 * Takes sample frames out of the ring of version 1. Every header field is read once per {@link #refresh} and bounded, so
 * a header that lies yields wrong sound at worst.
 */
final class RingReader extends SampleReader {

    private static final int MASK = AudioSegment.RING_SIZE - 1;

    private final AudioSegment segment;

    RingReader(AudioSegment segment) {
        this.segment = segment;
    }

    /** {@code write_pos} is the one place where a sample frame is known to begin. */
    @Override
    boolean refresh() {
        int rate = segment.sampleRate();
        int channels = segment.channels();
        Encoding encoding =
                switch (segment.format()) {
                    case AudioSegment.FORMAT_S16LE -> Encoding.S16LE;
                    case AudioSegment.FORMAT_F32LE -> Encoding.F32LE;
                    default -> null;
                };
        if (!isReadable(rate, channels, encoding)) {
            return false;
        }
        if (format(rate, channels, encoding)) {
            discard();
        }
        int read = segment.readPosition() & MASK;
        int take = room((segment.writePosition() - read) & MASK);
        int first = Math.min(take, AudioSegment.RING_SIZE - read);
        copy(segment.ring(), read, first);
        copy(segment.ring(), 0, take - first);
        segment.readPosition((read + take) & MASK);
        return true;
    }

    @Override
    void discard() {
        clear();
        segment.readPosition(segment.writePosition());
    }
}
