package org.macemu.webrtc.signaling.rest;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides from the {@code Host} and {@code Origin} headers whether a page may open a WebSocket. Immutable.
 *
 * <ul>
 *   <li>Host: while only this machine can connect, the request must be addressed to one of loopback's names or a
 *       configured one. A name that somebody's DNS server points at 127.0.0.1 (rebinding) is not among them.
 *   <li>Origin (RFC 6454): pages of the same host, whatever the port, because the pages come from the control-service;
 *       pages of loopback; configured origins. A request without one does not come from a page.
 * </ul>
 */
final class OriginPolicy {

    private static final int MAX_QUOTED = 80;

    private final boolean loopbackOnly;
    private final Set<String> hosts;
    private final Set<String> origins;

    OriginPolicy(boolean loopbackOnly, Collection<String> allowedHosts, Collection<String> allowedOrigins) {
        this.loopbackOnly = loopbackOnly;
        this.hosts = allowedHosts.stream().map(OriginPolicy::lower).collect(Collectors.toUnmodifiableSet());
        this.origins = allowedOrigins.stream()
                .map(origin -> lower(origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Null when the WebSocket may be opened, else why not. */
    String refusal(String hostHeader, List<String> originHeaders) {
        String host = hostHeader == null ? null : hostOf("http://" + hostHeader);
        if (host == null) {
            return "Host header " + quoted(hostHeader) + " names no host";
        }
        if (loopbackOnly && !isLoopbackName(host) && !hosts.contains(host)) {
            return "Host header " + quoted(hostHeader) + " is not a name of this machine's loopback interface; a"
                    + " reverse proxy's name belongs in macemu.allowed-hosts";
        }
        if (originHeaders.isEmpty()) {
            return null;
        }
        String origin = originHeaders.getFirst();
        if (originHeaders.size() > 1) {
            return originHeaders.size() + " Origin headers";
        }
        if (origins.contains(lower(origin))) {
            return null;
        }
        String originHost = hostOf(origin);
        if (originHost != null && (originHost.equals(host) || isLoopbackName(originHost))) {
            return null;
        }
        return "Origin " + quoted(origin) + " is neither of host " + host + " nor of loopback nor in"
                + " macemu.allowed-origins";
    }

    private static String hostOf(String origin) {
        try {
            URI uri = new URI(origin);
            String host = uri.getHost();
            boolean bare = uri.getUserInfo() == null && (uri.getPath() == null || uri.getPath().isEmpty());
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return host == null || !bare || !web ? null : lower(host);
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

    private static String lower(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        if (text == null) {
            return "missing";
        }
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return '"' + (printable.length() <= MAX_QUOTED ? printable : printable.substring(0, MAX_QUOTED) + "...") + '"';
    }
}
