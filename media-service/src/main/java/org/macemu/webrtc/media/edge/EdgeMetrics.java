package org.macemu.webrtc.media.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What an edge counts of its link to the origin. Written by the link's event loop. */
public final class EdgeMetrics {

    private final Counter frames;
    private final Counter bytes;
    private final Counter dropped;
    private final Counter keyFrames;
    private final Counter lost;
    private volatile long offsetNanos;
    private volatile long roundTripNanos;

    public EdgeMetrics(MeterRegistry registry) {
        frames = counter(registry, "macemu.origin.frames", "Pictures and packets of sound received from the origin");
        bytes = counter(registry, "macemu.origin.bytes", "Bytes of them");
        dropped = counter(registry, "macemu.origin.frames.dropped", "Pictures that had no use without those before");
        keyFrames = counter(registry, "macemu.origin.key.frames.wanted", "Key frames asked of the origin");
        lost = counter(registry, "macemu.origin.lost", "Times the origin went away");
        Gauge.builder("macemu.origin.clock.offset.seconds", this, m -> m.offsetNanos / 1e9)
                .description("How far the origin's monotonic clock is ahead of this machine's")
                .register(registry);
        Gauge.builder("macemu.origin.round.trip.seconds", this, m -> m.roundTripNanos / 1e9)
                .description("Shortest of the last round trips; half of it bounds the error of times")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void frame(int size) {
        frames.increment();
        bytes.increment(size);
    }

    void frameDropped() {
        dropped.increment();
    }

    void keyFrameWanted() {
        keyFrames.increment();
    }

    void originLost() {
        lost.increment();
    }

    void clock(long offset, long roundTrip) {
        offsetNanos = offset;
        roundTripNanos = roundTrip;
    }
}
