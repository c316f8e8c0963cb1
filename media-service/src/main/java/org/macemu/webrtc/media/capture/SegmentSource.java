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

    /**
     * Why an open segment is not the one to read any more, "" when it still is; asked by the capture thread, once a
     * second.
     */
    default String outdated(S segment) {
        return segment.file().isReplaced() || segment.file().isResized()
                ? "its file was replaced or has another size now"
                : "";
    }

    /** Nobody has made the segment yet: it is waited for, and that is nothing to warn of. */
    final class AbsentException extends SegmentException {

        private static final long serialVersionUID = 1L;

        public AbsentException(String message) {
            super(message);
        }
    }
}
