package org.macemu.webrtc.media.lane.shared.sdp;

/** An offer that cannot be answered; the message says what was found and what was expected. */
public final class SdpException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;

    SdpException(String code, String message) {
        super(message);
        this.code = code;
    }

    static SdpException invalid(String message) {
        return new SdpException("sdp_invalid", message);
    }

    /** {@code sdp_invalid} or {@code sdp_too_large}, as in signaling.proto. */
    public String code() {
        return code;
    }
}
