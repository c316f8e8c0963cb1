package org.macemu.webrtc.api.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which {@code Host} headers (RFC 9110, section 7.2) are answered. While only this machine can connect, a request must be
 * addressed to one of loopback's names or a configured one: a name that somebody's DNS server points at 127.0.0.1
 * (rebinding) is not among them. Immutable.
 */
public final class HostPolicy {

    private static final int MAX_QUOTED = 80;

    private final boolean loopbackOnly;
    private final Set<String> allowed;

    /** @param allowed names that are answered besides loopback's own */
    public HostPolicy(boolean loopbackOnly, Collection<String> allowed) {
        this.loopbackOnly = loopbackOnly;
        this.allowed = allowed.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Null when requests with this header are answered, else why not. */
    public String refusal(String header) {
        String host = hostOf(header);
        if (host == null) {
            return "The Host header is " + quoted(header) + "; a host name or address is expected.";
        }
        if (loopbackOnly && !isLoopbackName(host) && !allowed.contains(host)) {
            return "The Host header is " + quoted(header) + "; while this server listens on loopback, localhost or"
                    + " 127.0.0.1 is expected. A reverse proxy's name belongs in macemu.allowed-hosts.";
        }
        return null;
    }

    /** The host in lower case, without its port; null when the header names none. */
    public static String hostOf(String header) {
        if (header == null) {
            return null;
        }
        try {
            URI uri = new URI("http://" + header);
            boolean bare = uri.getUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawPath().isEmpty();
            return uri.getHost() == null || !bare ? null : uri.getHost().toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Whether a host in lower case is one of loopback's names. */
    public static boolean isLoopbackName(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** A header's value for people: printable, of bounded length; it may be null. */
    public static String quoted(String value) {
        if (value == null) {
            return "missing";
        }
        String printable = value.replaceAll("[^\\x20-\\x7e]", "?");
        return '"' + (printable.length() <= MAX_QUOTED ? printable : printable.substring(0, MAX_QUOTED) + "...") + '"';
    }
}
