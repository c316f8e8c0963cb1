package org.macemu.webrtc.media.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginAddressTest {

    @ParameterizedTest
    @CsvSource({
        "mac-0.mac-media:8010, mac-0.mac-media, 8010",
        "127.0.0.1:1, 127.0.0.1, 1",
        "[::1]:65535, ::1, 65535",
        "' host:80 ', host, 80"
    })
    void readsHostAndPort(String text, String host, int port) {
        OriginAddress address = OriginAddress.parse(text, Optional.empty());
        assertEquals(host, address.host());
        assertEquals(port, address.port());
        assertEquals(text.strip(), address.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":80", "host:0", "host:65536", "host:123456", "http://host:80", "::1:80"})
    void saysWhatWasExpected(String text) {
        IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> OriginAddress.parse(text, Optional.empty()));
        assertTrue(e.getMessage().contains("MACEMU_EDGE_ORIGIN"), e.getMessage());
    }
}
