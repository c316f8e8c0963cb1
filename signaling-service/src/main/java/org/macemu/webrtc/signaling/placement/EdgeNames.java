package org.macemu.webrtc.signaling.placement;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.macemu.webrtc.signaling.config.SignalingConfig.Placement;

/**
 * The configured edges. A name may stand for many: each address it resolves to is an edge, as a headless Service of
 * Kubernetes resolves to all pods behind it.
 */
final class EdgeNames {

    private static final Logger LOG = Logger.getLogger(EdgeNames.class);
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]/\\s]+)):(\\d{1,5})");

    private record Name(String host, int port) {}

    private final List<Name> names = new ArrayList<>();
    private final boolean tls;
    private final Set<String> unresolved = new HashSet<>();

    /**
     * @param entries {@code host:port} each
     * @param tls each address is called by a name of its own below the given one: {@code 10-0-0-7.edges.mac.svc}, as
     *     cluster DNS names the pods of a headless Service, which is what its certificate is checked against
     */
    EdgeNames(List<String> entries, boolean tls) {
        this.tls = tls;
        for (String entry : entries) {
            Matcher matcher = FORM.matcher(entry.strip());
            int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
            if (port < 1 || port > 65_535) {
                throw new ConfigurationException("signaling-service: macemu.placement.edges"
                        + " (MACEMU_PLACEMENT_EDGES) has the entry \"" + entry
                        + "\"; host:port of an edge's media-service is expected, several with commas between.");
            }
            names.add(new Name(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port));
        }
    }

    /** The edges as they are now; a name that cannot be resolved stands for none. Waits for name servers. */
    Set<Place> resolve() {
        Set<Place> places = new LinkedHashSet<>();
        for (Name name : names) {
            try {
                for (InetAddress address : InetAddress.getAllByName(name.host())) {
                    if (places.size() < Placement.MAX_EDGES) {
                        places.add(new Place(address(name, address), true));
                    }
                }
                unresolved.remove(name.host());
            } catch (UnknownHostException e) {
                if (unresolved.add(name.host())) {
                    LOG.warnf("No edge is known by the name %s; it is looked up again", name.host());
                }
            }
        }
        return places;
    }

    private SocketAddress address(Name name, InetAddress address) throws UnknownHostException {
        String literal = address.getHostAddress();
        if (!tls || name.host().equals(literal)) {
            return SocketAddress.inetSocketAddress(name.port(), literal);
        }
        String own = literal.replace('.', '-').replace(':', '-') + "." + name.host();
        return SocketAddress.inetSocketAddress(
                new InetSocketAddress(InetAddress.getByAddress(own, address.getAddress()), name.port()));
    }

    @Override
    public String toString() {
        return names.stream().map(n -> n.host() + ":" + n.port()).toList().toString();
    }
}
