package org.macemu.webrtc.control.service;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Some bytes of a file (RFC 9110, section 14). One range is understood; several in one request, other units and what is
 * no range at all are answered with the whole file, as the section allows.
 *
 * @param offset first byte
 * @param length bytes; never 0
 */
public record ByteRange(long offset, long length) {

    private static final Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** The file has none of the bytes that were asked for. */
    public static final class NotSatisfiable extends Exception {

        private static final long serialVersionUID = 1L;

        NotSatisfiable(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads a Range header.
     *
     * @return empty for the whole file
     */
    public static Optional<ByteRange> parse(String header, long size) throws NotSatisfiable {
        Matcher matcher = header == null ? null : ONE.matcher(header);
        if (matcher == null || !matcher.matches() || matcher.group(1).isEmpty() && matcher.group(2).isEmpty()) {
            return Optional.empty();
        }
        long first;
        long last;
        if (matcher.group(1).isEmpty()) {
            long suffix = Long.parseLong(matcher.group(2));
            first = Math.max(0, size - suffix);
            last = suffix == 0 ? -1 : size - 1;
        } else {
            first = Long.parseLong(matcher.group(1));
            last = matcher.group(2).isEmpty() ? size - 1 : Long.parseLong(matcher.group(2));
            if (last < first && !matcher.group(2).isEmpty()) {
                return Optional.empty(); // section 14.1.1: not valid, so it is ignored
            }
            last = Math.min(last, size - 1);
        }
        if (first >= size || last < first) {
            throw new NotSatisfiable("The file has " + size + " bytes; " + header.strip() + " is none of them.");
        }
        return Optional.of(new ByteRange(first, last - first + 1));
    }

    /** Value of Content-Range. */
    public String contentRange(long size) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
    }
}
