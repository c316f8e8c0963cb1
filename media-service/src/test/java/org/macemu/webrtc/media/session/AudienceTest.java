package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.Participant;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Rename;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.media.capture.VideoStatus;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.NewThreads;
import org.macemu.webrtc.media.testing.SignalingCall;

/** Browsers that come, offer, fail and go, without a network. */
class AudienceTest {

    private static final String SDP = "v=0\r\n";

    private final ScriptedLane shared = new ScriptedLane("shared");
    private final ScriptedLane adaptive = new ScriptedLane("adaptive");
    private final List<Input> input = new CopyOnWriteArrayList<>();
    private final List<Boolean> capture = new CopyOnWriteArrayList<>();
    private volatile State emulator = State.getDefaultInstance();
    private final NewThreads threads = new NewThreads();
    private Audience audience;

    private Audience audience(int maxViewers, long connectMillis, long idleMillis) {
        audience = new Audience(
                new Audience.Settings(
                        maxViewers, Duration.ofMillis(connectMillis), Duration.ofMillis(idleMillis), IceServers.none()),
                new Lanes(List.of(shared, adaptive)),
                new InputRouter(input::add, () -> new VideoStatus(640, 480, 60, 1, "")),
                () -> emulator,
                capture::add);
        return audience;
    }

    @AfterEach
    void close() {
        if (audience != null) {
            audience.close();
        }
    }

    /** A browser and what it was told. */
    private final class Browser implements ViewerSession.Outbox {

        final List<MediaMessage> told = new CopyOnWriteArrayList<>();
        final CountDownLatch completed = new CountDownLatch(1);
        final ViewerSession session = new ViewerSession(audience, this);

        Browser join(String id, Role role) {
            session.received(SignalingCall.joinMessage(id, role));
            return this;
        }

        Browser offer(Lane lane) {
            return offer(lane, SDP);
        }

        Browser offer(Lane lane, String sdp) {
            session.received(ViewerMessage.newBuilder()
                    .setOffer(Offer.newBuilder().setSdp(sdp).setLane(lane))
                    .build());
            return this;
        }

        void input(String json) {
            session.received(ViewerMessage.newBuilder()
                    .setInput(org.macemu.webrtc.api.grpc.Input.newBuilder().setJson(json))
                    .build());
        }

        long errors(String code) {
            return told.stream()
                    .filter(m -> m.hasError() && m.getError().getCode().equals(code))
                    .count();
        }

        boolean goodbye(String reason) {
            return told.stream().anyMatch(m -> m.hasGoodbye() && m.getGoodbye().getReason().equals(reason));
        }

        @Override
        public void send(MediaMessage message) {
            told.add(message);
        }

        @Override
        public void complete() {
            completed.countDown();
        }
    }

    private Browser joinWith(String id, String token) {
        Browser browser = new Browser();
        browser.session.received(ViewerMessage.newBuilder()
                .setJoin(Join.newBuilder()
                        .setViewerId(id)
                        .setRole(Role.ROLE_GUEST)
                        .setToken(Join.Token.newBuilder().setId(token).setExpiresMs(Long.MAX_VALUE)))
                .build());
        return browser;
    }

    @Test
    void whoIsSentAwayDoesNotJoinAgainWithTheSameToken() throws Exception {
        audience(10, 60_000, 60_000);
        joinWith("v-1", "ada");
        Browser friend = joinWith("v-2", "ada");
        assertTrue(audience.disconnect("v-1", false));
        Browser back = joinWith("v-3", "ada");
        assertTrue(back.goodbye("removed"));
        assertTrue(back.completed.await(1, TimeUnit.SECONDS));
        assertFalse(back.told.stream().anyMatch(MediaMessage::hasWelcome));
        assertFalse(friend.goodbye("removed"), "who is here by the same invitation stays");
        assertTrue(joinWith("v-4", "ben").told.stream().anyMatch(MediaMessage::hasWelcome));
        assertTrue(audience.disconnect("v-4", true));
        assertTrue(joinWith("v-5", "ben").told.stream().anyMatch(MediaMessage::hasWelcome));
        // Where nobody is asked for a token, nobody is told from anybody else.
        joinWith("v-6", "");
        assertTrue(audience.disconnect("v-6", false));
        assertTrue(joinWith("v-7", "").told.stream().anyMatch(MediaMessage::hasWelcome));
        for (String hostile : List.of("a b", "x".repeat(65), "ada\n", "é")) {
            assertEquals(1, joinWith("v-8", hostile).errors("message_invalid"), hostile);
        }
    }

