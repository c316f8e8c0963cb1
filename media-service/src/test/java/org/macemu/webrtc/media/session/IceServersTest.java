package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.IceServer;

/** What viewers are told about STUN and TURN servers. */
class IceServersTest {

    private static final List<String> URLS = List.of("turn:turn.example:3478", "turns:turn.example:5349");
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_750_000_000), ZoneOffset.UTC);

    /** The password is what `openssl dgst -sha1 -hmac north -binary | base64` makes of the user name. */
    @Test
    void timeLimitedCredentialsAreThoseOfTheDraft() {
        IceServers servers = IceServers.timeLimited(URLS, "north", Duration.ofHours(1), CLOCK);
        IceServer told = servers.of("v-abc").getFirst();
        assertEquals(URLS, told.getUrlsList());
        assertEquals("1750003600:v-abc", told.getUsername());
        assertEquals("QtdYm8S1dFux74W1XNMwgsjx2L4=", told.getCredential());
    }

    @Test
    void fixedCredentialsAreEverybodys() {
        IceServers servers = IceServers.fixed(URLS, "ada", "secret");
        assertEquals("ada", servers.of("v-1").getFirst().getUsername());
        assertEquals(servers.of("v-1"), servers.of("v-2"));
    }

    @Test
    void nobodyIsToldOfNothing() {
        assertEquals(List.of(), IceServers.none().of("v-1"));
    }

    @Test
    void whatCannotWorkIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> IceServers.timeLimited(URLS, "", Duration.ofHours(1), CLOCK));
        assertThrows(
                IllegalArgumentException.class, () -> IceServers.timeLimited(URLS, "north", Duration.ZERO, CLOCK));
    }
}
