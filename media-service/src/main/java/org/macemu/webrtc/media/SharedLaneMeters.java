package org.macemu.webrtc.media;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.macemu.webrtc.media.lane.shared.KeyFrameCause;
import org.macemu.webrtc.media.lane.shared.LaneMetrics;

/** The shared lane's figures, as Prometheus sees them. */
final class SharedLaneMeters implements LaneMetrics {

    private static final double MEDIAN = 0.5;

    private final Timer frameToWire;
    private final Timer encode;
    private final Timer firstPicture;
    private final Counter encoded;
    private final Counter notEncoded;
    private final Counter packets;
    private final Counter bytes;
    private final Counter nacked;
    private final Counter resent;
    private final Counter resendsRefused;
    private final Counter caughtUp;
    private final Counter shed;
    private final Map<Drop, Counter> drops = new EnumMap<>(Drop.class);
    private final Map<KeyFrameCause, Counter> keyFrames = new EnumMap<>(KeyFrameCause.class);
    private final MeterRegistry registry;

    SharedLaneMeters(MeterRegistry registry) {
        this.registry = registry;
        frameToWire = histogram(
                "macemu.frame.to.wire", "From the end of the emulator's drawing to the last packet of that picture");
        encode = histogram("macemu.frame.encode", "Converting and encoding one picture");
        firstPicture = histogram("macemu.viewer.first.picture", "From a viewer's offer to its first packet of a picture");
        encoded = counter("macemu.frames.encoded", "Pictures encoded for all viewers of the shared lane");
        notEncoded = counter("macemu.frames.backlogged", "Pictures not encoded because earlier ones were still being sent");
        packets = counter("macemu.rtp.packets", "RTP packets sent, resent ones included");
        bytes = counter("macemu.rtp.bytes", "RTP bytes sent, resent ones included");
        nacked = counter("macemu.rtp.nacked", "Packets that receivers asked for again");
        resent = counter("macemu.rtp.resent", "Packets sent again");
        resendsRefused = counter("macemu.rtp.resends.refused", "Packets too old, or beyond a viewer's budget, to send again");
        caughtUp = counter("macemu.viewer.catchups", "Viewers that joined from the packet history");
        shed = counter("macemu.viewer.sheds", "Times a slow viewer was moved on to the next key frame");
        for (Drop cause : Drop.values()) {
            drops.put(cause, tagged("macemu.transport.dropped", "What arrived, or was to be sent, and went nowhere", cause));
        }
        for (KeyFrameCause cause : KeyFrameCause.values()) {
            keyFrames.put(cause, tagged("macemu.key.frames", "Key frames by cause", cause));
        }
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Counter tagged(String name, String description, Enum<?> cause) {
        return Counter.builder(name)
                .description(description)
                .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Timer histogram(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(4),
                        Duration.ofMillis(8),
                        Duration.ofMillis(15),
                        Duration.ofMillis(30),
                        Duration.ofMillis(60),
                        Duration.ofMillis(120),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1))
                .publishPercentiles(MEDIAN, 0.95)
                .register(registry);
    }

    /** Converting and encoding a picture, median of the last minutes in milliseconds; NaN when there was none. */
    double encodeMillis() {
        return median(encode);
    }

    /** From drawn to sent, median of the last minutes in milliseconds; NaN when there was none. */
    double frameToWireMillis() {
        return median(frameToWire);
    }

    private static double median(Timer timer) {
        for (ValueAtPercentile value : timer.takeSnapshot().percentileValues()) {
            if (value.percentile() == MEDIAN && value.value() > 0) {
                return value.value(TimeUnit.MILLISECONDS);
            }
        }
        return Double.NaN;
    }

    /** Pictures encoded since the start. */
    long framesEncoded() {
        return (long) encoded.count();
    }

    @Override
    public void frameEncoded(int frameBytes, long nanos) {
        encoded.increment();
        encode.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void frameSkipped() {
        notEncoded.increment();
    }

    @Override
    public void keyFrame(KeyFrameCause cause) {
        keyFrames.get(cause).increment();
    }

    @Override
    public void frameToWire(long nanos) {
        frameToWire.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void sent(long sentPackets, long sentBytes) {
        packets.increment(sentPackets);
        bytes.increment(sentBytes);
    }

    @Override
    public void nacked(int count) {
        nacked.increment(count);
    }

    @Override
    public void resent(int count, long resentBytes) {
        resent.increment(count);
    }

    @Override
    public void resendRefused(int count) {
        resendsRefused.increment(count);
    }

    @Override
    public void caughtUp(int count) {
        caughtUp.increment();
    }

    @Override
    public void shed() {
        shed.increment();
    }

    @Override
    public void firstPicture(long nanos) {
        firstPicture.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void dropped(Drop cause) {
        drops.get(cause).increment();
    }
}
