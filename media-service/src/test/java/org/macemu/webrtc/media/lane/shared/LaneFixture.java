package org.macemu.webrtc.media.lane.shared;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer;

/** A lane with a generated source on a free loopback port, and its figures. */
final class LaneFixture implements AutoCloseable {

    final GeneratedSource source;
    final SharedLane lane;
    final Figures figures = new Figures();
    private final AtomicInteger numbers = new AtomicInteger();

    LaneFixture() throws Exception {
        this(SharedLaneSettings.defaults());
    }

    LaneFixture(SharedLaneSettings settings) throws Exception {
        source = new GeneratedSource(320, 240);
        lane = new SharedLane(settings.at(0, List.of("127.0.0.1", "::1"), List.of()), source, figures);
        source.start(lane);
    }

    /** What happened to a viewer. */
    static final class Events implements ViewerEvents {
        final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
        final List<String> errors = new ArrayList<>();
        final CountDownLatch connected = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);
        final AtomicInteger connections = new AtomicInteger();
        final AtomicInteger closings = new AtomicInteger();

        @Override
        public void answered(String sdp) {
            answers.add(sdp);
        }

        @Override
        public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {}

        @Override
        public void connected() {
            connections.incrementAndGet();
            connected.countDown();
        }

        @Override
        public void input(String json) {}

        @Override
        public synchronized void error(String code, String message, boolean fatal) {
            errors.add(code + ": " + message);
        }

        @Override
        public void closed() {
            closings.incrementAndGet();
            closed.countDown();
        }

        synchronized String error() {
            return errors.isEmpty() ? null : errors.get(0);
        }

        String answer() throws InterruptedException {
            String sdp = answers.poll(5, TimeUnit.SECONDS);
            if (sdp == null) {
                throw new IllegalStateException("no answer; " + errors);
            }
            return sdp;
        }
    }

    /** A connected peer and the lane's view of it. */
    record Connection(TestPeer peer, Viewer viewer, Events events) {}

    Connection connect(boolean tcp) throws Exception {
        return connect(new TestPeer(tcp));
    }

    Connection connect(TestPeer peer) throws Exception {
        return connect(peer, peer.offer());
    }

    Connection connect(TestPeer peer, String offer) throws Exception {
        Events events = new Events();
        Viewer viewer = lane.open("v" + numbers.incrementAndGet(), offer, events);
        peer.answer(events.answer());
        peer.connect();
        if (!events.connected.await(5, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not connected; " + events.errors);
        }
        return new Connection(peer, viewer, events);
    }

    /** Waits until something is so. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 30 s: " + what);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() throws Exception {
        source.close();
        lane.close();
    }

    /** Counts. */
    static final class Figures implements LaneMetrics {
        final Map<Drop, LongAdder> drops = new EnumMap<>(Drop.class);
        final Map<KeyFrameCause, LongAdder> keyFrames = new EnumMap<>(KeyFrameCause.class);
        final LongAdder nacked = new LongAdder();
        final LongAdder resent = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder encoded = new LongAdder();
        final LongAdder caughtUp = new LongAdder();
        final LongAdder shed = new LongAdder();
        volatile int connected;

        Figures() {
            for (Drop drop : Drop.values()) {
                drops.put(drop, new LongAdder());
            }
            for (KeyFrameCause cause : KeyFrameCause.values()) {
                keyFrames.put(cause, new LongAdder());
            }
        }

        long keyFrames() {
            return keyFrames.values().stream().mapToLong(LongAdder::sum).sum();
        }

        @Override
        public void dropped(Drop cause) {
            drops.get(cause).increment();
        }

        @Override
        public void keyFrame(KeyFrameCause cause) {
            keyFrames.get(cause).increment();
        }

        @Override
        public void frameEncoded(int bytes, long nanos) {
            encoded.increment();
        }

        @Override
        public void nacked(int packets) {
            nacked.add(packets);
        }

        @Override
        public void resent(int packets, long bytes) {
            resent.add(packets);
        }

        @Override
        public void resendRefused(int packets) {
            refused.add(packets);
        }

        @Override
        public void caughtUp(int packets) {
            caughtUp.increment();
        }

        @Override
        public void shed() {
            shed.increment();
        }

        @Override
        public void connectedViewers(int count) {
            connected = count;
        }
    }
}
