package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.Segment;
import org.macemu.webrtc.api.shm.SoundFrames;

/** A segment with sound, and what takes the samples out of it. */
public record AudioInput(Segment segment, SampleReader samples) implements CaptureInput {

    /** With a ring of version 1. */
    public AudioInput(AudioSegment segment) {
        this(segment, new RingReader(segment));
    }

    /**
     * With the frames of protocol v4.
     *
     * @param request asks the emulator for another 20 ms; never blocks
     */
    public AudioInput(SoundFrames frames, Runnable request) {
        this(frames, new SoundFrameReader(frames, request));
    }
}
