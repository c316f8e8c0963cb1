package org.macemu.webrtc.media.control;

/** A request to the emulator came to nothing. */
public final class EmulatorException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        NOT_CONNECTED,
        TIMEOUT,
        REFUSED
    }

    private final Reason reason;

    public EmulatorException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
