package org.macemu.webrtc.media.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlMessage.Hello;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.AudioInput;
import org.macemu.webrtc.media.capture.SegmentSource;
import org.macemu.webrtc.media.capture.VideoInput;
import org.macemu.webrtc.media.config.MediaConfig;
import org.macemu.webrtc.media.control.ControlSocket;
import org.macemu.webrtc.media.control.EmulatorLink;
import org.macemu.webrtc.media.control.EmulatorListener;

/**
 * Version 1, in both of its layouts: two segments with names that both sides know, which either may make, and a socket
 * on which this process listens.
 *
 * <p>Which layout an emulator uses is not known before it comes. It makes or sizes the segments before it connects, and
 * the sizes are unmistakable: they decide, whenever a segment is opened. A segment of the other layout that waits under
 * the name is sized anew by such an emulator, which is noticed at its connection and every second. Only an emulator that
 * never makes a segment itself needs to be named in the configuration, for what is made here.
 */
public final class NamedSegments implements EmulatorPort {

    private static final Logger LOG = Logger.getLogger(NamedSegments.class);

    private final MediaConfig config;
    private final AllowedUsers users;
    private final VideoLayout videoLayout;
    private final AudioSegment.Layout audioLayout;
    private final Path video;
    private final Path audio;
    private final Set<PosixFilePermission> permissions;

    /**
     * @param videoLayout of a new segment
     * @param audioLayout of a new segment
     * @throws SegmentException when a segment's name cannot be used
     */
    public NamedSegments(
            MediaConfig config, AllowedUsers users, VideoLayout videoLayout, AudioSegment.Layout audioLayout)
            throws SegmentException {
        this.config = config;
        this.users = users;
        this.videoLayout = videoLayout;
        this.audioLayout = audioLayout;
        Path directory = Path.of(config.shm().directory());
        this.video = SegmentFile.path(directory, config.videoShm());
        this.audio = SegmentFile.path(directory, config.audioShm());
        this.permissions = PosixFilePermissions.fromString(config.shm().permissions());
    }

    @Override
    public SegmentSource<VideoInput> video() {
        return () -> {
            VideoSegment segment =
                    VideoSegment.openOrCreate(video, videoLayout, config.shm().maxFrameSize(), permissions);
            users.check(segment.file());
            return new VideoInput(segment);
        };
    }

    @Override
    public SegmentSource<AudioInput> audio() {
        return () -> {
            AudioSegment segment = AudioSegment.openOrCreate(audio, audioLayout, permissions);
            users.check(segment.file());
            return new AudioInput(segment);
        };
    }

    @Override
    public EmulatorLink link(EmulatorListener listener) throws IOException {
        return new ControlSocket(
                new ControlSocket.Settings(
                        Path.of(config.controlSock()), config.control().permissions(), users.uids()),
                listener);
    }

    /** The first code expects the server to speak first; others would have to answer that they do not understand. */
    @Override
    public Optional<ToEmulator> greeting() {
        try {
            return Files.size(video) == VideoLayout.V1_AS_FIRST_CODED.fileSize()
                    ? Optional.of(new Hello(AudioSegment.VERSION, config.videoShm(), config.audioShm()))
                    : Optional.empty();
        } catch (IOException e) {
            LOG.debug("The video segment's size", e);
            return Optional.empty();
        }
    }

    /** Nobody needs them any more, and the last picture of the screen is in one of them. */
    @Override
    public void removeSegments() {
        try {
            Files.deleteIfExists(video);
            Files.deleteIfExists(audio);
        } catch (IOException e) {
            LOG.warn("Removing the segments", e);
        }
    }
}
