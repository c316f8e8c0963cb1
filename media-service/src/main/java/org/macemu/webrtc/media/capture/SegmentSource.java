package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.SegmentException;

/** Opens a segment, again after its file was replaced. */
@FunctionalInterface
public interface SegmentSource<T> {

    /** @throws SegmentException when it cannot be used; the message says why */
    T open() throws SegmentException;
}
