package org.macemu.webrtc.media.lane.adaptive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.AudioCapture;
import org.macemu.webrtc.media.capture.AudioInput;
import org.macemu.webrtc.media.capture.CaptureMetrics;
import org.macemu.webrtc.media.capture.VideoCapture;
import org.macemu.webrtc.media.capture.VideoInput;
import org.macemu.webrtc.media.control.ControlSocket;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.control.EmulatorPeer;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.session.Audience;
import org.macemu.webrtc.media.session.IceServers;
import org.macemu.webrtc.media.session.Lanes;
import org.macemu.webrtc.media.session.ViewerSession;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.SignalingCall;
import org.macemu.webrtc.media.testing.WebRtcReceiver;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.synthetic.SyntheticOptions;

/**
 * The adaptive lane, from an emulator's segment to libwebrtc's receiver and back, in one process, without signalling.
 */
class AdaptiveLaneIT {

    /** Three seconds are looked at so often at most: the machine that runs the tests does other things too. */
    private static final int WINDOWS = 6;

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final int MAX_VIEWERS = 4;

    /** Twice what libwebrtc keeps of a connection that is closed but not given back, at both ends. */
    private static final long LEAK_KILOBYTES = 500;

    private static final CaptureMetrics UNCOUNTED = new CaptureMetrics() {
        @Override
        public void captured(boolean changed) {}

        @Override
        public void skipped(long frames) {}

        @Override
        public void invalid() {}

        @Override
        public void audioUnderrun() {}

        @Override
        public void audioSkipped(long sampleFrames) {}
    };

    @TempDir
    Path folder;

    private final String name = "macemu-adaptive-" + UUID.randomUUID();
    private final Path videoFile = SegmentFile.SHM_DIRECTORY.resolve(name + "-video");
    private final Path audioFile = SegmentFile.SHM_DIRECTORY.resolve(name + "-audio");
    private final AtomicLong framesEncoded = new AtomicLong();
    private final AtomicLong keyFramesEncoded = new AtomicLong();
    private final AtomicReference<Lanes> lanes = new AtomicReference<>();
    private final long laneThreads = laneThreads();
    private VideoCapture video;
    private AudioCapture audio;
    private AdaptiveLane lane;
    private ControlSocket control;
    private Audience audience;
    private SyntheticEmulator emulator;

    @BeforeEach
    void start() throws Exception {
        video = new VideoCapture(
                () -> new VideoInput(VideoSegment.openOrCreate(videoFile, VideoSegment.DEFAULT_FRAME_CAPACITY, OWNER)),
                frame -> lanes.get().video(frame),
                UNCOUNTED,
                () -> {});
        audio = new AudioCapture(
                () -> new AudioInput(AudioSegment.openOrCreate(audioFile, OWNER)),
                (pcm, index, silent) -> lanes.get().audio(pcm, index, silent),
                UNCOUNTED);
        lane = new AdaptiveLane(new AdaptiveLaneSettings(MAX_VIEWERS, 2_000, 4_000, 0, 0), video, (frames, keyFrames) -> {
            framesEncoded.addAndGet(frames);
            keyFramesEncoded.addAndGet(keyFrames);
        });
        lanes.set(new Lanes(List.of(lane)));
        SyntheticOptions options = SyntheticOptions.named(name, folder)
                .size(640, 480)
                .fps(60)
                .scene(SceneKind.DRAG)
                .build();
        control = new ControlSocket(
                new ControlSocket.Settings(options.controlSocket(), "rw-------", Set.of(uid())), new Ignored());
        audience = new Audience(
                new Audience.Settings(100, Duration.ofSeconds(30), Duration.ofMinutes(2), IceServers.none()),
                lanes.get(),
                new InputRouter(control::send, video::status),
                State::getDefaultInstance,
                watched -> {
                    video.watched(watched);
                    audio.watched(watched);
                });
        video.start();
        audio.start();
        control.start();
        emulator = SyntheticEmulator.start(options);
        emulator.awaitConnected(LIMIT);
    }

