package org.macemu.webrtc.control.sessions;

import java.util.regex.Pattern;

/** Name of a session: part of names in the cluster, of links, and of tokens. */
final class SessionName {

    /** 20 characters: with the chart's prefix and a StatefulSet's hash a label of 63 is not exceeded. */
    private static final Pattern PATTERN = Pattern.compile("[a-z]([-a-z0-9]{0,18}[a-z0-9])?");

    private static final int MAX_QUOTED = 40;

    private SessionName() {}

    /** The name, when it is one. */
    static String check(String name, String reserved) throws SessionFailure {
        if (name == null || !PATTERN.matcher(name).matches()) {
            throw new SessionFailure(
                    SessionFailure.Kind.INVALID,
                    "The name is " + quoted(name) + "; 1 to 20 of a-z, 0-9 and - are expected, a letter first, no - at"
                            + " the end.");
        }
        if (name.equals(reserved)) {
            throw new SessionFailure(
                    SessionFailure.Kind.EXISTS, "The name " + name + " is that of the release's own Mac.");
        }
        return name;
    }

    /** Whether this could be a session's name. */
    static boolean fits(String name) {
        return PATTERN.matcher(name).matches();
    }

    private static String quoted(String text) {
        if (text == null) {
            return "missing";
        }
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return '"' + (printable.length() <= MAX_QUOTED ? printable : printable.substring(0, MAX_QUOTED) + "...") + '"';
    }
}
