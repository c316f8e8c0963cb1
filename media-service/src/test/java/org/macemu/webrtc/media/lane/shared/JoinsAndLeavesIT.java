package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.media.lane.shared.LaneFixture.Connection;

/** A thousand viewers come and go, a third without a goodbye: nothing of them may be left. */
class JoinsAndLeavesIT {

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
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < viewers; i++) {
                int number = i;
                executor.execute(() -> {
                    atOnce.acquireUninterruptibly();
                    try {
                        come(fixture, number);
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
        LaneFixture.await("all gone", () -> fixture.figures.connected == 0);
    }

    private static void come(LaneFixture fixture, int number) throws Exception {
        Connection c = fixture.connect(number % 5 == 4);
        if (c.peer().packet(c.peer().videoSsrc(), 5_000) == null) {
            throw new IOException("no picture");
        }
        if (number % 3 == 0) {
            // Vanishes; the signalling side notices and closes the viewer, as it does for a lost WebSocket.
            c.peer().vanish();
            c.viewer().close();
        } else if (number % 3 == 1) {
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