    /** An application under test in the same process has one of its own. */
    private static long laneThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("adaptive-lane"))
                .count();
    }

    private static int uid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static final class Ignored implements EmulatorListener {
        @Override
        public void connected(EmulatorPeer peer) {}

        @Override
        public void received(FromEmulator message) {}

        @Override
        public void disconnected(EmulatorPeer peer) {}
    }

    @AfterEach
    void stop() throws Exception {
        emulator.close();
        audience.close();
        video.close();
        audio.close();
        lane.close();
        assertTrue(lane.isFreed(), "native objects are still referred to");
        control.close();
        Files.deleteIfExists(videoFile);
        Files.deleteIfExists(audioFile);
        assertEquals(0, audience.watching());
        assertEquals(laneThreads, laneThreads(), "threads of the lane");
    }

    /** A browser on this lane: its session in the service, and its own connection. */
    private final class Browser implements ViewerSession.Outbox, AutoCloseable {

        final WebRtcReceiver receiver = new WebRtcReceiver();
        final List<MediaMessage> told = new ArrayList<>();
        private final ViewerSession session = new ViewerSession(audience, this);

        Browser(String id) {
            session.received(SignalingCall.joinMessage(id, Role.ROLE_CONTROLLER));
            receiver.onCandidate(c -> session.received(ViewerMessage.newBuilder()
                    .setCandidate(Candidate.newBuilder()
                            .setCandidate(c.sdp)
                            .setSdpMid(c.sdpMid)
                            .setSdpMLineIndex(c.sdpMLineIndex))
                    .build()));
        }

        void connect() throws Exception {
            var offer = receiver.makeOffer();
            session.received(ViewerMessage.newBuilder()
                    .setOffer(Offer.newBuilder().setSdp(offer.sdp))
                    .build());
            receiver.apply(offer);
            Await.until(() -> "an answer: " + copy(), () -> copy().stream().anyMatch(MediaMessage::hasAnswer));
            receiver.answer(copy().stream()
                    .filter(MediaMessage::hasAnswer)
                    .findFirst()
                    .orElseThrow()
                    .getAnswer()
                    .getSdp());
            int given = 0;
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!receiver.isConnected()) {
                assertTrue(System.nanoTime() < deadline, "not connected: " + copy());
                List<MediaMessage> all = copy();
                for (; given < all.size(); given++) {
                    MediaMessage m = all.get(given);
                    if (m.hasCandidate()) {
                        Candidate c = m.getCandidate();
                        receiver.candidate(c.getCandidate(), c.getSdpMid(), c.getSdpMLineIndex());
                    }
                }
                Thread.sleep(5);
            }
        }

        List<MediaMessage> copy() {
            synchronized (told) {
                return List.copyOf(told);
            }
        }

        @Override
        public void send(MediaMessage message) {
            synchronized (told) {
                told.add(message);
            }
        }

        @Override
        public void complete() {}

        @Override
        public void close() {
            session.left();
            closeReceiver();
        }

        /** As the lane does with its own end, so that what is left over is the lane's. */
        void closeReceiver() {
            long handle = NativeReferences.handle(receiver.connection());
            receiver.close();
            NativeReferences.release(handle);
        }
    }

    @Test
    void picturesAndSoundArriveAndInputGoesBack() throws Exception {
        try (Browser browser = new Browser("v-1")) {
            browser.connect();
            Await.until("the first picture", () -> frames(browser) > 0);
            Flow best = flow(browser);
            for (int again = 1; again < WINDOWS && !best.isWhole(); again++) {
                best = flow(browser);
            }
            assertTrue(best.isWhole(), best.toString());

            Await.until("figures of the encoder", () -> framesEncoded.get() > 30 && keyFramesEncoded.get() >= 1);

            browser.receiver.send("{\"type\":\"key\",\"code\":65,\"pressed\":true}");
            emulator.awaitInput(i -> i instanceof Key k && k.code() == 65 && k.pressed(), LIMIT);
            browser.receiver.send("{\"type\":\"mouse_move\",\"x\":320,\"y\":9999}");
            emulator.awaitInput(new MouseMove(320, 479)::equals, LIMIT);
            browser.receiver.send("{\"type\":\"mouse_move\",\"x\":" + "9".repeat(2_000) + "}");
            Await.until("the long message refused", () -> browser.copy().stream()
                    .anyMatch(m -> m.hasError() && m.getError().getCode().equals("input_invalid")));

            emulator.resize(512, 342);
            Await.until("the new size", () -> width(browser) == 512);

            // A still picture is still there for whoever comes.
            emulator.scene(SceneKind.DESKTOP);
            try (Browser late = new Browser("v-2")) {
                late.connect();
                Await.until("the still picture", () -> frames(late) > 0);
            }
        }
        emulator.awaitInput(i -> i instanceof Key k && k.code() == 65 && !k.pressed(), LIMIT);
    }

    /** What arrives in a second. */
    private record Flow(double pictures, double soundPackets, double soundBytes) {

        /** The source has 60 pictures and 50 packets of sound a second, which is no silence. */
        boolean isWhole() {
            return pictures >= 25 && soundPackets > 40 && soundPackets < 60 && soundBytes > 1_000;
        }
    }

    private static Flow flow(Browser browser) throws Exception {
        WebRtcReceiver.Received before = browser.receiver.received();
        long begin = System.nanoTime();
        Thread.sleep(3_000);
        WebRtcReceiver.Received after = browser.receiver.received();
        double seconds = (System.nanoTime() - begin) / 1e9;
        Flow flow = new Flow(
                (after.framesDecoded() - before.framesDecoded()) / seconds,
                (after.audioPackets() - before.audioPackets()) / seconds,
                (after.audioBytes() - before.audioBytes()) / seconds);
        System.out.println("adaptive lane, in a second: " + flow);
        assertEquals(640, after.width());
        assertEquals(480, after.height());
        return flow;
    }

    private static long frames(Browser browser) {
        try {
            return browser.receiver.received().framesDecoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int width(Browser browser) {
        try {
            return browser.receiver.received().width();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void takesNoMoreThanItsMost() throws Exception {
        List<Browser> browsers = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_VIEWERS; i++) {
                Browser b = new Browser("v-" + i);
                browsers.add(b);
                b.connect();
            }
            assertTrue(lane.refusal().isPresent());
            Browser late = new Browser("v-late");
            browsers.add(late);
            late.session.received(ViewerMessage.newBuilder()
                    .setOffer(Offer.newBuilder().setSdp(late.receiver.makeOffer().sdp))
                    .build());
            Await.until("the refusal", () -> late.copy().stream()
                    .anyMatch(m -> m.hasError() && m.getError().getCode().equals("capacity_reached")));
        } finally {
            browsers.forEach(Browser::close);
        }
        Await.until("room again", () -> lane.refusal().isEmpty());
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmRSS"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static int nativeThreads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return (int) tasks.count();
        }
    }

    /** Browsers that come and go, a hundred and more; every third vanishes without a word of its own. */
    @Test
    void churnLeavesNothingBehind() throws Exception {
        visits(40);
        int threads = nativeThreads();
        int javaThreads = ManagementFactory.getThreadMXBean().getThreadCount();
        long first = residentKilobytes();
        long before = first;
        long leastGrowth = Long.MAX_VALUE;
        // The allocator's arenas and libwebrtc's pools grow for a while; a leak shows in every batch.
        for (int batch = 0; batch < 4 && (batch < 2 || leastGrowth > LEAK_KILOBYTES * 50); batch++) {
            visits(50);
            long now = residentKilobytes();
            leastGrowth = Math.min(leastGrowth, now - before);
            before = now;
        }
        System.out.printf(
                "visits of the adaptive lane: resident memory %d -> %d MB (both ends of the connection), by %d kB in the"
                        + " best 50 visits; %d -> %d threads%n",
                first / 1024, before / 1024, leastGrowth, threads, nativeThreads());
        assertTrue(nativeThreads() <= threads + 4, threads + " threads became " + nativeThreads());
        assertTrue(ManagementFactory.getThreadMXBean().getThreadCount() <= javaThreads + 4);
        assertTrue(leastGrowth < LEAK_KILOBYTES * 50, "50 visits cost " + leastGrowth + " kB at least");
        assertFalse(video.status().segment().isEmpty());
    }

    private void visits(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            visit(i);
        }
        Await.until("nobody", () -> audience.watching() == 0 && audience.joined() == 0);
        Await.until("the lane empty", () -> lane.refusal().isEmpty());
        System.gc();
    }

    private void visit(int i) throws Exception {
        Browser b = new Browser("churn-" + i);
        b.connect();
        if (i % 3 == 0) {
            // The connection goes first, and signalling notices later.
            b.closeReceiver();
            b.session.left();
        } else {
            b.close();
        }
    }
}
