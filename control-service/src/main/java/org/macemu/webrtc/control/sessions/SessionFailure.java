package org.macemu.webrtc.control.sessions;

/** A request about a session that was not done; the message is made to be read by the person who asked. */
public final class SessionFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** No session has this name. */
        UNKNOWN,
        /** The name is taken. */
        EXISTS,
        /** As many as there may be are there. */
        FULL,
        /** Others change it faster than this request can. */
        CHANGED,
        /** The request does not fit. */
        INVALID,
        /** This server makes no sessions. */
        NOT_OFFERED,
        /** The Kubernetes API cannot be reached. */
        CLUSTER_UNAVAILABLE,
        /** The Kubernetes API refused. */
        CLUSTER_REFUSED
    }

    private final Kind kind;

    /** A failure without a cause of its own. */
    public SessionFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A failure that something else led to. */
    public SessionFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
