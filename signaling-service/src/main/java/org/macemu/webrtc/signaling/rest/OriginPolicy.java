package org.macemu.webrtc.signaling.rest;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.macemu.webrtc.api.http.HostPolicy;

/**
 * Decides from the {@code Host} and {@code Origin} headers whether a page may open a WebSocket. Immutable.
 *
 * <ul>
 *   <li>Host: as {@link HostPolicy} has it.
 *   <li>Origin (RFC 6454): pages of the same host, whatever the port, because the pages come from the control-service;
 *       pages of loopback; configured origins. A request without one does not come from a page.
 * </ul>
 */
final class OriginPolicy {

    private final HostPolicy hosts;
    private final Set<String> origins;

    OriginPolicy(boolean loopbackOnly, Collection<String> allowedHosts, Collection<String> allowedOrigins) {
        this.hosts = new HostPolicy(loopbackOnly, allowedHosts);
        this.origins = allowedOrigins.stream()
                .map(origin -> lower(origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Null when the WebSocket may be opened, else why not. */
    String refusal(String hostHeader, List<String> originHeaders) {
        String refusal = hosts.refusal(hostHeader);
        if (refusal != null) {
            return refusal;
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
        String host = HostPolicy.hostOf(hostHeader);
        String originHost = hostOf(origin);
        if (originHost != null && (originHost.equals(host) || HostPolicy.isLoopbackName(originHost))) {
            return null;
        }
        return "Origin " + HostPolicy.quoted(origin) + " is neither of host " + host + " nor of loopback nor in"
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

    private static String lower(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
