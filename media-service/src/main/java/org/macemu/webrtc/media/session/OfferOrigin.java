package org.macemu.webrtc.media.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells offers of one peer connection from those of another: user name and session id of the {@code o=} line stay the
 * same as long as the connection lives, only the version after them counts (RFC 8866 section 5.2, RFC 9429 section
 * 5.2.2). A page that reconnects on the same WebSocket makes a new connection, which restarts nothing.
 */
final class OfferOrigin {

    private static final Pattern ORIGIN = Pattern.compile("^o=(\\S{1,128} \\d{1,20}) ", Pattern.MULTILINE);

    private OfferOrigin() {}

    /** What identifies the offer's connection; empty when the offer does not say. */
    static String of(String sdp) {
        Matcher origin = ORIGIN.matcher(sdp);
        return origin.find() ? origin.group(1) : "";
    }
}
