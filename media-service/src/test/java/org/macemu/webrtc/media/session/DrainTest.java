package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.media.capture.VideoStatus;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.SignalingCall;

/** The audience of an edge: everybody watches, and is asked to move when the edge ends. */
class DrainTest {

    private final ScriptedLane lane = new ScriptedLane("shared");
    private final List<State> elsewhere = new CopyOnWriteArrayList<>();
    private final Audience audience = new Audience(
            new Audience.Settings(100, Duration.ofMinutes(1), Duration.ofMinutes(1), IceServers.none()),
            new Lanes(List.of(lane)),
            new InputRouter(input -> {}, () -> VideoStatus.NONE),
            () -> State.newBuilder().setEmulatorConnected(true).setViewers(5).setController("v-far").build(),
            watched -> {});

    @AfterEach
    void close() {
        audience.close();
    }

    private final class Browser implements ViewerSession.Outbox {

        final List<MediaMessage> told = new CopyOnWriteArrayList<>();
        final ViewerSession session = new ViewerSession(audience, this);
        volatile boolean completed;

        Browser(String id, Role role) {
            session.received(SignalingCall.joinMessage(id, role));
        }

        Browser offer() {
            session.received(ViewerMessage.newBuilder()
                    .setOffer(Offer.newBuilder().setSdp("v=0\r\n").setLane(Lane.LANE_AUTO))
                    .build());
            return this;
        }

        boolean movedBy(String reason) {
            return told.stream().anyMatch(m -> m.hasMove() && m.getMove().getReason().equals(reason));
        }

        @Override
        public void send(MediaMessage message) {
            told.add(message);
        }

        @Override
        public void complete() {
            completed = true;
        }
    }

    @Test
    void onAnEdgeEverybodyIsAGuest() {
        audience.watchOnly();
        Browser owner = new Browser("v-1", Role.ROLE_OWNER).offer();
        State state = owner.told.stream().filter(MediaMessage::hasState).findFirst().orElseThrow().getState();
        assertEquals(Role.ROLE_GUEST, state.getRole());
        assertFalse(state.getInput());
        assertEquals("v-far", state.getController(), "who holds the controls is known at the origin");
        owner.session.received(ViewerMessage.newBuilder()
                .setControl(Control.newBuilder().setAction(Control.Action.ACTION_TAKE))
                .build());
        assertTrue(owner.told.stream().anyMatch(m -> m.hasError() && m.getError().getCode().equals("control_refused")));
        audience.changeRole("v-1", Role.ROLE_OWNER);
        assertEquals(Role.ROLE_GUEST, audience.viewers().getFirst().getRole());
        assertEquals(6, audience.state().getViewers(), "those elsewhere and the one here");
    }

    @Test
    void everybodyIsAskedToMoveAndWaitedFor() throws Exception {
        List<Browser> browsers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            browsers.add(new Browser("v-" + i, Role.ROLE_GUEST).offer());
        }
        Thread drain = Thread.ofVirtual().start(() -> {
            try {
                audience.drain(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Await.until(
                "everybody is asked", () -> browsers.stream().allMatch(b -> b.movedBy("drain")));
        assertFalse(audience.hasRoom(), "nobody is let in any more");
        assertTrue(browsers.stream().noneMatch(b -> b.completed), "nobody is cut off");
        Browser late = new Browser("v-late", Role.ROLE_GUEST);
        assertTrue(late.told.stream().anyMatch(MediaMessage::hasGoodbye));
        // Each page closes its old connection once the new one plays.
        lane.opened.forEach(ScriptedLane.ScriptedViewer::close);
        drain.join(Duration.ofSeconds(5));
        assertFalse(drain.isAlive(), "waits for nobody");
        assertEquals(0, audience.joined());
        assertTrue(browsers.stream().allMatch(b -> b.completed));
    }

    @Test
    void thoseWhoStayAreToldGoodbyeInTheEnd() throws Exception {
        Browser stays = new Browser("v-1", Role.ROLE_GUEST).offer();
        long begin = System.nanoTime();
        audience.drain(Duration.ofMillis(700));
        long milliseconds = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(milliseconds >= 700 && milliseconds < 5_000, "took " + milliseconds + " ms");
        assertTrue(stays.movedBy("drain"));
        assertFalse(stays.completed);
        audience.close();
        assertTrue(stays.completed);
        assertEquals("shutdown", stays.told.getLast().getGoodbye().getReason());
    }

    @Test
    void whoeverElseIsToldHearsEveryChange() throws Exception {
        audience.alsoTell(elsewhere::add);
        new Browser("v-1", Role.ROLE_GUEST).offer();
        Await.until(
                "six viewers", () -> elsewhere.stream().anyMatch(s -> s.getViewers() == 6));
    }
}
