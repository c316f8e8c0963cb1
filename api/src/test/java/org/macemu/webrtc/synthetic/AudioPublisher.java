package org.macemu.webrtc.synthetic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentFile;

/** Writes the sound, ten milliseconds at a time, as a sound card's callback does. */
final class AudioPublisher extends Publisher<AudioSegment> {

    private static final double BLOCKS_PER_SECOND = 100;

    /** The tone as it shall be. */
    private record Tone(double hertz, double level) {}

    private final Path path;
    private final ToneWriter writer;
    private volatile Tone wanted;

    AudioPublisher(SyntheticOptions options, Path path, Consumer<String> events) throws IOException {
        super("synthetic-audio", BLOCKS_PER_SECOND, events);
        this.path = path;
        this.writer = new ToneWriter(options);
        this.wanted = new Tone(options.tone(), options.level());
        start();
    }

    void tone(double hertz, double level) {
        wanted = new Tone(hertz, level);
    }

    @Override
    AudioSegment open() throws IOException {
        return AudioSegment.openOrCreate(path, VideoPublisher.OWNER_ONLY);
    }

    @Override
    SegmentFile file(AudioSegment open) {
        return open.file();
    }

    @Override
    void begin(AudioSegment open, long nanoTime) {
        writer.begin(open, nanoTime);
    }

    @Override
    void publish(AudioSegment open, long nanoTime) {
        Tone tone = wanted;
        writer.tone(tone.hertz, tone.level);
        writer.write(open, nanoTime);
    }
}
