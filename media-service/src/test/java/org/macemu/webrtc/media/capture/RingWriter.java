package org.macemu.webrtc.media.capture;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import org.macemu.webrtc.api.shm.AudioSegment;

/** The emulator's side of the ring: writes a wave, sample by sample, in any format and by any manner of position. */
final class RingWriter {

    private final AudioSegment segment;
    private final int channels;
    private final int format;
    private final boolean freeRunning;
    private final LongToDoubleFunction wave;
    private final int frameBytes;
    private int position;
    private long written;

    /** @param wave the sample, -1 to 1, of a frame number; the right channel is its negative */
    RingWriter(
            AudioSegment segment, int rate, int channels, int format, boolean freeRunning, LongToDoubleFunction wave) {
        this.segment = segment;
        this.channels = channels;
        this.format = format;
        this.freeRunning = freeRunning;
        this.wave = wave;
        this.frameBytes = channels * (format == AudioSegment.FORMAT_S16LE ? 2 : 4);
        this.position = segment.writePosition();
        segment.format(rate, channels, format);
    }

    static LongToDoubleFunction sine(double hertz, double rate, double peak) {
        return n -> peak * Math.sin(Math.TAU * hertz * n / rate);
    }

    long written() {
        return written;
    }

    /** Writes whole sample frames and publishes them at once. */
    void write(int frames) {
        store(bytes(frames));
        publish();
    }

    /**
     * Writes sample frames and publishes them in portions of {@code portion} bytes; {@code between} runs after each.
     */
    void writeInPortions(int frames, int portion, Runnable between) {
        byte[] all = bytes(frames);
        for (int at = 0; at < all.length; at += portion) {
            byte[] some = Arrays.copyOfRange(all, at, Math.min(all.length, at + portion));
            store(some);
            publish();
            between.run();
        }
    }

    private byte[] bytes(int frames) {
        ByteBuffer out = ByteBuffer.allocate(frames * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < frames; i++, written++) {
            double sample = wave.applyAsDouble(written);
            for (int c = 0; c < channels; c++) {
                double s = c == 0 ? sample : -sample;
                if (format == AudioSegment.FORMAT_S16LE) {
                    out.putShort((short) Math.round(s * Short.MAX_VALUE));
                } else {
                    out.putFloat((float) s);
                }
            }
        }
        return out.array();
    }

    private void store(byte[] bytes) {
        int at = position & (AudioSegment.RING_SIZE - 1);
        int first = Math.min(bytes.length, AudioSegment.RING_SIZE - at);
        MemorySegment from = MemorySegment.ofArray(bytes);
        MemorySegment.copy(from, 0, segment.ring(), at, first);
        MemorySegment.copy(from, first, segment.ring(), 0, bytes.length - first);
        position += bytes.length;
    }

    private void publish() {
        if (!freeRunning) {
            position &= AudioSegment.RING_SIZE - 1;
        }
        segment.writePosition(position);
    }

    /** Starts at a position of its own, as a writer does that ran on for long. */
    void position(int start) {
        position = start;
        segment.writePosition(start);
    }
}
