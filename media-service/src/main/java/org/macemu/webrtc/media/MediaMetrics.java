package org.macemu.webrtc.media;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.macemu.webrtc.media.capture.CaptureMetrics;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLaneMetrics;

/** The figures of this process, as Prometheus sees them. */
final class MediaMetrics implements CaptureMetrics, AdaptiveLaneMetrics {

    private final MeterRegistry registry;
    private final Counter changed;
    private final Counter unchanged;
    private final Counter skipped;
    private final Counter invalid;
    private final Counter underruns;
    private final Counter audioSkipped;
    private final Counter input;
    private final Counter adaptiveFrames;
    private final Counter adaptiveKeyFrames;

    MediaMetrics(MeterRegistry registry) {
        this.registry = registry;
        changed = captured("changed");
        unchanged = captured("unchanged");
        skipped = counter("macemu.frames.dropped", "Pictures overtaken by newer ones before they were read");
        invalid = counter("macemu.frames.invalid", "Pictures whose header described nothing that fits");
        underruns = counter("macemu.audio.underruns", "Times that sound ran dry while it was flowing");
        audioSkipped = counter("macemu.audio.skipped", "Sample frames discarded to come back to now");
        input = counter("macemu.input.events", "Input messages given to the emulator");
        adaptiveFrames = counter("macemu.adaptive.frames.encoded", "Pictures encoded on the adaptive lane, per viewer");
        adaptiveKeyFrames = counter("macemu.adaptive.key.frames", "Key frames among them");
    }

    private Counter captured(String pixels) {
        return Counter.builder("macemu.frames.captured")
                .description("Pictures read from the segment")
                .tag("pixels", pixels)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    @Override
    public void captured(boolean pixelsChanged) {
        (pixelsChanged ? changed : unchanged).increment();
    }

    @Override
    public void skipped(long frames) {
        skipped.increment(frames);
    }

    @Override
    public void invalid() {
        invalid.increment();
    }

    @Override
    public void audioUnderrun() {
        underruns.increment();
    }

    @Override
    public void audioSkipped(long sampleFrames) {
        if (sampleFrames > 0) {
            audioSkipped.increment(sampleFrames);
        }
    }

    @Override
    public void encoded(long frames, long keyFrames) {
        adaptiveFrames.increment(frames);
        adaptiveKeyFrames.increment(keyFrames);
    }

    void inputEvent() {
        input.increment();
    }
}
