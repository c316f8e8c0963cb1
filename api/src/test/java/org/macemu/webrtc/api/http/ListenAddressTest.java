package org.macemu.webrtc.api.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.53", "localhost", "::1"})
    void loopbackNeedsNoPermission(String host) {
        ListenAddress address = new ListenAddress(host, 0, false);
        assertTrue(address.loopback());
        assertNull(address.problem(true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
    void anAddressOthersReachIsRefusedUnlessAskedFor(String host) {
        String problem = new ListenAddress(host, 0, false).problem(true);
        assertTrue(problem.contains(host) && problem.contains("macemu.insecure-bind=true"), problem);
        ListenAddress asked = new ListenAddress(host, 0, true);
        assertFalse(asked.loopback());
        assertNull(asked.problem(false));
    }

    @Test
    void anOccupiedPortIsNamed() throws Exception {
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String problem = new ListenAddress("127.0.0.1", occupant.getLocalPort(), false).problem(true);
            assertTrue(problem.contains("127.0.0.1:" + occupant.getLocalPort()), problem);
            assertTrue(problem.contains("quarkus.http.port"), problem);
            assertFalse(problem.contains("\n"), problem);
        }
    }
}
