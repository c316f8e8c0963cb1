package org.macemu.webrtc.api;

import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.access.TokenFuzz;
import org.macemu.webrtc.api.control.ControlLineFuzz;
import org.macemu.webrtc.fuzz.Fuzzing;

/** What strangers can write to every service: lines of the control socket, and tokens. */
class ApiFuzzTest {

    @Test
    void nothingIsFound() throws Exception {
        Fuzzing.run(ControlLineFuzz.class, TokenFuzz.class);
    }
}
