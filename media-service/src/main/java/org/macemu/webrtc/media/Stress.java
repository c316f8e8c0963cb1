package org.macemu.webrtc.media;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntSupplier;

/**
 * How much of this process is in use, 0 to 1: the greater of the viewers' share of their maximum and the process's share
 * of the processors it may use. What placement compares and an autoscaler aims at. Thread-safe.
 */
final class Stress {

    private static final long INTERVAL_NANOS = 500_000_000L;

    /** Of the newest half second: about two seconds are averaged, so that one handshake storm is no trend. */
    private static final double WEIGHT = 0.25;

    private final OperatingSystemMXBean machine =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final IntSupplier viewers;
    private final int maxViewers;
    private long measuredAt = System.nanoTime();
    private long cpuNanos = machine.getProcessCpuTime();
    private double processor;

    Stress(IntSupplier viewers, int maxViewers) {
        this.viewers = viewers;
        this.maxViewers = maxViewers;
    }

    double value() {
        return Math.clamp(Math.max((double) viewers.getAsInt() / maxViewers, processor()), 0, 1);
    }

    private synchronized double processor() {
        long now = System.nanoTime();
        long elapsed = now - measuredAt;
        if (elapsed >= INTERVAL_NANOS) {
            long used = machine.getProcessCpuTime();
            double share = (double) (used - cpuNanos) / elapsed / machine.getAvailableProcessors();
            // Asked rarely, the newest interval is all there is.
            double weight = Math.min(1, WEIGHT * elapsed / INTERVAL_NANOS);
            processor += (share - processor) * weight;
            measuredAt = now;
            cpuNanos = used;
        }
        return processor;
    }
}
