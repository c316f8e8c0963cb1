package org.macemu.webrtc.signaling.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinLimitTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void aBurstThenTheRate() {
        JoinLimit limit = new JoinLimit(2, 3);
        for (int i = 0; i < 3; i++) {
            assertTrue(limit.admit("192.0.2.1", 0));
        }
        assertFalse(limit.admit("192.0.2.1", 0));
        assertTrue(limit.admit("192.0.2.2", 0), "another address is not affected");
        assertFalse(limit.admit("192.0.2.1", SECOND / 4));
        assertTrue(limit.admit("192.0.2.1", SECOND));
        assertTrue(limit.admit("192.0.2.1", SECOND));
        assertFalse(limit.admit("192.0.2.1", SECOND));
    }

    @Test
    void remembersABoundedNumberOfAddresses() {
        JoinLimit limit = new JoinLimit(1, 2);
        for (int i = 0; i < JoinLimit.MAX_ADDRESSES + 500; i++) {
            limit.admit("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 0);
        }
        assertEquals(JoinLimit.MAX_ADDRESSES, limit.size());
    }

    @Test
    void forgetsAddressesThatStayAway() {
        JoinLimit limit = new JoinLimit(10, 20);
        for (int i = 0; i < 1_000; i++) {
            limit.admit("10.0." + (i >> 8) + "." + (i & 255), i * SECOND);
        }
        assertTrue(limit.size() <= 2, () -> limit.size() + " addresses are remembered");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "unknown, unknown",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "fe80:0:0:0:1:2:3:4%eth0, fe80:0:0:0::/64",
        "0:0:0:0:0:0:0:1, 0:0:0:0::/64"
    })
    void countsNetworksOfIpv6(String address, String network) {
        assertEquals(network, JoinLimit.network(address));
    }
}
