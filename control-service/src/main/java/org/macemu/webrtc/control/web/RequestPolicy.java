package org.macemu.webrtc.control.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a request may be answered at all, from its headers. Immutable.
 *
 * <ul>
 *   <li>Host: while only this machine can connect, a request must be addressed to one of loopback's names or a
 *       configured one. A name that somebody's DNS server points at 127.0.0.1 (rebinding) is not among them.
 *   <li>Cross-site: a request that changes something must not come from another site's page. A browser says where it
 *       comes from in {@code Sec-Fetch-Site} (Fetch Metadata) and {@code Origin} (RFC 6454); without either, a JSON
 *       content type is the proof, because a page cannot send one elsewhere without asking first (CORS), and nobody
 *       answers that here.
 * </ul>
 */
final class RequestPolicy {

    private static final int MAX_QUOTED = 80;
    /** As with JSON, a page cannot send these elsewhere without asking first (CORS). */
    private static final Set<String> NO_FORM = Set.of("PUT", "DELETE");

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final boolean loopbackOnly;
    private final Set<String> hosts;

    RequestPolicy(boolean loopbackOnly, Collection<String> allowedHosts) {
        this.loopbackOnly = loopbackOnly;
        this.hosts = allowedHosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Null when requests to this Host are answered, else why not. */
    String hostRefusal(String hostHeader) {
        String host = hostOf(hostHeader);
        if (host == null) {
            return "The Host header is " + quoted(hostHeader) + "; a host name or address is expected.";
        }
        if (loopbackOnly && !isLoopbackName(host) && !hosts.contains(host)) {
            return "The Host header is " + quoted(hostHeader) + "; while this server listens on loopback, localhost or"
                    + " 127.0.0.1 is expected. A reverse proxy's name belongs in macemu.allowed-hosts.";
        }
        return null;
    }

    /** Null when the request may change something, else why not. */
    String crossSiteRefusal(
            String method,
            String hostHeader,
            String origin,
            String fetchSite,
            String contentType,
            boolean tus) {
        if (SAFE_METHODS.contains(method)) {
            return null;
        }
        if (fetchSite != null && !fetchSite.equals("same-origin") && !fetchSite.equals("none")) {
            return "Sec-Fetch-Site is " + quoted(fetchSite) + "; only this server's own page may change something.";
        }
        if (origin != null) {
            return sameOrigin(origin, hostHeader)
                    ? null
                    : "Origin is " + quoted(origin) + "; only pages of " + quoted(hostHeader)
                            + " may change something.";
        }
        if (fetchSite != null || tus || NO_FORM.contains(method) || isJson(contentType)) {
            return null;
        }
        return "Neither an Origin nor a JSON content type; send Content-Type: application/json.";
    }

    private static boolean sameOrigin(String origin, String hostHeader) {
        try {
            URI uri = new URI(origin);
            String scheme = uri.getScheme();
            if (uri.getRawAuthority() == null || scheme == null || !scheme.matches("(?i)https?")) {
                return false;
            }
            // A browser leaves the scheme's own port out of both headers.
            return uri.getRawAuthority().equalsIgnoreCase(hostHeader);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isJson(String contentType) {
        if (contentType == null) {
            return false;
        }
        int end = contentType.indexOf(';');
        String type = (end < 0 ? contentType : contentType.substring(0, end))
                .strip()
                .toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.equals("application/merge-patch+json");
    }

    private static String hostOf(String hostHeader) {
        if (hostHeader == null) {
            return null;
        }
        try {
            URI uri = new URI("http://" + hostHeader);
            boolean bare = uri.getUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawPath().isEmpty();
            return uri.getHost() == null || !bare ? null : uri.getHost().toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean isLoopbackName(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static String quoted(String text) {
        if (text == null) {
            return "missing";
        }
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return '"' + (printable.length() <= MAX_QUOTED ? printable : printable.substring(0, MAX_QUOTED) + "...") + '"';
    }
}
