package org.macemu.webrtc.signaling.rest;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginPolicyTest {

    private final OriginPolicy loopback =
            new OriginPolicy(true, List.of("proxy.example.org"), List.of("https://Mac.example.org/"));
    private final OriginPolicy open = new OriginPolicy(false, List.of(), List.of("https://mac.example.org"));

    @ParameterizedTest
    @CsvSource({
        "localhost:8090, http://localhost:8000",
        "localhost:8090, http://127.0.0.1:8000",
        "127.0.0.1:8090, http://localhost:8000",
        "LOCALHOST:8090, http://LocalHost:8000",
        "[::1]:8090, http://[::1]:8000",
        "mac.localhost, https://mac.localhost",
        "127.1.2.3:8090, http://127.0.0.1",
        "proxy.example.org, https://proxy.example.org",
        "localhost:8090, https://mac.example.org",
        "localhost:8090, HTTPS://MAC.EXAMPLE.ORG",
    })
    void admitsOnLoopback(String host, String origin) {
        assertNull(loopback.refusal(host, List.of(origin)));
    }

    @ParameterizedTest
    @CsvSource({
        // rebinding: same host, but not a name of loopback
        "evil.example.org:8090, http://evil.example.org:8000",
        "127.0.0.1.example.org, http://127.0.0.1.example.org",
        "localhost.example.org, http://localhost.example.org",
        "localhost:8090, http://evil.example.org",
        "localhost:8090, https://mac.example.org:444",
        "localhost:8090, http://mac.example.org",
        "localhost:8090, null",
        "localhost:8090, file://",
        "localhost:8090, chrome-extension://localhost",
        "localhost:8090, http://localhost@evil.example.org",
        "localhost:8090, http://localhost/path",
        "localhost:8090, http://",
        "localhost:8090, localhost",
        "localhost:8090, 'http://local host'",
        "localhost:8090, ''",
        "'local host', http://localhost",
        "'localhost/x', http://localhost",
        "'user@localhost', http://localhost",
        "'', http://localhost",
    })
    void refusesOnLoopback(String host, String origin) {
        assertNotNull(loopback.refusal(host, List.of(origin)));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7:8090, http://192.0.2.7:8000",
        "mac.lan:8090, https://mac.lan",
        "mac.lan:8090, https://mac.example.org",
        "mac.lan:8090, http://localhost:3000"
    })
    void admitsSameHostWhenReachable(String host, String origin) {
        assertNull(open.refusal(host, List.of(origin)));
    }

    @ParameterizedTest
    @CsvSource({"mac.lan:8090, https://evil.example.org", "mac.lan:8090, https://xmac.lan", "mac.lan, null"})
    void refusesOthersWhenReachable(String host, String origin) {
        assertNotNull(open.refusal(host, List.of(origin)));
    }

    @Test
    void aProgramSendsNoOrigin() {
        assertNull(loopback.refusal("localhost:8090", List.of()));
        assertNotNull(loopback.refusal("evil.example.org", List.of()));
        assertNotNull(loopback.refusal(null, List.of()));
    }

    @Test
    void twoOriginsAreNoOrigin() {
        assertNotNull(loopback.refusal("localhost", List.of("http://localhost", "http://evil.example.org")));
    }
}
