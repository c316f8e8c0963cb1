package org.macemu.webrtc.control.service;

/** A request that does not fit; the message says what was found and what was expected. */
public final class InvalidRequest extends Exception {

    private static final long serialVersionUID = 1L;

    public InvalidRequest(String message) {
        super(message, null, false, false);
    }
}
