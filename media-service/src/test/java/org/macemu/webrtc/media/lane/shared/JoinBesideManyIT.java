package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer.Packet;

/** A join beside fifty viewers costs them no key frame: the joiner is served from the history. */
class JoinBesideManyIT {

    private static final int VIEWERS = 50;
    private static final int JOINERS = 5;

    /** Key frames and packets of the picture that a viewer received since it was looked at last. */
    private record Received(int keyFrames, int packets) {

        static Received of(Connection c) throws InterruptedException {
            int keyFrames = 0;
            int packets = 0;
            for (Packet p = c.peer().packet(0); p != null; p = c.peer().packet(0)) {
                if (p.ssrc() == c.peer().videoSsrc()) {
                    packets++;
                    keyFrames += p.startsKeyFrame() ? 1 : 0;
                }
            }
            return new Received(keyFrames, packets);
        }
    }

    @Test
    void costsThemNoKeyFrame() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            List<Connection> viewers = new ArrayList<>();
            for (int i = 0; i < VIEWERS; i++) {
                viewers.add(fixture.connect(i % 5 == 4));
            }
            for (Connection viewer : viewers) {
                assertNotNull(viewer.peer().packet(viewer.peer().videoSsrc(), 5_000), "no picture");
            }
            // That of the first viewer may be far by now, if this machine is busy.
            long made = fixture.figures.keyFrames();
            fixture.source.framesPerSecond(20);
            fixture.lane.requestKeyFrame();
            LaneFixture.await("a key frame that is near", () -> fixture.figures.keyFrames() > made);
            // Packets on their way to the viewers that joined last.
            Thread.sleep(500);
            for (Connection viewer : viewers) {
                Received.of(viewer);
            }
            long keyFrames = fixture.figures.keyFrames();
            long caughtUp = fixture.figures.caughtUp.sum();

            for (int i = 0; i < JOINERS; i++) {
                Connection joiner = fixture.connect(false);
                Packet first = joiner.peer().packet(joiner.peer().videoSsrc(), 10_000);
                assertNotNull(first, "no picture for a joiner");
                assertTrue(first.startsKeyFrame(), "a joiner's picture begins with a key frame");
            }
            Thread.sleep(500);

            assertEquals(keyFrames, fixture.figures.keyFrames(), "key frames made");
            assertEquals(caughtUp + JOINERS, fixture.figures.caughtUp.sum(), "joiners served from the history");
            for (Connection viewer : viewers) {
                Received received = Received.of(viewer);
                assertEquals(0, received.keyFrames(), "key frames received beside the joins");
                assertTrue(received.packets() > 5, received.packets() + " packets: the picture went on");
            }
        }
    }
}
