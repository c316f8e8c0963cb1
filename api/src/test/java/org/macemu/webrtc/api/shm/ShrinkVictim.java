package org.macemu.webrtc.api.shm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Reads a video segment in a loop while somebody cuts the file, in a process of its own, because a mistake here is a
 * crash. Prints "reading" when its code is compiled, "fault" when the JVM reported one, and "alive" when it went on.
 */
final class ShrinkVictim {

    private static final int WARM_UP = 20_000;
    private static final long SECONDS_30 = 30_000_000_000L;

    private static long sum;

    private ShrinkVictim() {}

    /** One way to touch mapped memory. */
    private interface Access {
        void run(VideoSegment segment);
    }

    public static void main(String[] arguments) throws IOException {
        try (VideoSegment segment = VideoSegment.open(Path.of(arguments[0]));
                Arena arena = Arena.ofConfined()) {
            MemorySegment outside = arena.allocate(segment.frameCapacity());
            byte[] heap = new byte[(int) segment.frameCapacity()];
            Access access = switch (arguments[1]) {
                case "copy-to-native" -> s -> MemorySegment.copy(s.frame(2), 0, outside, 0, outside.byteSize());
                case "copy-to-heap" -> s ->
                        MemorySegment.copy(s.frame(2), ValueLayout.JAVA_BYTE, 0, heap, 0, heap.length);
                case "copy-into-mapping" -> s -> MemorySegment.copy(outside, 0, s.frame(2), 0, outside.byteSize());
                case "header" -> s -> sum += s.frameCount() + s.latestIndex() + s.width() + s.timestampMicros();
                case "geometry" -> s -> sum += (long) s.stride() * s.height() > s.frameCapacity() ? 1 : s.width() << 2;
                case "compare" -> s -> sum += s.latestIndex() == 7 || s.frameCount() < sum || s.width() == 3 ? 1 : 0;
                case "publish" -> s -> {
                    s.geometry(1, 1, 4);
                    s.publish(0, 1);
                };
                case String other -> throw new IllegalArgumentException(other);
            };
            run(segment, access);
        }
    }

    private static void run(VideoSegment segment, Access access) {
        for (int i = 0; i < WARM_UP; i++) {
            touch(segment, access);
        }
        System.out.println("reading");
        int faults = 0;
        while (faults < 3) {
            try {
                touchUntil(segment, access, System.nanoTime() + SECONDS_30);
                System.out.println("no fault " + sum);
                return;
            } catch (InternalError e) {
                faults++;
                System.out.println("fault: " + e.getMessage());
            }
        }
        System.out.println("alive");
    }

    /** The loop is within the caller's try, because the JVM may report a fault some time after the access. */
    private static void touchUntil(VideoSegment segment, Access access, long deadline) {
        while (System.nanoTime() < deadline) {
            touch(segment, access);
        }
    }

    private static void touch(VideoSegment segment, Access access) {
        access.run(segment);
    }
}
