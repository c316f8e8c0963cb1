package org.macemu.webrtc.media.session;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.macemu.webrtc.api.grpc.Join;

/**
 * Tokens whose bearers were sent away: nobody joins with one of them before it has ended, whichever replica of
 * signaling-service brings them. Kept in memory: forgotten when this process ends. Thread-safe.
 */
final class RefusedTokens {

    /** An owner sends people away by hand. Of more than this the one that ends first is forgotten: it matters least. */
    static final int MAX = 1_000;

    private final Clock clock;
    private final Map<String, Instant> ends = new HashMap<>();

    RefusedTokens(Clock clock) {
        this.clock = clock;
    }

    /** Refuses this token from now on; one without an id is nobody's. */
    synchronized void add(Join.Token token) {
        Instant now = clock.instant();
        ends.values().removeIf(end -> !end.isAfter(now));
        Instant end = Instant.ofEpochMilli(token.getExpiresMs());
        if (!token.getId().isEmpty() && end.isAfter(now)) {
            // Several tokens of one person may have one id.
            ends.merge(token.getId(), end, (a, b) -> a.isAfter(b) ? a : b);
            if (ends.size() > MAX) {
                ends.remove(ends.entrySet().stream()
                        .min(Comparator.comparing(Map.Entry::getValue))
                        .orElseThrow()
                        .getKey());
            }
        }
    }

    /** Whether nobody may join with this token. */
    synchronized boolean contains(Join.Token token) {
        Instant end = ends.get(token.getId());
        return end != null && end.isAfter(clock.instant());
    }

    synchronized int size() {
        return ends.size();
    }
}
