package org.macemu.webrtc.signaling;

import org.junit.jupiter.api.Test;
import org.macemu.webrtc.fuzz.Fuzzing;
import org.macemu.webrtc.signaling.message.SignalingMessageFuzz;
import org.macemu.webrtc.signaling.whep.WhepFuzz;

/** What strangers can write to the signaling-service. */
class SignalingFuzzTest {

    @Test
    void nothingIsFound() throws Exception {
        Fuzzing.run(SignalingMessageFuzz.class, WhepFuzz.class);
    }
}
