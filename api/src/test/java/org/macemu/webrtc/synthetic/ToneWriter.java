package org.macemu.webrtc.synthetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.macemu.webrtc.api.shm.AudioSegment;

/**
 * Writes a tone, or {@link Symbols}, into the ring as an emulator does: it advances {@code write_pos} by its own clock,
 * whether or not anybody reads. Owned by one thread.
 */
final class ToneWriter {

    /** Longest piece written at once, in milliseconds; after a longer pause the clock starts anew. */
    private static final int LONGEST_MILLIS = 100;

    private static final int SINE_STEPS = 4096;
    private static final float[] SINE = new float[SINE_STEPS];

    static {
        for (int i = 0; i < SINE_STEPS; i++) {
            SINE[i] = (float) Math.sin(i * Math.TAU / SINE_STEPS);
        }
    }

    private final SyntheticOptions options;
    private final int frameBytes;
    private final ByteBuffer block;
    private final MemorySegment blockMemory;
    private double frequency;
    private double level;
    private double phase;
    private long sounded;
    private long startNanos;
    private long written;
    private int position;

    ToneWriter(SyntheticOptions options) {
        this.options = options;
        int sampleBytes = options.format() == AudioSegment.FORMAT_F32LE ? Float.BYTES : Short.BYTES;
        this.frameBytes = sampleBytes * options.channels();
        int longest = (int) (options.sampleRate() * 1.05 * LONGEST_MILLIS / 1000) + 1;
        this.block = ByteBuffer.allocate(longest * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
        this.blockMemory = MemorySegment.ofBuffer(block);
        tone(options.tone(), options.level());
    }

    void tone(double hertz, double peak) {
        frequency = hertz;
        level = peak;
    }

    /** Starts the clock and announces the format. */
    void begin(AudioSegment segment, long nanoTime) {
        segment.format(options.sampleRate(), options.channels(), options.format());
        position = segment.writePosition();
        position -= Math.floorMod(position, frameBytes);
        startNanos = nanoTime;
        written = 0;
    }

    /** Writes what is due. */
    void write(AudioSegment segment, long nanoTime) {
        double rate = options.sampleRate() * (1 + options.drift());
        long due = (long) ((nanoTime - startNanos) / 1e9 * rate) - written;
        if (due > block.capacity() / frameBytes) {
            startNanos = nanoTime;
            written = 0;
            return;
        }
        if (due <= 0) {
            return;
        }
        fill((int) due);
        store(segment, (int) due * frameBytes);
        written += due;
    }

    private void fill(int frames) {
        block.clear();
        double step = frequency * SINE_STEPS / options.sampleRate();
        for (int i = 0; i < frames; i++) {
            float sample = (float) level
                    * (options.symbols() ? Symbols.sample(sounded++, options.sampleRate()) : SINE[(int) phase]);
            phase = (phase + step) % SINE_STEPS;
            for (int channel = 0; channel < options.channels(); channel++) {
                if (options.format() == AudioSegment.FORMAT_F32LE) {
                    block.putFloat(sample);
                } else {
                    block.putShort((short) Math.round(sample * Short.MAX_VALUE));
                }
            }
        }
    }

    private void store(AudioSegment segment, int bytes) {
        int offset = Math.floorMod(position, AudioSegment.RING_SIZE);
        int first = Math.min(bytes, AudioSegment.RING_SIZE - offset);
        copy(0, segment.ring(), offset, first);
        copy(first, segment.ring(), 0, bytes - first);
        position += bytes;
        if (!options.freeRunning()) {
            position = Math.floorMod(position, AudioSegment.RING_SIZE);
        }
        segment.writePosition(position);
    }

    private void copy(int from, MemorySegment ring, int to, int bytes) {
        MemorySegment.copy(blockMemory, ValueLayout.JAVA_BYTE, from, ring, ValueLayout.JAVA_BYTE, to, bytes);
    }
}
