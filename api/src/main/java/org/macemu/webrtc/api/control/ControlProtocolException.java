package org.macemu.webrtc.api.control;

/** A line is no message of the protocol; the message says what was found and expected. */
public final class ControlProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    public ControlProtocolException(String message) {
        super(message, null, false, false);
    }
}
