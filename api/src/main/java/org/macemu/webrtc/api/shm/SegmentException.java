package org.macemu.webrtc.api.shm;

import java.io.IOException;

/** A segment cannot be used; the message says which file, what was found and what was expected. */
public class SegmentException extends IOException {

    private static final long serialVersionUID = 1L;

    public SegmentException(String message) {
        super(message);
    }

    public SegmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
