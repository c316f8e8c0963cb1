package org.macemu.webrtc.media.edge;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the origin takes calls.
 *
 * @param host name or address, without the brackets of IPv6
 * @param tlsFolder certificate, key and authorities of the calls; empty: plain text
 */
public record OriginAddress(String host, int port, Optional<Path> tlsFolder) {

    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.%a-z]+)]|([^:\\[\\]/\\s]+)):(\\d{1,5})");

    /**
     * Reads {@code host:port}.
     *
     * @throws IllegalStateException when it is something else
     */
    public static OriginAddress parse(String text, Optional<Path> tlsFolder) {
        Matcher matcher = FORM.matcher(text.strip());
        int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalStateException("macemu.edge.origin (MACEMU_EDGE_ORIGIN) is \"" + text
                    + "\": host:port of the origin's media-service was expected, such as mac-0.mac-media:8010");
        }
        return new OriginAddress(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port, tlsFolder);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
