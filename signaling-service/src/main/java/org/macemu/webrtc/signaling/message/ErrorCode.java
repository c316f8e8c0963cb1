package org.macemu.webrtc.signaling.message;

import java.util.Locale;

/** The stable codes of {@code error} messages that this service itself sends; the media-service has more. */
public enum ErrorCode {
    MESSAGE_INVALID,
    MESSAGE_TOO_LARGE,
    MESSAGE_UNKNOWN_TYPE,
    SDP_INVALID,
    SDP_TOO_LARGE,
    CANDIDATE_INVALID,
    TOO_MANY_CANDIDATES,
    INPUT_INVALID,
    CAPACITY_REACHED,
    MEDIA_UNAVAILABLE,
    SESSION_STARTING,
    RATE_LIMITED,
    INTERNAL;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As it travels: {@code message_invalid}. */
    public String text() {
        return text;
    }
}
