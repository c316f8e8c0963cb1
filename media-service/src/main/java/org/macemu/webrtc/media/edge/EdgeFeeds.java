package org.macemu.webrtc.media.edge;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.OriginHello;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.api.grpc.SoundPacket;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.VideoFrame;
import org.macemu.webrtc.media.lane.shared.FrameSink;
import org.macemu.webrtc.media.lane.shared.SharedLane;
import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;

/**
 * The edges of this origin. Each frame becomes one message, the same for all; what an edge costs is its copy of the
 * bytes, however many look there. While no edge has viewers the lane copies nothing.
 */
public final class EdgeFeeds implements FrameSink {

    private static final Logger LOG = Logger.getLogger(EdgeFeeds.class);

    /**
     * Edges at once: with 100 viewers on each 100,000. What waits for several of them is the same message, so that they
     * bound threads and bandwidth more than memory.
     */
    private static final int MAX_EDGES = 1_000;

    private final SharedLane lane;
    private final Consumer<Boolean> watched;
    private final Runnable viewersChanged;
    private final List<EdgeFeed> feeds = new CopyOnWriteArrayList<>();
    private final OriginHello hello = OriginHello.newBuilder()
            .setInstance(ThreadLocalRandom.current().nextLong())
            .build();
    private final Counter frames;
    private final Counter bytes;
    private final Counter dropped;
    private boolean copying;

    /**
     * @param watched told whether any edge has viewers
     * @param viewersChanged told when {@link #viewers} may be another
     */
    public EdgeFeeds(SharedLane lane, MeterRegistry registry, Consumer<Boolean> watched, Runnable viewersChanged) {
        this.lane = lane;
        this.watched = watched;
        this.viewersChanged = viewersChanged;
        Gauge.builder("macemu.edges", feeds, List::size)
                .description("Edges connected to this origin")
                .register(registry);
        Gauge.builder("macemu.edge.viewers", this, EdgeFeeds::viewers)
                .description("Viewers at the edges of this origin")
                .register(registry);
        frames = Counter.builder("macemu.edge.frames")
                .description("Pictures and packets of sound sent to edges")
                .register(registry);
        bytes = Counter.builder("macemu.edge.bytes")
                .description("Bytes of them")
                .register(registry);
        dropped = Counter.builder("macemu.edge.frames.dropped")
                .description("Pictures left out because an edge had not read those before")
                .register(registry);
    }

    /**
     * Takes an edge's call.
     *
     * @param state what it is told first
     * @return where its messages go
     */
    public StreamObserver<EdgeMessage> connect(ServerCallStreamObserver<OriginMessage> call, State state) {
        return new EdgeCall(this, state, call);
    }

    OriginHello hello() {
        return hello;
    }

    /** Viewers at all edges. */
    public int viewers() {
        int viewers = 0;
        for (EdgeFeed feed : feeds) {
            viewers += feed.viewers();
        }
        return viewers;
    }

    /** @return false when there are too many */
    boolean add(EdgeFeed feed) {
        synchronized (this) {
            if (feeds.size() >= MAX_EDGES) {
                return false;
            }
            feeds.add(feed);
        }
        LOG.infof("Edge %s is here", feed.name());
        return true;
    }

    /** The edge's call is over. */
    void remove(EdgeFeed feed, String why) {
        if (feeds.remove(feed)) {
            feed.close();
            LOG.infof("Edge %s is gone: %s", feed.name(), why);
            audienceChanged();
        }
    }

    /** An edge has said how many look. */
    void audience(EdgeFeed feed, int viewers) {
        boolean first = viewers > 0 && !feed.isWatching();
        int before = feed.viewers();
        feed.audience(viewers);
        if (viewers != before) {
            audienceChanged();
        }
        if (first) {
            lane.requestKeyFrame();
        }
    }

    private void audienceChanged() {
        synchronized (this) {
            boolean wanted = feeds.stream().anyMatch(EdgeFeed::isWatching);
            if (wanted != copying) {
                copying = wanted;
                // Capture runs before the lane is asked for a key frame, and until after it has stopped copying.
                if (wanted) {
                    watched.accept(true);
                    lane.copyTo(this);
                } else {
                    lane.copyTo(null);
                    watched.accept(false);
                }
            }
        }
        viewersChanged.run();
    }

    void keyFrameWanted() {
        lane.requestKeyFrame();
    }

    /** Tells every edge what its viewers are to be told. */
    public void tell(State state) {
        feeds.forEach(feed -> feed.tell(state));
    }

    @Override
    public void video(EncodedFrame frame) {
        OriginMessage message = OriginMessage.newBuilder()
                .setVideo(VideoFrame.newBuilder()
                        .setVp8(ByteString.copyFrom(frame.data(), 0, frame.length()))
                        .setKeyFrame(frame.keyFrame())
                        .setTemporalLayer(frame.temporalLayer())
                        .setRtpTime(frame.rtpTime())
                        .setCaptureNanos(frame.captureNanos()))
                .build();
        int size = message.getSerializedSize();
        for (EdgeFeed feed : feeds) {
            if (feed.video(message, size)) {
                frames.increment();
                bytes.increment(size);
            } else if (feed.isBehind()) {
                dropped.increment();
            }
        }
    }

    @Override
    public void sound(EncodedSound sound) {
        OriginMessage message = OriginMessage.newBuilder()
                .setSound(SoundPacket.newBuilder()
                        .setOpus(ByteString.copyFrom(sound.data(), 0, sound.length()))
                        .setSampleIndex(sound.sampleIndex())
                        .setFirst(sound.first())
                        .setCaptureNanos(sound.captureNanos()))
                .build();
        int size = message.getSerializedSize();
        for (EdgeFeed feed : feeds) {
            if (feed.sound(message, size)) {
                frames.increment();
                bytes.increment(size);
            }
        }
    }
}
