package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.synthetic.SyntheticOptions;

/** The capture thread, from the segment to the sink, on a real file in shared memory. */
class VideoCaptureTest {

    private record Delivery(
            int width, int height, boolean changed, int color, long nanoTime, long sequence, long at) {}

    private final String name = "macemu-capture-" + UUID.randomUUID();
    private final Path file = SegmentFile.SHM_DIRECTORY.resolve(name + "-video");
    private final CountingMetrics metrics = new CountingMetrics();
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private final AtomicInteger resizes = new AtomicInteger();
    private final AtomicBoolean sinkFails = new AtomicBoolean();
    private VideoCapture capture;

    @BeforeEach
    void open() throws Exception {
        capture = new VideoCapture(
                () -> new VideoInput(VideoSegment.openOrCreate(file, PictureWriter.CAPACITY, PictureWriter.OWNER)),
                this::take,
                metrics,
                resizes::incrementAndGet);
        capture.start();
    }

    /** One of another segment, which waits with this; not started yet. */
    private VideoCapture waiting(Path segment, FrameSignal signal) throws SegmentException {
        return new VideoCapture(
                () -> new VideoInput(
                        VideoSegment.openOrCreate(segment, PictureWriter.CAPACITY, PictureWriter.OWNER), signal),
                this::take,
                metrics,
                () -> {});
    }

    private void take(VideoFrame frame) {
        long now = System.nanoTime();
        if (sinkFails.get()) {
            throw new IllegalStateException("as the test wants");
        }
        deliveries.add(new Delivery(
                frame.width(),
                frame.height(),
                frame.changed(),
                frame.pixels().get(ValueLayout.JAVA_INT, 0),
                frame.nanoTime(),
                frame.sequence(),
                now));
    }

    @AfterEach
    void close() throws IOException {
        capture.close();
        boolean mapped = Files.readString(Path.of("/proc/self/maps")).contains(name);
        Files.deleteIfExists(file);
        Files.deleteIfExists(SegmentFile.SHM_DIRECTORY.resolve(name + "-audio"));
        assertFalse(mapped, "still mapped after close");
    }

    private void awaitColor(int color) throws InterruptedException {
        Await.until(() -> "colour " + color + ": " + deliveries + " " + capture.status(), () -> deliveries.stream()
                .anyMatch(d -> d.color == color));
    }

