package org.macemu.webrtc.signaling.message;

/** A message from a browser that does not fit; the text says what was found and what was expected. */
public final class MessageException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public MessageException(ErrorCode code, String message) {
        // No stack trace: it is an answer to the browser, and a hostile browser decides how often it is made.
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
