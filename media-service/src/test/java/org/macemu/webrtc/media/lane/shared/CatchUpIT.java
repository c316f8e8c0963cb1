package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer.Packet;

/** Where a joiner's picture begins: in the history while its key frame is near, else with a key frame for all. */
class CatchUpIT {

    /** Few enough that joins on a busy machine are done within {@link PictureFeed#CATCH_UP_FRAMES}: a minute. */
    private static final int SLOW = 10;

    @Test
    void aJoinerIsServedFromTheHistory() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            fixture.source.framesPerSecond(SLOW);
            Connection first = fixture.connect(false);
            LaneFixture.await("pictures", () -> first.viewer().stats().packetsSent() > 60);
            long before = fixture.figures.keyFrames();
            for (int i = 0; i < 5; i++) {
                Connection joiner = fixture.connect(false);
                beginsWithAKeyFrame(joiner);
                assertNotEquals(first.peer().videoSsrc(), joiner.peer().videoSsrc());
            }
            assertEquals(before, fixture.figures.keyFrames());
            assertTrue(fixture.figures.caughtUp.sum() >= 5);
        }
    }

    /** Small ones fit into few packets, but all would have to be decoded before the joiner shows what the others see. */
    @Test
    void aJoinerIsNotSentHundredsOfSmallFrames() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            fixture.source.size(64, 48);
            fixture.source.framesPerSecond(200);
            Connection first = fixture.connect(false);
            beginsWithAKeyFrame(first);
            long encoded = fixture.figures.encoded.sum();
            LaneFixture.await(
                    "frames after the key frame",
                    () -> fixture.figures.encoded.sum() > encoded + PictureFeed.CATCH_UP_FRAMES);
            fixture.source.framesPerSecond(SLOW);
            long packets = first.viewer().stats().packetsSent();
            assertTrue(
                    packets < SharedLaneSettings.defaults().catchUpPackets(),
                    packets + " packets, sound included: they alone would be reason enough for a key frame");
            long keyFrames = fixture.figures.keyFrames();
            long caughtUp = fixture.figures.caughtUp.sum();

            beginsWithAKeyFrame(fixture.connect(false));
            assertEquals(keyFrames + 1, fixture.figures.keyFrames(), "key frames made");
            assertEquals(caughtUp, fixture.figures.caughtUp.sum(), "joiners served from the history");

            beginsWithAKeyFrame(fixture.connect(false));
            assertEquals(keyFrames + 1, fixture.figures.keyFrames(), "key frames made for both");
            assertEquals(caughtUp + 1, fixture.figures.caughtUp.sum(), "joiners served from the history");
        }
    }

    private static void beginsWithAKeyFrame(Connection viewer) throws InterruptedException {
        Packet packet = viewer.peer().packet(viewer.peer().videoSsrc(), 10_000);
        assertNotNull(packet, "no picture");
        assertTrue(packet.startsKeyFrame(), "a viewer's picture begins with a key frame");
    }
}
