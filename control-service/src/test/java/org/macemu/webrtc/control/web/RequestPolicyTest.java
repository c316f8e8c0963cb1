package org.macemu.webrtc.control.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPolicyTest {

    private final RequestPolicy loopback = new RequestPolicy(true, List.of(" Proxy.example.org "));
    private final RequestPolicy open = new RequestPolicy(false, List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "mac.localhost",
                "proxy.example.org:443"})
    void answersOwnNames(String host) {
        assertNull(loopback.hostRefusal(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "evil.example.org", "192.0.2.1:8000", "[2001:db8::1]", "localhost@evil.example.org",
                "a@localhost", "localhost/..", "localhost?x", "localhost#x", "local host", "127.0.0.1.nip.example.org"})
    void refusesOtherNamesOnLoopback(String host) {
        assertNotNull(loopback.hostRefusal(host));
    }

    @Test
    void anyNameIsAnsweredWhereOthersReachIt() {
        assertNull(open.hostRefusal("mac.lan:8000"));
        assertNotNull(open.hostRefusal(null));
        assertNotNull(open.hostRefusal("a b"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, https://evil.example.org, cross-site, text/plain, true",
        "HEAD, , , , true",
        "OPTIONS, https://evil.example.org, cross-site, , true",
        "POST, http://mac:8000, same-origin, , true",
        "POST, http://mac:8000, , , true",
        "POST, http://MAC:8000, , , true",
        "POST, https://mac:8000, , , true",
        "POST, , same-origin, , true",
        "POST, , none, , true",
        "POST, , , application/json, true",
        "POST, , , 'Application/JSON ; charset=utf-8', true",
        "PATCH, , , application/merge-patch+json, true",
        "POST, , , , false",
        "POST, , , text/plain, false",
        "POST, , , text/plain;application/json, false",
        "POST, , cross-site, application/json, false",
        "POST, , same-site, application/json, false",
        "POST, , garbage, application/json, false",
        "POST, http://mac:8001, , application/json, false",
        "POST, http://mac, , application/json, false",
        "POST, null, , application/json, false",
        "POST, '', , application/json, false",
        "POST, file://, , application/json, false",
        "POST, ftp://mac:8000, , application/json, false",
        "POST, 'http://m ac:8000', , application/json, false",
        "DELETE, http://evil.example.org, , , false",
        "PUT, http://evil.example.org, , application/json, false",
        "DELETE, , cross-site, , false",
        "DELETE, , , , true",
        "PUT, , , text/plain, true",
        "PATCH, , , text/plain, false",
    })
    void onlyItsOwnPageChangesSomething(
            String method, String origin, String fetchSite, String contentType, boolean admitted) {
        assertEquals(
                admitted, open.crossSiteRefusal(method, "mac:8000", origin, fetchSite, contentType, false) == null);
    }

    @Test
    void theHeaderOfTusIsAProofOnlyWhereNothingSpeaksAgainstIt() {
        assertNull(open.crossSiteRefusal("POST", "mac:8000", null, null, null, true));
        assertNotNull(open.crossSiteRefusal("POST", "mac:8000", "https://evil.example.org", null, null, true));
        assertNotNull(open.crossSiteRefusal("POST", "mac:8000", null, "cross-site", null, true));
    }
}
