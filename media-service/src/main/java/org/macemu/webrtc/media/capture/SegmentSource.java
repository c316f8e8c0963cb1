package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.Segment;
import org.macemu.webrtc.api.shm.SegmentException;

/** Where a capture finds its segment: at the start, and again after an emulator began anew. */
@FunctionalInterface
public interface SegmentSource<S extends Segment> {

    /**
     * Opens it; the capture thread, but for the first time.
     *
     * @throws AbsentException when there is none yet
     * @throws SegmentException when it cannot be used; the message says why
     */
    S open() throws SegmentException;

    /** Whether an open segment is still the one to read; asked by the capture thread, once a second. */
    default boolean isCurrent(S segment) {
        return !segment.file().isReplaced() && !segment.file().isResized();
    }

    /** Nobody has made the segment yet: it is waited for. */
    final class AbsentException extends SegmentException {

        private static final long serialVersionUID = 1L;

        public AbsentException(String message) {
            super(message);
        }
    }
}
