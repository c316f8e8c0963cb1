package org.macemu.webrtc.control.web;

import static org.macemu.webrtc.api.http.HostPolicy.quoted;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import org.macemu.webrtc.api.http.HostPolicy;

/**
 * Whether a request may be answered at all, from its headers. Immutable.
 *
 * <ul>
 *   <li>Host: as {@link HostPolicy} has it.
 *   <li>Cross-site: a request that changes something must not come from another site's page. A browser says where it
 *       comes from in {@code Sec-Fetch-Site} (Fetch Metadata) and {@code Origin} (RFC 6454); without either, a JSON
 *       content type is the proof, because a page cannot send one elsewhere without asking first (CORS), and nobody
 *       answers that here.
 * </ul>
 */
final class RequestPolicy {

    /** As with JSON, a page cannot send these elsewhere without asking first (CORS). */
    private static final Set<String> NO_FORM = Set.of("PUT", "DELETE");

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final HostPolicy hosts;

    RequestPolicy(boolean loopbackOnly, Collection<String> allowedHosts) {
        this.hosts = new HostPolicy(loopbackOnly, allowedHosts);
    }

    /** Null when requests to this Host are answered, else why not. */
    String hostRefusal(String hostHeader) {
        return hosts.refusal(hostHeader);
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
}
