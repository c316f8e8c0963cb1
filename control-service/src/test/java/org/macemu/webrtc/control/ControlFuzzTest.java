package org.macemu.webrtc.control;

import org.junit.jupiter.api.Test;
import org.macemu.webrtc.control.service.RestBodyFuzz;
import org.macemu.webrtc.fuzz.Fuzzing;

/** What strangers can write to the control-service. */
class ControlFuzzTest {

    @Test
    void nothingIsFound() throws Exception {
        Fuzzing.run(RestBodyFuzz.class);
    }
}
