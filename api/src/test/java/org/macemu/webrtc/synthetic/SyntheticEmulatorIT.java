package org.macemu.webrtc.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** The synthetic emulator against a real socket and real shared memory, read as a server reads them. */
@Timeout(60)
class SyntheticEmulatorIT {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final String name = "synthetic-it-" + UUID.randomUUID();
    private SyntheticOptions.Builder options;
    private AFUNIXServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        options = SyntheticOptions.named(name, folder).size(640, 480).barCode(true);
        server = AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.of(folder.resolve(name + ".sock")));
    }

    @AfterEach
    void clean() throws IOException {
        server.close();
        Files.deleteIfExists(SegmentFile.SHM_DIRECTORY.resolve(name + "-video"));
        Files.deleteIfExists(SegmentFile.SHM_DIRECTORY.resolve(name + "-audio"));
    }

    /** One accepted connection, spoken to in lines. */
    private record Peer(AFUNIXSocket socket, BufferedReader in, OutputStream out) implements AutoCloseable {
        static Peer accept(AFUNIXServerSocket server) throws IOException {
            AFUNIXSocket socket = server.accept();
            return new Peer(
                    socket,
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)),
                    socket.getOutputStream());
        }

        void send(String line) throws IOException {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        String ask(String line) throws IOException {
            send(line);
            return in.readLine();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            Thread.sleep(5);
        }
    }

    private static OptionalLong barCode(VideoSegment segment) {
        MemorySegment frame = segment.frame(segment.latestIndex());
        int stride = segment.stride();
        return BarCode.decode((x, y) -> frame.get(ValueLayout.JAVA_BYTE, (long) y * stride + x * 4L + 1) & 0xFF);
    }

    @Test
    void answersEveryRequest() throws Exception {
        Files.createDirectories(folder.resolve("roms"));
        Files.createDirectories(folder.resolve("images"));
        Files.writeString(folder.resolve("roms/Quadra.ROM"), "rom");
        Files.writeString(folder.resolve("images/System7.img"), "disk");
        Files.writeString(folder.resolve("images/.hidden"), "no disk");
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.build());
                Peer peer = Peer.accept(server)) {
            emulator.awaitConnected(SOON);
            String before = peer.ask("{\"type\":\"get_config\"}");
            assertTrue(
                    before.startsWith("{\"type\":\"config\",\"data\":{\"rom\":\"Quadra.ROM\",\"ramsize\":8388608,"),
                    before);
            assertEquals("{\"type\":\"ack\"}", peer.ask("{\"type\":\"set_config\",\"config\":{\"ramsize\":16777216}}"));
            assertEquals(before.replace("8388608", "16777216"), peer.ask("{\"type\":\"get_config\"}"));
            assertEquals("{\"type\":\"error\",\"message\":\"ramsize: expected a number of bytes, found -1\"}",
                    peer.ask("{\"type\":\"set_config\",\"config\":{\"ramsize\":-1,\"rom\":\"x\"}}"));
            assertEquals(before.replace("8388608", "16777216"), peer.ask("{\"type\":\"get_config\"}"));
            assertEquals("{\"type\":\"storage\",\"roms\":[\"Quadra.ROM\"],\"disks\":[\"System7.img\"]}",
                    peer.ask("{\"type\":\"storage\"}"));
            String unknown = peer.ask("{\"type\":\"dance\"}");
            assertTrue(unknown.startsWith("{\"type\":\"error\",\"message\":\"Unknown type"), unknown);
            await("a measured rate", () -> emulator.measuredFps() > 0);
            String status = peer.ask("{\"type\":\"status\"}");
            assertTrue(status.startsWith("{\"type\":\"status\",\"running\":true,\"fps\":"), status);
        }
    }

    @Test
    void recordsInputAndShowsItInThePicture() throws Exception {
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.build());
                Peer peer = Peer.accept(server);
                VideoSegment video = VideoSegment.open(SegmentFile.SHM_DIRECTORY.resolve(name + "-video"))) {
            peer.send("{\"type\": \"mouse_move\", \"x\": 100, \"y\": 200}");
            peer.send("{\"type\":\"mouse_button\",\"x\":100,\"y\":200,\"button\":0,\"pressed\":true}");
            long sent = System.nanoTime();
            peer.send("{\"type\":\"key\",\"code\":65,\"pressed\":true,\"ctrl\":false,\"alt\":false,\"shift\":false,"
                    + "\"meta\":false}");
            InputLog.Received key = emulator.awaitInput(i -> i.type().equals("key"), SOON);
            assertTrue(key.nanoTime() >= sent);
            assertEquals(new MouseMove(100, 200), emulator.inputs().getFirst());
            long now = emulator.published();
            emulator.awaitFrames(now + 2, SOON);
            assertEquals(Canvas.rgb(InputMarks.RED), pixel(video, InputMarks.BUTTON_LEFT + 12, InputMarks.TOP + 12));
            assertEquals(
                    Canvas.rgb(InputMarks.keyColor(65)), pixel(video, InputMarks.KEY_LEFT + 12, InputMarks.TOP + 12));
            assertEquals(Canvas.WHITE, pixel(video, 100, 200), "the pointer's tip");
            assertEquals(Canvas.BLACK, pixel(video, 102, 205), "the pointer's body");
        }
    }

    private static int pixel(VideoSegment video, int x, int y) {
        return video.frame(video.latestIndex()).get(ValueLayout.JAVA_INT_UNALIGNED, (long) y * video.stride() + 4L * x);
    }

    @Test
    void publishesStampedPicturesAndResizes() throws Exception {
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.build());
                VideoSegment video = VideoSegment.open(SegmentFile.SHM_DIRECTORY.resolve(name + "-video"))) {
            emulator.awaitFrames(10, SOON);
            assertEquals(640, video.width());
            assertEquals(480, video.height());
            assertEquals(640 * 4, video.stride());
            assertTrue(Math.abs(System.nanoTime() / 1000 - video.timestampMicros()) < 1_000_000);
            double age = BarCode.millisBetween(barCode(video).orElseThrow(), BarCode.ticks(System.nanoTime()));
            assertTrue(age >= 0 && age < 1000, "age " + age);
            emulator.resize(800, 600);
            emulator.awaitFrames(emulator.published() + 2, SOON);
            assertEquals(800, video.width());
            assertEquals(800 * 4, video.stride());
            assertTrue(barCode(video).isPresent());
            assertThrows(IllegalArgumentException.class, () -> emulator.resize(4000, 3000));
        }
    }

    @Test
    void writesTheToneAtItsRate() throws Exception {
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.freeRunning(true).drift(0.05).build());
                AudioSegment audio = AudioSegment.open(SegmentFile.SHM_DIRECTORY.resolve(name + "-audio"))) {
            await("sound", () -> audio.writePosition() > 0);
            double rate = rate(audio);
            for (int again = 1; again < 5 && Math.abs(rate - 44_100 * 1.05) > 44_100 * 0.03; again++) {
                // The machine was late at one end of the second.
                rate = rate(audio);
            }
            assertEquals(44_100 * 1.05, rate, 44_100 * 0.03);
            assertEquals(44_100, audio.sampleRate());
            assertEquals(2, audio.channels());
            assertEquals(AudioSegment.FORMAT_S16LE, audio.format());
            assertTrue(emulator.published() > 0);
            int peak = 0;
            for (int i = 0; i < AudioSegment.RING_SIZE; i += 2) {
                peak = Math.max(peak, audio.ring().get(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            }
            assertEquals(Short.MAX_VALUE * 0.25, peak, 100);
        }
    }

    /** Samples of a channel in a second, by a second's worth. */
    private static double rate(AudioSegment audio) throws InterruptedException {
        int from = audio.writePosition();
        long began = System.nanoTime();
        Thread.sleep(1000);
        double seconds = (System.nanoTime() - began) / 1e9;
        return (audio.writePosition() - from) / 4.0 / seconds;
    }

    @Test
    void restartsAndShutsDownWhenToldTo() throws Exception {
        options.restartTime(Duration.ofMillis(200));
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.build())) {
            try (Peer peer = Peer.accept(server)) {
                assertEquals("{\"type\":\"ack\"}", peer.ask("{\"type\":\"restart\"}"));
                assertEquals(null, peer.in().readLine(), "the emulator goes away");
            }
            try (Peer peer = Peer.accept(server)) {
                emulator.awaitConnected(SOON);
                assertEquals(2, emulator.connections());
                emulator.awaitFrames(emulator.published() + 2, SOON);
                assertEquals("{\"type\":\"ack\"}", peer.ask("{\"type\":\"shutdown\"}"));
                assertEquals(0, emulator.exit().get(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void connectsAgainAndFollowsAReplacedSegment() throws Exception {
        Path path = SegmentFile.SHM_DIRECTORY.resolve(name + "-video");
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.build())) {
            Peer.accept(server).close();
            Files.delete(path);
            try (VideoSegment video = VideoSegment.openOrCreate(path, 800 * 600 * 4, VideoPublisher.OWNER_ONLY);
                    Peer again = Peer.accept(server)) {
                await("a picture in the new segment", () -> video.frameCount() > 1);
                assertTrue(barCode(video).isPresent());
                assertTrue(again.ask("{\"type\":\"status\"}").contains("\"running\":true"));
            }
            assertTrue(emulator.connections() >= 2);
        }
    }

    @Test
    void survivesAFileThatIsCutUnderItsHands() throws Exception {
        Path path = SegmentFile.SHM_DIRECTORY.resolve(name + "-video");
        Path sound = SegmentFile.SHM_DIRECTORY.resolve(name + "-audio");
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.fps(500).build());
                Peer peer = Peer.accept(server)) {
            emulator.awaitFrames(100, SOON);
            HostileEmulator.shrink(path, 0);
            HostileEmulator.shrink(sound, 0);
            await("the segment is sized again", () -> size(path) > 0 && size(sound) > 0);
            long before = emulator.published();
            emulator.awaitFrames(before + 10, SOON);
            try (VideoSegment video = VideoSegment.open(path)) {
                await("pictures in the new file", () -> video.frameCount() > 1);
            }
            assertTrue(peer.ask("{\"type\":\"status\"}").contains("\"running\":true"));
        }
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void wakesWhoWaitsOnTheWriteIndex() throws Exception {
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.fps(20).build());
                VideoSegment video = VideoSegment.open(SegmentFile.SHM_DIRECTORY.resolve(name + "-video"))) {
            emulator.awaitFrames(2, SOON);
            int woken = 0;
            for (int i = 0; i < 20; i++) {
                woken += FutexWaiter.await(video.latestIndexWord(), video.latestIndex(), Duration.ofSeconds(5)) ? 1 : 0;
            }
            assertTrue(woken >= 18, "woken " + woken + " times of 20; the others found a picture that was there");
        }
    }

    @Test
    void runsAsAProcessThatIsKilledAndStartedAgain() throws Exception {
        String[] arguments = {
            "--video-shm", "/" + name + "-video", "--audio-shm", "/" + name + "-audio", "--control-sock",
            folder.resolve(name + ".sock").toString(), "--size", "512x342", "--bar-code"
        };
        try (ForkedJvm emulator = ForkedJvm.emulator(arguments);
                Peer peer = Peer.accept(server)) {
            assertTrue(peer.ask("{\"type\":\"get_config\"}").contains("Quadra.ROM"));
            emulator.kill();
            assertEquals(null, peer.in().readLine());
        }
        try (ForkedJvm again = ForkedJvm.emulator(arguments);
                Peer peer = Peer.accept(server);
                VideoSegment video = VideoSegment.open(SegmentFile.SHM_DIRECTORY.resolve(name + "-video"))) {
            assertEquals(512, video.width());
            long count = video.frameCount();
            await("further pictures in the same segment", () -> video.frameCount() > count);
            assertEquals("{\"type\":\"ack\"}", peer.ask("{\"type\":\"shutdown\"}"));
            assertEquals(0, again.awaitExit(SOON), () -> String.join("\n", again.lines()));
        }
    }

    @Test
    void saysWhatItCannotUseAndEnds() throws Exception {
        Path path = SegmentFile.SHM_DIRECTORY.resolve(name + "-video");
        HostileEmulator.file(path, 0x12345678, 1, 4096);
        try (ForkedJvm emulator = ForkedJvm.emulator("--video-shm", "/" + name + "-video", "--audio-shm", "")) {
            assertEquals(1, emulator.awaitExit(SOON));
            emulator.awaitLine("found magic 0x12345678", SOON);
        }
        try (ForkedJvm emulator = ForkedJvm.emulator("--size", "huge")) {
            assertEquals(2, emulator.awaitExit(SOON));
            emulator.awaitLine("expected WIDTHxHEIGHT, found huge", SOON);
        }
        try (ForkedJvm emulator = ForkedJvm.emulator("--help")) {
            assertEquals(0, emulator.awaitExit(SOON));
            emulator.awaitLine("Usage:", SOON);
        }
    }

    @Test
    void aHostileLineIsAnsweredAndTheConnectionStays() throws Exception {
        try (SyntheticEmulator emulator = SyntheticEmulator.start(options.build());
                Peer peer = Peer.accept(server)) {
            peer.out().write(HostileEmulator.longLine(1 << 20));
            assertTrue(peer.in().readLine().contains("longer than 65536 bytes"));
            peer.out().write(HostileEmulator.binary(3, 4000));
            String answer = peer.ask("\n{\"type\":\"storage\"}");
            while (!answer.startsWith("{\"type\":\"storage\"")) {
                assertTrue(answer.startsWith("{\"type\":\"error\",\"message\":\""), answer);
                answer = peer.in().readLine();
            }
            assertEquals(1, emulator.connections());
        }
    }
}
