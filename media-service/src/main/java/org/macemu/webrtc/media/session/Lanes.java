package org.macemu.webrtc.media.session;

import java.util.List;
import java.util.Optional;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.capture.VideoSink;
import org.macemu.webrtc.media.lane.Lane;

/**
 * The lanes of this process, the preferred one first, and the sink that feeds them all.
 *
 * @param all never empty
 */
public record Lanes(List<Lane> all) implements VideoSink, AudioSink {

    public Lanes {
        all = List.copyOf(all);
    }

    /** The lane of that name, if this process has it. */
    public Optional<Lane> named(String name) {
        return all.stream().filter(l -> l.name().equals(name)).findFirst();
    }

    /** The first lane that takes one more viewer. */
    public Optional<Lane> firstFree() {
        return all.stream().filter(l -> l.refusal().isEmpty()).findFirst();
    }

    @Override
    public void video(VideoFrame frame) {
        for (Lane lane : all) {
            lane.video(frame);
        }
    }

    @Override
    public void audio(short[] pcm, long sampleIndex, boolean silent) {
        for (Lane lane : all) {
            lane.audio(pcm, sampleIndex, silent);
        }
    }

    /** Closes every lane. */
    public void close() {
        all.forEach(Lane::close);
    }
}
