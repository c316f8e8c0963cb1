package org.macemu.webrtc.signaling.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeNamesTest {

    @Test
    void addressesAreEdges() {
        Set<Place> places = new EdgeNames(List.of("127.0.0.1:8010", " 127.0.0.2:8011 ", "[::1]:8012"), false).resolve();
        assertEquals(
                List.of("edge 127.0.0.1:8010", "edge 127.0.0.2:8011", "edge 0:0:0:0:0:0:0:1:8012"),
                places.stream().map(Place::toString).toList());
        assertTrue(places.stream().allMatch(Place::edge));
    }

    @Test
    void theSameEdgeTwiceIsOne() {
        assertEquals(1, new EdgeNames(List.of("127.0.0.1:1", "127.0.0.1:1"), false).resolve().size());
    }

    @Test
    void aNameThatIsNotKnownStandsForNone() {
        EdgeNames names = new EdgeNames(List.of("no-such-host.invalid:8010", "127.0.0.1:8010"), false);
        assertEquals(1, names.resolve().size());
    }

    @Test
    void withTlsEachAddressHasANameOfItsOwn() {
        Place place = new EdgeNames(List.of("localhost:8011"), true)
                .resolve().stream()
                        .filter(p -> p.address().hostAddress().equals("127.0.0.1"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("127-0-0-1.localhost", place.address().host());
        assertEquals(8011, place.address().port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "edge", "edge:", ":8010", "edge:0", "edge:70000", "http://edge:8010", "::1:80"})
    void saysWhatWasExpected(String entry) {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> new EdgeNames(List.of(entry), false));
        assertTrue(e.getMessage().contains("MACEMU_PLACEMENT_EDGES"), e.getMessage());
    }
}
