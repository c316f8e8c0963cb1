package org.macemu.webrtc.control.rest;

/** The media-service answered, and what it answered cannot be passed on. */
final class BadAnswer extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadAnswer(String message) {
        super(message);
    }
}
