package org.macemu.webrtc.media.session;

import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
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

    private static final Logger LOG = Logger.getLogger(Lanes.class);

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

    /** A lane that fails does not keep the others from the picture. */
    @Override
    public void video(VideoFrame frame) {
        for (Lane lane : all) {
            try {
                lane.video(frame);
            } catch (RuntimeException e) {
                LOG.errorf(e, "The %s lane failed on a picture", lane.name());
            }
        }
    }

    @Override
    public void audio(short[] pcm, long sampleIndex, boolean silent) {
        for (Lane lane : all) {
            try {
                lane.audio(pcm, sampleIndex, silent);
            } catch (RuntimeException e) {
                LOG.errorf(e, "The %s lane failed on a block of sound", lane.name());
            }
        }
    }

    /** Closes every lane. */
    public void close() {
        all.forEach(Lane::close);
    }
}
