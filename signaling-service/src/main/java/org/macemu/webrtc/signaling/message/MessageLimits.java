package org.macemu.webrtc.signaling.message;

/** Sizes the contract sets for messages from browsers. Bytes are bytes of UTF-8. */
public final class MessageLimits {

    /** SDP of an offer. */
    public static final int MAX_SDP_BYTES = 64 * 1024;

    /**
     * A whole message: the greatest SDP with each of its line ends escaped, which makes the shortest line ({@code a=}
     * and a line end, 4 bytes) 6 bytes long, and 1 KiB for the fields around it. Anything longer is refused unparsed.
     */
    public static final int MAX_MESSAGE_BYTES = MAX_SDP_BYTES / 4 * 6 + 1024;

    /** One candidate line. */
    public static final int MAX_CANDIDATE_BYTES = 1024;

    /** {@code sdpMid}; browsers use one or two digits. */
    public static final int MAX_SDP_MID_BYTES = 64;

    /** Media sections an offer can sensibly have. */
    public static final int MAX_M_LINE_INDEX = 255;

    /** Candidates after one offer; a browser with several networks sends some tens. */
    public static final int MAX_CANDIDATES_PER_OFFER = 200;

    /** One input message. */
    public static final int MAX_INPUT_BYTES = 1024;

    /** A viewer's id; ours have 18. */
    public static final int MAX_VIEWER_BYTES = 64;

    /** What a person calls themselves. */
    public static final int MAX_PERSON_NAME = 40;

    private MessageLimits() {}
}
