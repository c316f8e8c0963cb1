package org.macemu.webrtc.media;

import org.junit.jupiter.api.Test;
import org.macemu.webrtc.fuzz.Fuzzing;
import org.macemu.webrtc.media.input.InputFuzz;
import org.macemu.webrtc.media.lane.shared.sdp.OfferFuzz;
import org.macemu.webrtc.media.lane.shared.transport.PacketFuzz;

/** What strangers can send to the media-service. */
class MediaFuzzTest {

    @Test
    void nothingIsFound() throws Exception {
        Fuzzing.run(OfferFuzz.class, PacketFuzz.class, InputFuzz.class);
    }
}
