package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.Segment;

/** A segment with sound, and what takes the samples out of it. */
public record AudioInput(Segment segment, SampleReader samples) implements CaptureInput {

    /** With a ring of version 1. */
    public AudioInput(AudioSegment segment) {
        this(segment, new RingReader(segment));
    }
}
