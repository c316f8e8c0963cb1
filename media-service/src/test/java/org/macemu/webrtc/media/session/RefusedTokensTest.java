package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Join;

/** How long a token is refused, and how many are. */
class RefusedTokensTest {

    private static final long START = 1_700_000_000_000L;

    private long now = START;
    private final RefusedTokens refused = new RefusedTokens(new Clock() {
        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    private static Join.Token token(String id, long expires) {
        return Join.Token.newBuilder().setId(id).setExpiresMs(expires).build();
    }

    @Test
    void aTokenIsRefusedUntilItEnds() {
        Join.Token ada = token("ada", START + 10);
        assertFalse(refused.contains(ada));
        refused.add(ada);
        assertTrue(refused.contains(ada));
        assertFalse(refused.contains(token("ben", START + 10)));
        now = START + 9;
        assertTrue(refused.contains(ada));
        now = START + 10;
        assertFalse(refused.contains(ada));
    }

    @Test
    void whoHasNoTokenIsNobodyInParticular() {
        refused.add(Join.Token.getDefaultInstance());
        refused.add(token("", START + 10));
        assertFalse(refused.contains(Join.Token.getDefaultInstance()));
        assertEquals(0, refused.size());
    }

    @Test
    void itsNumberIsBounded() {
        for (int i = 0; i < RefusedTokens.MAX; i++) {
            refused.add(token("t" + i, START + 1_000 + i));
        }
        refused.add(token("over", START - 1));
        assertEquals(RefusedTokens.MAX, refused.size());
        assertTrue(refused.contains(token("t0", 0)), "one that has ended pushes nobody out");
        refused.add(token("more", Long.MAX_VALUE));
        assertEquals(RefusedTokens.MAX, refused.size());
        assertFalse(refused.contains(token("t0", 0)), "the one that would have ended first");
        assertTrue(refused.contains(token("t1", 0)) && refused.contains(token("more", 0)));
        now = START + 1_000 + RefusedTokens.MAX;
        refused.add(token("late", START + 1_000_000));
        assertEquals(2, refused.size(), "those that have ended are forgotten");
    }
}
