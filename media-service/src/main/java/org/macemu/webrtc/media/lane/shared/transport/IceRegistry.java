package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Who may talk to us: peers by the ICE user name we gave them. Checks are answered here, strangers' are counted and
 * ignored. Belongs to the event loop's thread.
 */
final class IceRegistry {

    private record Entry(IcePeer peer, byte[] password) {}

    private final Map<String, Entry> byUfrag = new HashMap<>();
    private final TransportMetrics metrics;

    IceRegistry(TransportMetrics metrics) {
        this.metrics = metrics;
    }

    void add(IceCredentials credentials, IcePeer peer) {
        byUfrag.put(credentials.ufrag(), new Entry(peer, credentials.key()));
    }

    void remove(IceCredentials credentials) {
        byUfrag.remove(credentials.ufrag());
    }

    int size() {
        return byUfrag.size();
    }

    /**
     * Handles a STUN message.
     *
     * @param known the peer that has used this address so far, or null
     * @param paths makes the way back to the sender, for an authentic check only
     * @return the peer whose check this was; null when it was not accepted
     */
    IcePeer check(
            byte[] message, int length, InetSocketAddress from, IcePeer known, Function<IcePeer, Path> paths) {
        String ufrag = StunBinding.username(message, length);
        if (ufrag == null) {
            metrics.dropped(TransportMetrics.Drop.MALFORMED);
            return null;
        }
        Entry entry = byUfrag.get(ufrag);
        if (entry == null || !StunBinding.authentic(message, length, entry.password())) {
            metrics.dropped(TransportMetrics.Drop.UNAUTHENTIC_CHECK);
            return null;
        }
        StunBinding.Check check = StunBinding.decode(message, length);
        if (check == null) {
            metrics.dropped(TransportMetrics.Drop.MALFORMED);
            return null;
        }
        IcePeer peer = entry.peer();
        Path path = paths.apply(peer);
        if (check.controlled()) {
            byte[] response = StunBinding.roleConflict(check, entry.password());
            path.send(response, 0, response.length);
            return null;
        }
        if (known != null && known != peer) {
            // The address was handed to another peer (a NAT reused it, or one browser opened a second viewer).
            known.lost(from);
        }
        byte[] response = StunBinding.success(check, from, entry.password());
        path.send(response, 0, response.length);
        peer.checked(path, check.useCandidate(), ufrag);
        return peer;
    }
}
