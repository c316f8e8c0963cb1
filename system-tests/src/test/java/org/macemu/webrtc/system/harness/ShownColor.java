package org.macemu.webrtc.system.harness;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Watches one pixel of the pictures that an emulator publishes, and notes when it turns red and when it no longer is.
 * A thread of its own looks twice a millisecond.
 */
public final class ShownColor implements AutoCloseable {

    private static final long LOOK_NANOS = 500_000;
    private static final int DARK = 64;

    /**
     * A change.
     *
     * @param published when the emulator published that picture, by its own stamp, System.nanoTime
     */
    public record Change(boolean red, long published) {}

    private final VideoSegment segment;
    private final long pixel;
    private final List<Change> changes = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /** @throws SegmentException when there is no segment */
    public ShownColor(Path video, int x, int y) throws SegmentException {
        segment = VideoSegment.open(video);
        pixel = (long) y * segment.stride() + (long) x * VideoSegment.BYTES_PER_PIXEL;
        thread = Thread.ofPlatform().name("shown-color").daemon().start(this::watch);
    }

    /** So far, in their order; the first is what the pixel was at the start. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    private void watch() {
        long seen = 0;
        boolean wasRed = false;
        while (!closed) {
            long count = segment.frameCount();
            if (count != seen) {
                seen = count;
                boolean red = isRed();
                if (red != wasRed || changes.isEmpty()) {
                    wasRed = red;
                    changes.add(new Change(red, segment.timestampMicros() * 1_000));
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isRed() {
        var frame = segment.frame(segment.latestIndex());
        int red = frame.get(ValueLayout.JAVA_BYTE, pixel) & 255;
        int green = frame.get(ValueLayout.JAVA_BYTE, pixel + 1) & 255;
        return red > DARK && green < DARK;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        segment.close();
    }
}
