package org.macemu.webrtc.media.emulator.v4;

import java.io.IOException;
import java.nio.file.Path;
import org.macemu.webrtc.api.shm.Segment;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SoundFrames;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.AudioInput;
import org.macemu.webrtc.media.capture.FrameSignal;
import org.macemu.webrtc.media.capture.SegmentSource;
import org.macemu.webrtc.media.capture.VideoInput;
import org.macemu.webrtc.media.config.MediaConfig;
import org.macemu.webrtc.media.control.EmulatorLink;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.emulator.AllowedUsers;
import org.macemu.webrtc.media.emulator.EmulatorPort;

/** Protocol v4: the emulator makes one segment for picture and sound, and listens; this process connects. */
public final class V4Port implements EmulatorPort {

    private final AllowedUsers users;
    private final V4Search search;
    private volatile V4Link link;

    public V4Port(MediaConfig config, AllowedUsers users) {
        this.users = users;
        this.search = new V4Search(
                Path.of(config.shm().directory()),
                config.emulator().socketDirectory(),
                users,
                config.emulator().pid());
    }

    /** The segment of the connected emulator. @throws SegmentSource.AbsentException when none is connected */
    private Path segment() throws SegmentException {
        V4Link l = link;
        Path segment = l == null ? null : l.segment();
        if (segment == null) {
            throw new SegmentSource.AbsentException("no emulator of protocol v4 yet; looking for " + search.place());
        }
        return segment;
    }

    /** A source whose segments come and go with the emulators. */
    private abstract class Source<S extends Segment> implements SegmentSource<S> {
        @Override
        public String outdated(S segment) {
            return segment.file().path().equals(link.segment())
                    ? SegmentSource.super.outdated(segment)
                    : "its emulator has gone";
        }
    }

    @Override
    public SegmentSource<VideoInput> video() {
        return new Source<>() {
            @Override
            public VideoInput open() throws SegmentException {
                VideoSegment segment = VideoSegment.open(segment(), VideoLayout.V4);
                users.check(segment.file());
                try {
                    FrameSignal signal = link.newSignal();
                    return signal == null ? new VideoInput(segment) : new VideoInput(segment, signal);
                } catch (IOException | RuntimeException e) {
                    segment.close();
                    throw new SegmentException("The emulator's pictures cannot be waited for: " + e.getMessage(), e);
                }
            }
        };
    }

    @Override
    public SegmentSource<AudioInput> audio() {
        return new Source<>() {
            @Override
            public AudioInput open() throws SegmentException {
                SoundFrames frames = SoundFrames.open(segment());
                users.check(frames.file());
                return new AudioInput(frames, link::requestSound);
            }
        };
    }

    @Override
    public EmulatorLink link(EmulatorListener listener) {
        link = new V4Link(search, users, listener);
        return link;
    }
}
