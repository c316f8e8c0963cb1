package org.macemu.webrtc.signaling.whep;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.macemu.webrtc.signaling.message.MessageLimits;

/** What WHEP does to session descriptions on their way; what is in them is the media-service's business. Stateless. */
final class PlayerSdp {

    static final String MEDIA_TYPE = "application/sdp";

    /** WHEP has one media stream (section 4.5.2 of the draft); the page's answers keep sound and picture apart. */
    private static final String STREAM = "macemu";

    private static final Pattern UFRAG = Pattern.compile("^a=ice-ufrag:(\\S+)\\s*$", Pattern.MULTILINE);
    private static final Pattern PASSWORD = Pattern.compile("^a=ice-pwd:(\\S+)\\s*$", Pattern.MULTILINE);
    private static final Pattern ORIGIN = Pattern.compile("^(o=\\S+ \\d+ )\\d+ ", Pattern.MULTILINE);
    private static final Pattern MSID = Pattern.compile("^a=msid:\\S+", Pattern.MULTILINE);
    private static final Pattern MUX = Pattern.compile("^a=rtcp-mux$", Pattern.MULTILINE);

    private PlayerSdp() {}

    /** @throws WhepProblem 400 or 413 when this is no offer at all */
    static void checkOffer(String sdp) throws WhepProblem {
        if (sdp.length() > MessageLimits.MAX_SDP_BYTES) {
            throw new WhepProblem(
                    WhepProblem.TOO_LARGE,
                    "The offer has more than " + MessageLimits.MAX_SDP_BYTES + " bytes.");
        }
        if (!sdp.startsWith("v=0") || sdp.indexOf('\0') >= 0 || !sdp.contains("\nm=")) {
            throw new WhepProblem(
                    WhepProblem.BAD_REQUEST,
                    "The body is no session description: text that begins with v=0 and has media sections is expected"
                            + " (RFC 8866).");
        }
        if (ufrag(sdp).isEmpty() || !PASSWORD.matcher(sdp).find()) {
            throw new WhepProblem(
                    WhepProblem.BAD_REQUEST, "The offer has no a=ice-ufrag and a=ice-pwd (RFC 8839, section 5.4).");
        }
    }

    /** The ICE user name fragment; empty when there is none. */
    static String ufrag(String sdp) {
        Matcher ufrag = UFRAG.matcher(sdp);
        return ufrag.find() ? ufrag.group(1) : "";
    }

    /** The same offer with other ICE credentials: what a player would offer to restart ICE. */
    static String restarted(String offer, IceFragment fragment, int version) {
        String out = UFRAG.matcher(offer).replaceAll(Matcher.quoteReplacement("a=ice-ufrag:" + fragment.ufrag()));
        out = PASSWORD.matcher(out).replaceAll(Matcher.quoteReplacement("a=ice-pwd:" + fragment.password()));
        return ORIGIN.matcher(out).replaceAll("$1" + version + " ");
    }

    /** The answer as WHEP wants it: one media stream, and RTCP on the port of RTP only. */
    static String answer(String sdp) {
        String oneStream = MSID.matcher(sdp).replaceAll("a=msid:" + STREAM);
        return MUX.matcher(oneStream).replaceAll("a=rtcp-mux\r\na=rtcp-mux-only");
    }

    /** What an ICE restart changed: the ICE lines of the answer's session and of its first media section in use. */
    static String fragment(String answer) {
        List<String> session = new ArrayList<>();
        List<String> media = new ArrayList<>();
        boolean inMedia = false;
        boolean wanted = false;
        for (String line : answer.split("\r?\n")) {
            if (line.startsWith("m=")) {
                if (wanted) {
                    break;
                }
                inMedia = true;
                wanted = !line.matches("m=\\S+ 0 .*");
                if (wanted) {
                    media.add(line);
                }
            } else if (!inMedia && (line.startsWith("a=ice-") || line.startsWith("a=group:"))) {
                session.add(line);
            } else if (wanted
                    && (line.startsWith("a=ice-")
                            || line.startsWith("a=mid:")
                            || line.startsWith("a=candidate:")
                            || line.equals("a=end-of-candidates"))) {
                media.add(line);
            }
        }
        session.addAll(media);
        return String.join("\r\n", session) + "\r\n";
    }
}
