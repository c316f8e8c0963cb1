package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An offer that cannot be answered leaves nothing behind. */
class RefusedOfferIT {

    @Test
    void givesItsPlaceBack() throws Exception {
        SharedLaneSettings d = SharedLaneSettings.defaults();
        SharedLaneSettings oneViewer = new SharedLaneSettings(
                0, List.of("127.0.0.1"), List.of(), d.minKilobits(), d.startKilobits(), d.maxKilobits(),
                d.audioBitsPerSecond(), d.videoHistory(), d.audioHistory(), d.catchUpPackets(), 1,
                d.concurrentHandshakes(), d.temporalLayers(), false);
        try (LaneFixture fixture = new LaneFixture(oneViewer)) {
            for (int i = 0; i < 3; i++) {
                LaneFixture.Events events = new LaneFixture.Events();
                fixture.lane.open("refused-" + i, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", events);
                assertTrue(events.closed.await(5, TimeUnit.SECONDS), "closed");
                assertTrue(events.error().startsWith("sdp_invalid"), events.error());
                assertEquals(1, events.closings.get());
                assertEquals(Optional.empty(), fixture.lane.refusal(), "a place for the next viewer");
            }
        }
    }
}
