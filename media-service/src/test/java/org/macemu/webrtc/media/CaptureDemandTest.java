package org.macemu.webrtc.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureDemandTest {

    private final List<Boolean> capture = new ArrayList<>();
    private final CaptureDemand demand = new CaptureDemand(capture::add);

    @Test
    void runsFromTheFirstWhoLooksToTheLast() {
        demand.edges(true);
        demand.audience(true);
        demand.edges(true);
        assertEquals(List.of(true), capture);
        demand.edges(false);
        assertEquals(List.of(true), capture, "somebody looks here");
        demand.audience(false);
        assertEquals(List.of(true, false), capture);
        demand.audience(false);
        assertEquals(List.of(true, false), capture);
    }
}