    private static long cpuNanos(String thread) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(t -> t != null && t.getThreadName().equals(thread))
                .mapToLong(t -> threads.getThreadCpuTime(t.getThreadId()))
                .sum();
    }

    @Test
    void nothingIsReadWhileNobodyWatches() throws Exception {
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.segment.readIndex(9);
            for (int i = 0; i < 20; i++) {
                emulator.show(i, 64, 64);
                Thread.sleep(5);
            }
            assertTrue(deliveries.isEmpty());
            assertEquals(0, metrics.changed.get() + metrics.unchanged.get());
            // Coming back after an hour is no loss of pictures.
            capture.watched(true);
            awaitColor(19);
            assertEquals(0, metrics.skipped.get());
            capture.watched(false);
            Thread.sleep(50);
            int seen = deliveries.size();
            emulator.show(77, 64, 64);
            Thread.sleep(50);
            assertEquals(seen, deliveries.size());
        }
    }

    /** Watching a segment in which nothing was ever drawn: the thread waits. */
    @Test
    void anEmptySegmentCostsNothing() throws Exception {
        capture.watched(true);
        Thread.sleep(100);
        long before = cpuNanos("capture");
        Thread.sleep(500);
        long used = cpuNanos("capture") - before;
        assertTrue(used < 100_000_000L, "used " + used / 1_000_000 + " ms of CPU in 500 ms");
    }

    @Test
    void repeatsAChangeForTheEncodersThenRests() throws Exception {
        capture.watched(true);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(5, 64, 64);
            Await.until(() -> "12 repetitions: " + deliveries.size(), () -> deliveries.size() == 13);
            assertTrue(deliveries.get(0).changed);
            assertTrue(deliveries.stream().skip(1).noneMatch(Delivery::changed));
            Thread.sleep(150);
            assertEquals(13, deliveries.size(), "it goes on");
            long before = cpuNanos("capture");
            Thread.sleep(300);
            assertTrue(cpuNanos("capture") - before < 60_000_000L, "a resting picture keeps the thread busy");

            capture.requestFrame();
            Await.until("the picture asked for", () -> deliveries.size() == 14);
            assertFalse(deliveries.get(13).changed);
            Thread.sleep(100);
            assertEquals(14, deliveries.size());

            // Drawn again with the same pixels: looked at, not delivered.
            emulator.show(5, 64, 64);
            Await.until("the unchanged picture", () -> metrics.unchanged.get() == 1);
            Thread.sleep(100);
            assertEquals(14, deliveries.size());
        }
    }

    @Test
    void aViewerThatComesLateGetsThePictureThatIsThere() throws Exception {
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(5, 64, 64);
            capture.watched(true);
            awaitColor(5);
            capture.watched(false);
            Thread.sleep(30);
            deliveries.clear();
            capture.watched(true);
            awaitColor(5);
        }
    }

    @Test
    void goesOnAfterImpossibleHeaders() throws Exception {
        capture.watched(true);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(1, 320, 200);
            awaitColor(1);
            HostileEmulator.overflowingGeometry(file);
            Await.until("refused geometry", () -> metrics.invalid.get() >= 1);
            Await.until(() -> "word of it: " + capture.status(), () -> capture.status()
                    .segment()
                    .contains("expected 1 to 32767"));
            HostileEmulator.geometry(file, 640, 480, 7);
            Await.until("refused stride", () -> metrics.invalid.get() >= 2);
            HostileEmulator.writeIndex(file, 99);
            Await.until("refused index", () -> metrics.invalid.get() >= 3);
            emulator.show(2, 640, 480);
            awaitColor(2);
            assertEquals(640, capture.status().width());
            assertTrue(capture.status().segment().contains("protocol v1"), capture.status().segment());
        }
    }

    @Test
    void aFileThatShrinksIsLeftAndAGoodOneTaken() throws Exception {
        capture.watched(true);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(1, 640, 480);
            awaitColor(1);
            HostileEmulator.shrink(file, 40);
            Await.until(() -> "detached: " + capture.status(), () -> !capture.status().segment().contains("protocol v1"));
            assertEquals(0, capture.status().width());
        }
        Files.delete(file);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(2, 320, 200);
            awaitColor(2);
        }
    }

    @Test
    void followsAFileThatWasReplaced() throws Exception {
        capture.watched(true);
        try (PictureWriter old = new PictureWriter(file)) {
            old.show(1, 640, 480);
            awaitColor(1);
            Files.delete(file);
            try (PictureWriter emulator = new PictureWriter(file)) {
                emulator.show(2, 320, 200);
                awaitColor(2);
                assertEquals(320, capture.status().width());
            }
        }
    }

    @Test
    void aForeignFileIsNamedUntilAGoodOneComes() throws Exception {
        capture.watched(true);
        Files.delete(file);
        HostileEmulator.file(file, 0x12345678, 9, VideoLayout.V1.fileSize(PictureWriter.CAPACITY));
        Await.until(() -> "word of the magic: " + capture.status(), () -> capture.status()
                .segment()
                .contains("0x12345678"));
        Files.delete(file);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(3, 64, 64);
            awaitColor(3);
        }
    }

    @Test
    void theSizeIsKnownWhileNobodyWatches() throws Exception {
        try (PictureWriter emulator = new PictureWriter(file)) {
            capture.watched(true);
            emulator.show(3, 64, 48);
            awaitColor(3);
            capture.watched(false);
            emulator.show(4, 128, 96);
            Await.until(() -> "the new size: " + capture.status(), () -> capture.status().width() == 128
                    && capture.status().height() == 96);
            Await.until(() -> "told " + resizes + " times", () -> resizes.get() == 2);
        }
    }

    /** A wait that only a wake-up ends: every request, and the end, ends it. */
    @Test
    void whoAsksForAPictureDoesNotWaitForTheEmulator() throws Exception {
        Path other = SegmentFile.SHM_DIRECTORY.resolve(name + "-audio");
        Semaphore woken = new Semaphore(0);
        FrameSignal endless = new FrameSignal() {
            @Override
            public boolean await(VideoSegment segment, int expected, long nanos) {
                woken.acquireUninterruptibly();
                return true;
            }

            @Override
            public void wake() {
                woken.release();
            }

            @Override
            public void close() {}
        };
        try (VideoCapture waiting = waiting(other, endless);
                PictureWriter emulator = new PictureWriter(other)) {
            emulator.show(1, 64, 64);
            waiting.start();
            waiting.watched(true);
            awaitColor(1);
            for (int i = 1; i <= 5; i++) {
                int before = deliveries.size();
                waiting.requestFrame();
                Await.until("the picture asked for", () -> deliveries.size() > before);
                assertTrue(waiting.snapshot().get(5, TimeUnit.SECONDS).isPresent());
            }
            int before = deliveries.size();
            waiting.watched(false);
            waiting.watched(true);
            Await.until("the first picture", () -> deliveries.size() > before);
        }
    }

    @Test
    void aSinkThatFailsDoesNotEndCapture() throws Exception {
        capture.watched(true);
        try (PictureWriter emulator = new PictureWriter(file)) {
            sinkFails.set(true);
            emulator.show(1, 64, 64);
            Await.until("the picture", () -> metrics.changed.get() == 1);
            sinkFails.set(false);
            emulator.show(2, 64, 64);
            awaitColor(2);
        }
    }

    /** A clock in microseconds that is not ours: the time of capture is used. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1_700_000_000_000_000L})
    void foreignStampsAreReplaced(long stamp) throws Exception {
        capture.watched(true);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.draw(4, 64, 64, 256);
            emulator.announce(64, 64, 256);
            long before = System.nanoTime();
            emulator.segment.publish(emulator.index(), stamp);
            awaitColor(4);
            long taken = deliveries.get(0).nanoTime;
            assertTrue(taken >= before && taken <= System.nanoTime(), "stamp " + stamp + " became " + taken);
        }
    }

    /** An emulator that draws as fast as it can is read at 125 pictures a second at most, whole and newest. */
    @Test
    void aFloodOfPicturesIsPaced() throws Exception {
        capture.watched(true);
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.announce(64, 64, 256);
            long end = System.nanoTime() + 600_000_000L;
            for (int i = 0; System.nanoTime() < end; i++) {
                emulator.drawFast(i, 64, 64);
                emulator.publish();
            }
            int taken = deliveries.size();
            assertTrue(taken > 5 && taken <= 85, taken + " deliveries in 600 ms");
            assertTrue(metrics.skipped.get() > 0);
        }
    }

    /** Pictures of a driver that wakes the word, and of one that does not: time from the stamp to the sink. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isSoonThereWithAndWithoutWakeUps(boolean wakes) throws Exception {
        capture.watched(true);
        if (wakes) {
            SyntheticOptions options = SyntheticOptions.named(name, Path.of("/tmp"))
                    .size(320, 200)
                    .fps(60)
                    .scene(SceneKind.MOTION)
                    .controlSocket(null)
                    .audioShm("")
                    .build();
            try (SyntheticEmulator emulator = SyntheticEmulator.start(options)) {
                emulator.awaitFrames(90, Duration.ofSeconds(20));
            }
        } else {
            try (PictureWriter emulator = new PictureWriter(file)) {
                for (int i = 0; i < 90; i++) {
                    emulator.show(i, 320, 200);
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(16_667));
                }
            }
        }
        long[] late = deliveries.stream()
                .filter(Delivery::changed)
                .skip(10)
                .mapToLong(d -> d.at - d.nanoTime)
                .sorted()
                .toArray();
        assertTrue(late.length > 40, late.length + " changed pictures");
        System.out.printf(
                "capture %s wake-ups: median %.2f ms, p95 %.2f ms%n",
                wakes ? "with" : "without", late[late.length / 2] / 1e6, late[late.length * 95 / 100] / 1e6);
        assertTrue(late[late.length / 2] < 15_000_000L, "median " + late[late.length / 2] / 1e6 + " ms");
    }

    @Test
    void neverStartedIsStillClosed() throws Exception {
        VideoCapture unused = new VideoCapture(
                () -> new VideoInput(VideoSegment.openOrCreate(file, PictureWriter.CAPACITY, PictureWriter.OWNER)), f -> {}, metrics, () -> {});
        unused.close();
    }

    @Test
    void aSnapshotNeedsNoViewer() throws Exception {
        assertTrue(capture.snapshot().get(5, TimeUnit.SECONDS).isEmpty());
        try (PictureWriter emulator = new PictureWriter(file)) {
            emulator.show(0x00FF00FF, 64, 48);
            assertTrue(capture.snapshot().get(5, TimeUnit.SECONDS).isPresent());
        }
        assertTrue(deliveries.isEmpty());
        capture.close();
        capture.snapshot().get(5, TimeUnit.SECONDS);
    }

    /** What a snapshot alone has seen is news to lanes, which else would not look at the rows that changed. */
    @Test
    void aSnapshotTakesNoChangeFromTheViewers() throws Exception {
        try (PictureWriter emulator = new PictureWriter(file)) {
            capture.watched(true);
            emulator.show(1, 64, 64);
            awaitColor(1);
            capture.watched(false);
            Await.until("nobody delivers", () -> {
                int before = deliveries.size();
                LockSupport.parkNanos(100_000_000L);
                return deliveries.size() == before;
            });
            Delivery last = deliveries.getLast();
            emulator.show(2, 64, 64);
            assertTrue(capture.snapshot().get(5, TimeUnit.SECONDS).isPresent());
            capture.watched(true);
            awaitColor(2);
            Delivery next = deliveries.stream().filter(d -> d.color == 2).findFirst().orElseThrow();
            assertTrue(next.changed || next.sequence > last.sequence + 1, last + ", then " + next);
        }
    }

    /** An emulator that is too fast for a whole picture and then says nonsense: the thread waits like with any other. */
    @Test
    void nonsenseAfterATornPictureKeepsNobodyBusy() throws Exception {
        Path other = SegmentFile.SHM_DIRECTORY.resolve(name + "-audio");
        AtomicInteger waits = new AtomicInteger();
        FrameSignal counted = new FrameSignal() {
            @Override
            public boolean await(VideoSegment segment, int expected, long nanos) {
                waits.incrementAndGet();
                LockSupport.parkNanos(nanos);
                return false;
            }

            @Override
            public void wake() {}

            @Override
            public void close() {}
        };
        try (VideoCapture waiting = waiting(other, counted);
                PictureWriter emulator = new PictureWriter(other)) {
            waiting.start();
            waiting.watched(true);
            for (int round = 1; round <= 6; round++) {
                int good = metrics.changed.get();
                emulator.show(-round, 64, 64);
                Await.until("a whole picture", () -> metrics.changed.get() > good);
                emulator.announce(640, 480, 2_560);
                long end = System.nanoTime() + 50_000_000L;
                for (int i = 0; System.nanoTime() < end; i++) {
                    emulator.drawFast(i, 640, 480);
                    emulator.publish();
                }
                int invalid = metrics.invalid.get();
                emulator.announce(0, 480, 2_560);
                emulator.publish();
                Await.until("nonsense", () -> metrics.invalid.get() > invalid);
                // While pictures count as flowing, one that does not signal is looked at a thousand times a second.
                int before = waits.get();
                long since = System.nanoTime();
                Thread.sleep(200);
                long millis = (System.nanoTime() - since) / 1_000_000;
                int waited = waits.get() - before;
                assertTrue(waited <= 2 * millis + 50, waited + " waits in " + millis + " ms");
            }
        }
    }

    @Test
    void aSegmentThatCannotBeUsedIsRefusedAtStart() throws Exception {
        Path foreign = SegmentFile.SHM_DIRECTORY.resolve(name + "-audio");
        HostileEmulator.file(foreign, 0x4D454D34, 4, 24_898_880L);
        SegmentException e = assertThrows(
                SegmentException.class,
                () -> new VideoCapture(
                        () -> new VideoInput(VideoSegment.openOrCreate(foreign, PictureWriter.CAPACITY, PictureWriter.OWNER)),
                        f -> {},
                        metrics,
                        () -> {}));
        assertTrue(e.getMessage().contains("0x4D454D34"), e.getMessage());
    }
}