    private static String key(boolean pressed) {
        return "{\"type\":\"key\",\"code\":65,\"pressed\":" + pressed + "}";
    }

    @Test
    void captureRunsFromTheFirstViewerToTheLast() throws Exception {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_GUEST);
        assertTrue(capture.isEmpty(), "joining is not watching");
        a.offer(Lane.LANE_AUTO);
        Browser b = new Browser().join("b", Role.ROLE_GUEST).offer(Lane.LANE_ADAPTIVE);
        assertEquals(List.of(true), capture);
        assertEquals(2, audience.watching());
        assertEquals(1, audience.watching(shared));
        assertEquals(1, audience.watching(adaptive));
        a.session.left();
        a.session.left();
        assertEquals(1, audience.watching());
        b.session.left();
        assertEquals(List.of(true, false), capture);
        assertEquals(0, audience.watching(shared) + audience.watching(adaptive) + audience.joined());
        Await.until("closed connections", () -> shared.last().closed.get() && adaptive.last().closed.get());
    }

    @Test
    void anOfferThatNeverConnectsFailsAndMakesRoom() throws Exception {
        audience(1, 100, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_GUEST).offer(Lane.LANE_AUTO);
        Await.until("the time-out", () -> a.errors("ice_failed") == 1 && audience.watching() == 0);
        assertTrue(shared.last().closed.get());
        a.offer(Lane.LANE_AUTO);
        shared.last().events.connected();
        Thread.sleep(250);
        assertEquals(1, audience.watching());
        assertEquals(1, a.errors("ice_failed"));
    }

    @Test
    void aBrowserWithoutMediaIsSentAway() throws Exception {
        audience(10, 60_000, 150);
        Browser idle = new Browser().join("idle", Role.ROLE_GUEST);
        Browser silent = new Browser();
        Browser watching = new Browser().join("watching", Role.ROLE_GUEST).offer(Lane.LANE_AUTO);
        Await.until("goodbyes", () -> idle.goodbye("error") && silent.completed.getCount() == 0);
        assertEquals(0, idle.completed.getCount());
        assertFalse(watching.goodbye("error"));
        shared.last().close();
        Await.until("goodbye after the connection ended", () -> watching.goodbye("error"));
        assertEquals(0, audience.joined());
    }

    @Test
    void noMoreThanTheMostEvenIfAllComeAtOnce() throws Exception {
        audience(7, 60_000, 60_000);
        List<Browser> browsers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (int round = 0; round < 20; round++) {
                browsers.clear();
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    Browser b = new Browser();
                    browsers.add(b);
                    String id = "v-" + i;
                    all.add(threads.submit(() -> b.join(id, Role.ROLE_GUEST).offer(Lane.LANE_AUTO)));
                }
                for (Future<?> f : all) {
                    f.get(10, TimeUnit.SECONDS);
                }
                assertEquals(7, audience.watching());
                assertEquals(
                        43, browsers.stream().mapToLong(b -> b.errors("capacity_reached")).sum());
                List<Future<?>> ends = new ArrayList<>();
                browsers.forEach(b -> ends.add(threads.submit(b.session::left)));
                for (Future<?> f : ends) {
                    f.get(10, TimeUnit.SECONDS);
                }
                assertEquals(0, audience.watching());
                assertEquals(0, audience.joined());
            }
        }
        // On and off, never on twice.
        for (int i = 0; i < capture.size(); i++) {
            assertEquals(i % 2 == 0, capture.get(i), capture.toString());
        }
    }

    @Test
    void anotherLaneClosesTheFirstOnceItFlows() throws Exception {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_GUEST).offer(Lane.LANE_SHARED);
        ScriptedLane.ScriptedViewer first = shared.last();
        first.events.connected();
        a.offer(Lane.LANE_SHARED);
        assertEquals(2, first.offers.size(), "an ICE restart is the viewer's own");
        a.offer(Lane.LANE_ADAPTIVE);
        assertFalse(first.closed.get(), "the first plays on until the second flows");
        int told = a.told.size();
        first.events.answered("late");
        first.events.candidate("candidate:late", "0", 0);
        first.events.error("ice_failed", "late", true);
        assertEquals(told, a.told.size(), "the first viewer's events go nowhere");
        adaptive.last().events.answered("now");
        assertEquals("now", a.told.getLast().getAnswer().getSdp());
        adaptive.last().events.connected();
        assertTrue(first.closed.get());
        assertEquals(1, audience.watching());
        assertEquals(1, audience.watching(adaptive));
    }

    @Test
    void aMoveThatFailsLeavesTheFirstWhereItWas() throws Exception {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_GUEST).offer(Lane.LANE_SHARED);
        ScriptedLane.ScriptedViewer first = shared.last();
        first.events.connected();
        a.offer(Lane.LANE_ADAPTIVE);
        adaptive.last().events.closed();
        assertFalse(first.closed.get());
        assertEquals(1, audience.watching());
        assertEquals(1, audience.watching(shared));
        a.offer(Lane.LANE_SHARED);
        assertEquals(2, first.offers.size(), "it is the session's viewer again");
    }

    @Test
    void theSameConnectionRestartsAndAnotherOneBeginsAnew() {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_GUEST);
        a.offer(Lane.LANE_AUTO, "v=0\r\no=- 4711 2 IN IP4 127.0.0.1\r\ns=-\r\n");
        ScriptedLane.ScriptedViewer first = shared.last();
        first.events.connected();
        a.offer(Lane.LANE_AUTO, "v=0\r\no=- 4711 3 IN IP4 127.0.0.1\r\ns=-\r\n");
        assertEquals(2, first.offers.size(), "the same session id: ICE restart");
        assertEquals(1, shared.opened.size());
        a.offer(Lane.LANE_AUTO, "v=0\r\no=- 4712 2 IN IP4 127.0.0.1\r\ns=-\r\n");
        assertEquals(2, shared.opened.size(), "another session id: another connection");
        assertTrue(first.closed.get(), "nobody is at the first one's other end");
        assertEquals(1, audience.watching());
    }

    @Test
    void aLaneThatIsFullIsNamed() {
        audience(10, 60_000, 60_000);
        shared.refusal = "no libvpx";
        Browser a = new Browser().join("a", Role.ROLE_GUEST).offer(Lane.LANE_SHARED);
        assertEquals(1, a.errors("lane_unavailable"));
        a.offer(Lane.LANE_AUTO);
        assertEquals(1, adaptive.opened.size(), "the other lane is taken");
        adaptive.refusal = "full";
        Browser b = new Browser().join("b", Role.ROLE_GUEST).offer(Lane.LANE_AUTO);
        assertEquals(1, b.errors("capacity_reached"));
    }

    @Test
    void saysGoodbyeToEverybodyAtShutdown() throws Exception {
        long clocks = clocks();
        audience(10, 60_000, 60_000);
        List<Browser> browsers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            browsers.add(new Browser().join("v-" + i, Role.ROLE_GUEST).offer(Lane.LANE_AUTO));
        }
        audience.close();
        for (Browser b : browsers) {
            assertTrue(b.goodbye("shutdown"));
            assertEquals(1_000, b.told.getLast().getGoodbye().getRetryAfterMs());
            assertEquals(0, b.completed.getCount());
        }
        assertEquals(0, audience.watching());
        Browser late = new Browser().join("late", Role.ROLE_GUEST);
        assertTrue(late.goodbye("shutdown"));
        assertFalse(audience.hasRoom());
        Await.until("the clock's end", () -> clocks() == clocks);
    }

    /** Threads of audiences; an application under test in the same process has one of its own. */
    private static long clocks() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("audience"))
                .count();
    }

    /** Joining while the server closes: told goodbye by one or the other, never forgotten. */
    @Test
    void nobodyIsForgottenAtShutdown() throws Exception {
        for (int round = 0; round < 50; round++) {
            audience(1_000, 60_000, 60_000);
            List<Browser> browsers = new CopyOnWriteArrayList<>();
            Thread joins = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    browsers.add(new Browser().join("v-" + i, Role.ROLE_GUEST).offer(Lane.LANE_AUTO));
                }
            });
            Thread.sleep(1);
            audience.close();
            joins.join();
            for (Browser b : browsers) {
                assertTrue(b.goodbye("shutdown"), b.told.toString());
            }
            assertEquals(0, audience.joined());
            assertEquals(0, audience.watching());
        }
    }

    @Test
    void inputOfADataChannelEndsWithTheViewer() {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_CONTROLLER).offer(Lane.LANE_AUTO);
        ScriptedLane.ScriptedViewer viewer = shared.last();
        viewer.events.input(key(true));
        assertEquals(1, input.size());
        a.session.left();
        assertEquals(2, input.size());
        assertFalse(((Key) input.get(1)).pressed(), "released");
        viewer.events.input(key(true));
        assertEquals(2, input.size(), "input of a viewer that has left");
    }

    /** A hundred keys down from a data channel's thread while the viewer leaves: nothing stays down. */
    @Test
    void nothingStaysDownHoweverTheViewerLeaves() throws Exception {
        audience(10, 60_000, 60_000);
        for (int round = 0; round < 200; round++) {
            input.clear();
            Browser a = new Browser().join("a", Role.ROLE_CONTROLLER).offer(Lane.LANE_AUTO);
            ScriptedLane.ScriptedViewer viewer = shared.last();
            Thread channel = Thread.ofPlatform().start(() -> {
                for (int code = 1; code < 100; code++) {
                    viewer.events.input("{\"type\":\"key\",\"code\":" + code + ",\"pressed\":true}");
                }
            });
            a.session.left();
            channel.join();
            long down = input.stream().filter(i -> i instanceof Key k && k.pressed()).count();
            long up = input.stream().filter(i -> i instanceof Key k && !k.pressed()).count();
            assertEquals(down, up);
        }
    }

    @Test
    void aFloodOfInputIsCut() {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_CONTROLLER);
        long begin = System.nanoTime();
        for (int i = 0; i < 50_000; i++) {
            a.input("{\"type\":\"mouse_move\",\"x\":" + i % 640 + ",\"y\":1}");
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertTrue(input.size() <= 2_500 * (seconds + 2), input.size() + " in " + seconds + " s");
        assertTrue(a.errors("rate_limited") >= 1 && a.errors("rate_limited") <= 20);
    }

    private static ViewerMessage rename(String name) {
        return ViewerMessage.newBuilder()
                .setRename(Rename.newBuilder().setName(name))
                .build();
    }

    private static ViewerMessage pointer(boolean shown, int x, int y) {
        return ViewerMessage.newBuilder()
                .setPointer(Pointer.newBuilder().setShown(shown).setX(x).setY(y))
                .build();
    }

    @Test
    void theNameOfAnInvitationStaysAndAnyOtherIsTheVisitorsOwn() throws Exception {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_OWNER);
        Browser b = new Browser();
        b.session.received(ViewerMessage.newBuilder()
                .setJoin(Join.newBuilder().setViewerId("b").setRole(Role.ROLE_GUEST).setName("Bob"))
                .build());
        a.session.received(rename("  A\u0007da  "));
        b.session.received(rename("Owner"));
        Await.until("both names", () -> a.told.stream()
                .filter(MediaMessage::hasParticipants)
                .anyMatch(m -> m.getParticipants().getParticipantsList().stream()
                        .map(Participant::getName)
                        .toList()
                        .equals(List.of("Ada", "Bob"))));
    }

    @Test
    void pointersAreShownToEverybodyAndGoWithTheirViewer() throws Exception {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_OWNER);
        Browser b = new Browser().join("b", Role.ROLE_GUEST);
        b.session.received(rename("Bob"));
        b.session.received(pointer(true, 100, 200));
        Await.until("the pointer", () -> a.told.stream()
                .filter(MediaMessage::hasPointers)
                .flatMap(m -> m.getPointers().getPointersList().stream())
                .anyMatch(p -> p.getViewerId().equals("b") && p.getName().equals("Bob") && p.getX() == 100));
        b.session.left();
        Await.until("no pointer", () -> a.told.stream()
                .filter(MediaMessage::hasPointers)
                .reduce((first, last) -> last)
                .orElseThrow()
                .getPointers()
                .getPointersList()
                .isEmpty());
    }

    @Test
    void tellsStateOnlyWhenItChanges() throws Exception {
        audience(10, 60_000, 60_000);
        Browser a = new Browser().join("a", Role.ROLE_GUEST);
        Await.until("the first state", () -> a.told.stream().anyMatch(MediaMessage::hasState));
        Thread.sleep(150);
        long quiet = a.told.stream().filter(MediaMessage::hasState).count();
        Thread.sleep(200);
        assertEquals(quiet, a.told.stream().filter(MediaMessage::hasState).count());
        emulator = State.newBuilder().setEmulatorConnected(true).setWidth(512).setHeight(342).build();
        Await.until("the new state", () -> a.told.stream()
                .anyMatch(m -> m.hasState() && m.getState().getEmulatorConnected() && m.getState().getWidth() == 512));
    }
}
