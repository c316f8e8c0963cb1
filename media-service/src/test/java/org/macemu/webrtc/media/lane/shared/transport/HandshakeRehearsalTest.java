package org.macemu.webrtc.media.lane.shared.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The server can shake hands with itself, and is as free afterwards as before. */
class HandshakeRehearsalTest {

    @Test
    void endsAndLeavesNothingBehind() throws Exception {
        DtlsServer server = new DtlsServer(2);
        for (int i = 0; i < 3; i++) {
            HandshakeRehearsal.run(server);
        }
        for (int i = 0; i < 100 && server.computing().availablePermits() < 2; i++) {
            Thread.sleep(20);
        }
        assertEquals(2, server.computing().availablePermits());
    }
}
