package org.macemu.webrtc.signaling.whep;

import java.util.ArrayList;
import java.util.List;
import org.macemu.webrtc.signaling.message.MessageLimits;

/**
 * An {@code application/trickle-ice-sdpfrag} (RFC 8840 section 9): what a player says about its ICE session.
 *
 * @param ufrag empty when the fragment has none
 * @param password empty when the fragment has none
 * @param candidates {@code candidate:...}, without {@code a=}
 * @param mid of the media section they belong to; empty when the fragment does not say
 * @param complete whether no further candidates follow
 */
record IceFragment(String ufrag, String password, List<String> candidates, String mid, boolean complete) {

    static final String MEDIA_TYPE = "application/trickle-ice-sdpfrag";

    IceFragment {
        candidates = List.copyOf(candidates);
    }

    /** @throws WhepProblem 400 when it is none; says the line */
    static IceFragment parse(String text) throws WhepProblem {
        String ufrag = "";
        String password = "";
        String mid = "";
        boolean complete = false;
        List<String> candidates = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (line.isEmpty()) {
                continue;
            }
            if (line.length() < 3 || line.charAt(1) != '=' || line.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                throw malformed(number, "a line of SDP, such as a=ice-ufrag:..., is expected");
            }
            String value = line.substring(2);
            if (line.charAt(0) == 'm' || line.charAt(0) != 'a') {
                continue;
            }
            if (value.startsWith("ice-ufrag:")) {
                ufrag = same(ufrag, value.substring("ice-ufrag:".length()), number);
            } else if (value.startsWith("ice-pwd:")) {
                password = same(password, value.substring("ice-pwd:".length()), number);
            } else if (value.startsWith("mid:") && mid.isEmpty()) {
                mid = value.substring("mid:".length());
            } else if (value.equals("end-of-candidates")) {
                complete = true;
            } else if (value.startsWith("candidate:")) {
                candidates.add(candidate(value, candidates.size(), number));
            }
        }
        check(ufrag, password, mid);
        return new IceFragment(ufrag, password, candidates, mid, complete);
    }

    private static String candidate(String value, int before, int line) throws WhepProblem {
        if (value.length() > MessageLimits.MAX_CANDIDATE_BYTES) {
            throw malformed(line, "a candidate has at most " + MessageLimits.MAX_CANDIDATE_BYTES + " characters");
        }
        if (before >= MessageLimits.MAX_CANDIDATES_PER_OFFER) {
            throw malformed(line, "at most " + MessageLimits.MAX_CANDIDATES_PER_OFFER + " candidates are read");
        }
        return value;
    }

    /** Bundled media have one ICE session: whatever repeats its credentials repeats the same. */
    private static String same(String before, String now, int line) throws WhepProblem {
        if (!before.isEmpty() && !before.equals(now)) {
            throw malformed(line, "one ice-ufrag and one ice-pwd are expected, since all media share a transport");
        }
        return now;
    }

    private static void check(String ufrag, String password, String mid) throws WhepProblem {
        if (ufrag.isEmpty() != password.isEmpty()) {
            throw new WhepProblem(
                    WhepProblem.BAD_REQUEST, "The fragment has only one of ice-ufrag and ice-pwd; both are expected.");
        }
        // RFC 8839 section 5.4.
        if (!ufrag.isEmpty()
                && (!ufrag.matches("[A-Za-z0-9+/]{4,256}") || !password.matches("[A-Za-z0-9+/]{22,256}"))) {
            throw new WhepProblem(
                    WhepProblem.BAD_REQUEST,
                    "ice-ufrag has 4 to 256 and ice-pwd 22 to 256 letters, digits, + or / (RFC 8839, section 5.4).");
        }
        if (mid.length() > MessageLimits.MAX_SDP_MID_BYTES) {
            throw new WhepProblem(
                    WhepProblem.BAD_REQUEST,
                    "mid has at most " + MessageLimits.MAX_SDP_MID_BYTES + " characters.");
        }
    }

    private static WhepProblem malformed(int line, String expected) {
        return new WhepProblem(WhepProblem.BAD_REQUEST, "Line " + line + " of the fragment: " + expected + ".");
    }
}
