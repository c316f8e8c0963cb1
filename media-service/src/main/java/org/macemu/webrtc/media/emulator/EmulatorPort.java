package org.macemu.webrtc.media.emulator;

import java.io.IOException;
import java.util.Optional;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.media.capture.AudioInput;
import org.macemu.webrtc.media.capture.SegmentSource;
import org.macemu.webrtc.media.capture.VideoInput;
import org.macemu.webrtc.media.control.EmulatorLink;
import org.macemu.webrtc.media.control.EmulatorListener;

/** How emulators of one kind are reached: where their segments are, and how they are talked to. */
public interface EmulatorPort {

    /** Pictures. */
    SegmentSource<VideoInput> video();

    /** Sound. */
    SegmentSource<AudioInput> audio();

    /**
     * Makes the connection's side of this process; {@link EmulatorLink#start} begins.
     *
     * @throws IOException when it cannot be made; the message says why and what to do
     */
    EmulatorLink link(EmulatorListener listener) throws IOException;

    /** What an emulator that has just connected is told before anything else. */
    default Optional<ToEmulator> greeting() {
        return Optional.empty();
    }

    /** Removes what was made for an emulator that is not there any more; nothing is mapped any longer. */
    default void removeSegments() {}
}
