package org.macemu.webrtc.signaling.whep;

/** Why a player does not get what it asked for, as HTTP says it. */
final class WhepProblem extends Exception {

    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int NOT_ACCEPTABLE = 406;
    static final int CONFLICT = 409;
    static final int PRECONDITION_FAILED = 412;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_MEDIA_TYPE = 415;
    static final int UNPROCESSABLE = 422;
    static final int PRECONDITION_REQUIRED = 428;
    static final int TOO_MANY = 429;
    static final int UNAVAILABLE = 503;

    private static final long serialVersionUID = 1L;

    private final int status;
    private final int retryAfterSeconds;

    /** @param detail what was found, what was expected, what to do */
    WhepProblem(int status, String detail) {
        this(status, detail, 0);
    }

    /** @param retryAfterSeconds when it may be tried again; 0: not said */
    WhepProblem(int status, String detail, int retryAfterSeconds) {
        // No stack trace: it is an answer, and a hostile player decides how often it is made.
        super(detail, null, false, false);
        this.status = status;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    int status() {
        return status;
    }

    int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
