package org.macemu.webrtc.control.service;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entity tags in headers (RFC 9110, sections 8.8.3 and 13.1). All tags of this API are strong. */
public final class EntityTags {

    private static final Pattern TAG = Pattern.compile("(W/)?\"([\\x21\\x23-\\x7e]*)\"");
    private static final Pattern LIST =
            Pattern.compile("\\s*(?:W/)?\"[\\x21\\x23-\\x7e]*\"(?:\\s*,\\s*(?:W/)?\"[\\x21\\x23-\\x7e]*\")*\\s*");

    private EntityTags() {}

    /** In quotes. */
    public static String quoted(String tag) {
        return '"' + tag + '"';
    }

    /** Whether a list of tags, or an asterisk, names this one; {@code weak} accepts weak ones, too. */
    public static boolean matches(String header, String tag, boolean weak) {
        if (header.strip().equals("*")) {
            return true;
        }
        Matcher matcher = TAG.matcher(header);
        while (matcher.find()) {
            if (matcher.group(2).equals(tag) && (weak || matcher.group(1) == null)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The one strong tag of an If-Match header; empty for none, or for {@code *}.
     *
     * @throws InvalidRequest when it is something else
     */
    public static String one(String header) throws InvalidRequest {
        if (header == null || header.strip().equals("*")) {
            return "";
        }
        Matcher matcher = TAG.matcher(header.strip());
        if (!matcher.matches() || matcher.group(1) != null || matcher.group(2).isEmpty()) {
            throw new InvalidRequest(
                    "If-Match is " + (LIST.matcher(header).matches() ? "a list or weak" : "no entity tag")
                            + "; one tag as in ETag is expected.");
        }
        return matcher.group(2);
    }
}
