package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.Segment;
import org.macemu.webrtc.api.shm.SegmentFile;

/** A segment with what capture needs to read it. */
sealed interface CaptureInput extends Segment permits VideoInput, AudioInput {

    /** Where the bytes are. */
    Segment segment();

    @Override
    default SegmentFile file() {
        return segment().file();
    }

    @Override
    default String description() {
        return segment().description();
    }

    @Override
    default void close() {
        segment().close();
    }
}
