package org.macemu.webrtc.media.session;

import java.util.Optional;
import org.macemu.webrtc.api.grpc.Candidate;

/** What a browser's messages may contain, before anything else looks at them. */
final class MessageLimits {

    private static final int MAX_SDP = 64 * 1024;
    private static final int MAX_CANDIDATE = 1024;
    private static final int MAX_NAME = 40;

    /** A name of a media section is a number or a word. */
    private static final int MAX_MID = 64;

    /** A browser has one candidate per network interface and protocol; a flood ends here. */
    static final int MAX_CANDIDATES_PER_OFFER = 200;

    /** Why a message is not taken, with the code of the error that the browser is told. */
    record Refusal(String code, String message) {}

    private MessageLimits() {}

    /** A viewer's, or a token's. */
    static boolean isId(String id) {
        return id.matches("[A-Za-z0-9_-]{1,64}");
    }

    /** The name without control characters, cut to what fits a list of people. */
    static String readableName(String name) {
        String text = name.replaceAll("\\p{Cntrl}", "").strip();
        return text.substring(0, Math.min(text.length(), MAX_NAME));
    }

    static Optional<Refusal> ofOffer(String sdp) {
        if (sdp.length() > MAX_SDP) {
            return Optional.of(new Refusal(
                    "sdp_too_large", "An offer of " + sdp.length() + " characters: at most " + MAX_SDP));
        }
        if (!sdp.startsWith("v=0") || sdp.indexOf('\0') >= 0) {
            return Optional.of(new Refusal(
                    "sdp_invalid", "The offer is no session description: expected text that begins with v=0"));
        }
        return Optional.empty();
    }

    static Optional<Refusal> ofCandidate(Candidate candidate) {
        String text = candidate.getCandidate();
        String mid = candidate.getSdpMid();
        if (text.length() <= MAX_CANDIDATE
                && mid.length() <= MAX_MID
                && (text.isEmpty() || text.startsWith("candidate:"))) {
            return Optional.empty();
        }
        return Optional.of(new Refusal(
                "candidate_invalid",
                "Expected \"candidate:...\" of at most " + MAX_CANDIDATE + " characters and an sdpMid of at most "
                        + MAX_MID + ", found " + text.length() + " and " + mid.length()));
    }
}
