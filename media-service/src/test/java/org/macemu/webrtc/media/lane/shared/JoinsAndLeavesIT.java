package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Events;

/**
 * A thousand viewers come and go, a third without any goodbye, of signalling or of DTLS: those are let go once their
 * consent has expired, or the TCP connection is gone. Nothing of them may be left.
 */
class JoinsAndLeavesIT {

    /** Consent lasts for 30 s; a viewer whose TCP connection is gone, for a few. */
    private static final long VANISHED_SECONDS = 45;

    private static final int VIEWERS = Integer.getInteger("joins", 1_000);

    @Test
    void nothingIsLeft() throws Exception {
        try (LaneFixture fixture = new LaneFixture()) {
            churn(fixture, 60);
            Figures before = Figures.of(fixture);
            churn(fixture, VIEWERS);
            Figures after = Figures.of(fixture);
            System.out.println("before " + before + "\nafter  " + after);
            assertEquals(before.held(), after.held());
            assertTrue(after.threads() <= before.threads() + 2, "threads");
            assertTrue(after.descriptors() <= before.descriptors() + 4, "descriptors");
            assertTrue(after.heapKilobytes() <= before.heapKilobytes() + 3_000, "heap");
            assertTrue(after.residentKilobytes() <= before.residentKilobytes() + 80_000, "resident memory");
            assertEquals(0, fixture.figures.connected);
        }
    }

    private record Figures(
            List<Integer> held, int threads, int descriptors, long heapKilobytes, long residentKilobytes) {

        static Figures of(LaneFixture fixture) throws Exception {
            for (int i = 0; i < 4; i++) {
                System.gc();
                Thread.sleep(200);
            }
            Runtime runtime = Runtime.getRuntime();
            return new Figures(
                    fixture.lane.heldForPeers(),
                    count("task"),
                    count("fd"),
                    (runtime.totalMemory() - runtime.freeMemory()) / 1024,
                    resident());
        }

        private static int count(String what) throws IOException {
            try (var entries = Files.list(Path.of("/proc/self", what))) {
                return (int) entries.count();
            }
        }

        private static long resident() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void churn(LaneFixture fixture, int viewers) throws Exception {
        Semaphore atOnce = new Semaphore(16);
        AtomicInteger failures = new AtomicInteger();
        Queue<Events> vanished = new ConcurrentLinkedQueue<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < viewers; i++) {
                int number = i;
                executor.execute(() -> {
                    atOnce.acquireUninterruptibly();
                    try {
                        come(fixture, number, vanished);
                    } catch (Exception e) {
                        failures.incrementAndGet();
                        System.out.println("viewer " + number + ": " + e);
                    } finally {
                        atOnce.release();
                    }
                });
            }
        }
        assertEquals(0, failures.get(), "viewers that could not connect");
        assertEquals((viewers + 2) / 3, vanished.size());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(VANISHED_SECONDS);
        for (Events events : vanished) {
            assertTrue(events.closed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS), "a vanished viewer stays");
            assertTrue(events.error().startsWith("ice_failed: the browser is gone"), events.error());
            assertEquals(1, events.closings.get());
        }
        LaneFixture.await("all gone", () -> fixture.figures.connected == 0);
    }

    private static void come(LaneFixture fixture, int number, Queue<Events> vanished) throws Exception {
        Connection c = fixture.connect(number % 5 == 4);
        if (c.peer().packet(c.peer().videoSsrc(), 5_000) == null) {
            throw new IOException("no picture");
        }
        if (number % 3 == 0) {
            // Vanishes, and nobody tells the lane.
            c.peer().vanish();
            vanished.add(c.events());
            return;
        }
        if (number % 3 == 1) {
            c.peer().close();
        } else {
            c.viewer().close();
            c.peer().vanish();
        }
        if (!c.events().closed.await(10, TimeUnit.SECONDS)) {
            throw new IOException("not closed");
        }
    }
}
