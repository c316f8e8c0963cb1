package org.macemu.webrtc.signaling.service;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.macemu.webrtc.signaling.config.SignalingConfig;

/**
 * How often one address may open a WebSocket. A join costs the media-service a DTLS handshake, some ten milliseconds of
 * CPU, so a page that reconnects in a loop must not stop everyone else. Called from every event loop; the lock is held
 * for a map look-up.
 */
@Singleton
public class JoinLimit {

    /** Addresses remembered; beyond it the one that joined longest ago is forgotten first. */
    static final int MAX_ADDRESSES = 10_000;

    private static final int IPV6_PREFIX_GROUPS = 4;

    private final double perSecond;
    private final int burst;
    private final Map<String, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    @Inject
    JoinLimit(SignalingConfig config) {
        this(config.signaling().joinsPerSecond(), config.signaling().joinBurst());
    }

    JoinLimit(double perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
    }

    /** Whether this address may join now. */
    public boolean admit(String address) {
        return admit(address, System.nanoTime());
    }

    synchronized boolean admit(String address, long nowNanos) {
        TokenBucket bucket =
                buckets.computeIfAbsent(network(address), key -> new TokenBucket(perSecond, burst, nowNanos));
        boolean admitted = bucket.take(nowNanos);
        // One may leave for each that comes: the map is bounded, and empties itself.
        Iterator<TokenBucket> eldestFirst = buckets.values().iterator();
        TokenBucket eldest = eldestFirst.next();
        if (buckets.size() > MAX_ADDRESSES || eldest.full(nowNanos)) {
            eldestFirst.remove();
        }
        return admitted;
    }

    synchronized int size() {
        return buckets.size();
    }

    /** IPv6 hosts choose the lower half of their address themselves (RFC 8981): the network is what counts. */
    static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        int end = address.indexOf('%');
        String text = end < 0 ? address : address.substring(0, end);
        String[] groups = text.split(":", -1);
        if (text.contains("::") || groups.length < IPV6_PREFIX_GROUPS) {
            return text;
        }
        return String.join(":", groups[0], groups[1], groups[2], groups[3]) + "::/64";
    }
}
