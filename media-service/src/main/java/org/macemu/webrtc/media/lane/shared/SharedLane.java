package org.macemu.webrtc.media.lane.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.macemu.webrtc.media.capture.CaptureControl;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.ViewerStats;
import org.macemu.webrtc.media.lane.shared.encode.AudioEncoder;
import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;
import org.macemu.webrtc.media.lane.shared.encode.FrameWish;
import org.macemu.webrtc.media.lane.shared.encode.VideoEncoder;
import org.macemu.webrtc.media.lane.shared.encode.VideoEncoderSettings;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.NativeLibraryException;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;
import org.macemu.webrtc.media.lane.shared.transport.DtlsServer;
import org.macemu.webrtc.media.lane.shared.transport.EventLoop;
import org.macemu.webrtc.media.lane.shared.transport.MediaTransport;

/**
 * The lane for everyone: one VP8 and one Opus encoder, whose frames go to all viewers over one port.
 *
 * <p>Wires the encoders (capture threads) to the fan-out (event loop thread). Without viewers nothing is encoded.
 * Without one of the C libraries the lane takes no viewers and says which package is missing.
 */
public final class SharedLane implements Lane {

    private static final Logger LOG = Logger.getLogger(SharedLane.class);

    private final SharedLaneSettings settings;
    private final LaneMetrics metrics;
    private final String unavailable;
    private final ExecutorService negotiations;
    private final AtomicInteger openViewers = new AtomicInteger();
    private final EventLoop loop;
    private final MediaTransport transport;
    private final KeyFrameRequests keyFrames;
    private final FanOut fanOut;
    private final StillPicture stillPicture;
    private final VideoEncoder videoEncoder;
    private final AudioEncoder audioEncoder;
    private volatile boolean closed;
    private volatile boolean edges;

    /**
     * Binds the port and loads the libraries.
     *
     * @throws IOException when an address or the port cannot be used; the message says what to change
     */
    public SharedLane(SharedLaneSettings settings, CaptureControl capture, LaneMetrics metrics) throws IOException {
        this(settings, capture, metrics, true);
    }

    /**
     * A lane without encoders, for an edge: what it sends comes encoded to {@link #relay}. A wish for a key frame is a
     * request to {@code origin}.
     *
     * @throws IOException when an address or the port cannot be used; the message says what to change
     */
    public static SharedLane ofEncoded(SharedLaneSettings settings, CaptureControl origin, LaneMetrics metrics)
            throws IOException {
        return new SharedLane(settings, origin, metrics, false);
    }

    private SharedLane(SharedLaneSettings settings, CaptureControl capture, LaneMetrics metrics, boolean encodes)
            throws IOException {
        this.settings = settings;
        this.metrics = metrics;
        VideoEncoder video = null;
        AudioEncoder audio = null;
        String problem = null;
        try {
            if (encodes) {
                video = new VideoEncoder(
                        VpxLibrary.load(),
                        LibYuv.load(),
                        VideoEncoderSettings.of(settings.startKilobits(), settings.temporalLayers()));
                audio = new AudioEncoder(OpusEncoder.Library.load(), settings.audioBitsPerSecond());
            }
        } catch (NativeLibraryException e) {
            problem = e.getMessage();
            LOG.warnf("The shared lane takes no viewers: %s", problem);
        }
        unavailable = problem;
        videoEncoder = video;
        audioEncoder = audio;
        if (problem != null) {
            negotiations = null;
            loop = null;
            transport = null;
            keyFrames = null;
            stillPicture = null;
            fanOut = null;
            return;
        }
        negotiations = Executors.newSingleThreadExecutor(
                Thread.ofVirtual().name("shared-lane-negotiation").factory());
        DtlsServer dtls = new DtlsServer(settings.concurrentHandshakes());
        loop = new EventLoop("shared-lane-io");
        transport = new MediaTransport(
                loop, dtls, metrics, settings.bindAddresses(), settings.rtcPort(), settings.advertisedAddresses());
        keyFrames = new KeyFrameRequests(capture, System.nanoTime());
        stillPicture = new StillPicture(capture);
        fanOut = new FanOut(loop, transport, dtls.fingerprint(), keyFrames, stillPicture, metrics, settings, this::bitrate);
        loop.start(fanOut);
        LOG.infof(
                "Shared lane on UDP and TCP port %d, advertised as %s",
                transport.port(), transport.advertised());
    }

    @Override
    public String name() {
        return "shared";
    }

    /** The UDP and TCP port; 0 when the lane is unavailable. */
    public int port() {
        return transport == null ? 0 : transport.port();
    }

    @Override
    public Optional<String> refusal() {
        if (unavailable != null) {
            return Optional.of(unavailable);
        }
        if (closed) {
            return Optional.of("the lane is closed");
        }
        return openViewers.get() >= settings.maxViewers()
                ? Optional.of("the shared lane has " + settings.maxViewers() + " viewers, its maximum")
                : Optional.empty();
    }

    @Override
    public Viewer open(String viewerId, String offerSdp, ViewerEvents events) {
        Optional<String> refusal = refusal();
        if (refusal.isPresent()) {
            Thread.startVirtualThread(() -> {
                events.error(
                        unavailable != null || closed ? "lane_unavailable" : "capacity_reached", refusal.get(), true);
                events.closed();
            });
            return new RefusedViewer(viewerId, this);
        }
        SharedViewer viewer = new SharedViewer(viewerId, this, fanOut, new Negotiation(), events);
        if (openViewers.get() == 0) {
            // While the browser connects, the key frame it needs is made.
            keyFrames.request(KeyFrameCause.JOIN, System.nanoTime());
        }
        openViewers.incrementAndGet();
        loop.execute(() -> fanOut.add(viewer));
        viewer.offer(offerSdp);
        return viewer;
    }

    @Override
    public void video(VideoFrame frame) {
        if (videoEncoder == null || isUnwatched() || closed) {
            return;
        }
        EncodedFrame encoded = fanOut.takeFrame();
        if (encoded == null) {
            metrics.frameSkipped();
            return;
        }
        long begin = System.nanoTime();
        KeyFrameCause cause = keyFrames.due(begin);
        boolean made = false;
        boolean sharp = false;
        try {
            made = videoEncoder.encode(frame, wish(cause, begin), encoded);
            sharp = videoEncoder.isSharp();
        } finally {
            stillPicture.encoded(frame.changed(), made, sharp, begin);
            if (!made) {
                fanOut.returnFrame(encoded);
            }
        }
        if (!made) {
            // Without viewers of its own the loop sleeps until a frame comes: it has to see when to ask for the next.
            loop.wakeUp();
            return;
        }
        long end = System.nanoTime();
        metrics.frameEncoded(encoded.length(), end - begin);
        if (encoded.keyFrame()) {
            metrics.keyFrame(cause != null ? cause : KeyFrameCause.SIZE);
            keyFrames.made(end);
        }
        fanOut.send(encoded);
    }

    private FrameWish wish(KeyFrameCause cause, long now) {
        if (cause != null) {
            return FrameWish.KEY_FRAME;
        }
        return stillPicture.isOverdue(now) ? FrameWish.REPETITION : FrameWish.NEWS;
    }

    @Override
    public void audio(short[] pcm, long sampleIndex, boolean silent) {
        if (audioEncoder == null || isUnwatched() || closed) {
            return;
        }
        EncodedSound encoded = fanOut.takeSound();
        if (encoded == null) {
            return;
        }
        boolean made = false;
        try {
            made = audioEncoder.encode(pcm, sampleIndex, silent, System.nanoTime(), encoded);
        } finally {
            if (!made) {
                fanOut.returnSound(encoded);
            }
        }
        if (made) {
            fanOut.send(encoded);
        }
    }

    private boolean isUnwatched() {
        return openViewers.get() == 0 && !edges;
    }

    /**
     * Copies what is sent to viewers to edges too, a key frame first.
     *
     * @param sink null: no edge has viewers
     */
    public void copyTo(FrameSink sink) {
        if (loop == null) {
            return;
        }
        edges = sink != null;
        loop.execute(() -> fanOut.copyTo(sink));
        if (sink != null) {
            requestKeyFrame();
        }
    }

    /** An edge needs a key frame; wishes of all are joined. Any thread. */
    public void requestKeyFrame() {
        if (keyFrames != null) {
            keyFrames.request(KeyFrameCause.EDGE, System.nanoTime());
        }
    }

    /**
     * Sends a frame that was encoded elsewhere. One thread.
     *
     * @param rtpTime 1/90000 s of this machine's {@link System#nanoTime}, growing
     * @param captureNanos on the same clock; 0 for a repetition
     * @return false when too many frames wait already: it was left out, and the next one to send is a key frame
     */
    public boolean relay(
            ByteBuffer vp8, boolean keyFrame, int temporalLayer, long rtpTime, long captureNanos) {
        EncodedFrame encoded = closed ? null : fanOut.takeFrame();
        if (encoded == null) {
            metrics.frameSkipped();
            return false;
        }
        encoded.set(vp8, keyFrame, temporalLayer, rtpTime, captureNanos);
        if (keyFrame) {
            metrics.keyFrame(KeyFrameCause.EDGE);
            keyFrames.made(System.nanoTime());
        }
        fanOut.send(encoded);
        return true;
    }

    /** Sends a packet of sound that was encoded elsewhere, unless too many wait already. One thread. */
    public void relaySound(ByteBuffer opus, long sampleIndex, boolean first, long captureNanos) {
        EncodedSound encoded = closed ? null : fanOut.takeSound();
        if (encoded != null) {
            encoded.set(opus, sampleIndex, first, captureNanos);
            fanOut.send(encoded);
        }
    }

    @Override
    public long demand() {
        return settings.startKilobits() * 1_000L + settings.audioBitsPerSecond();
    }

    @Override
    public void controller(String viewerId) {
        if (loop != null) {
            loop.execute(() -> fanOut.controller(viewerId));
        }
    }

    /** Changes the video rate, within the bounds of the settings. */
    public void bitrate(int kilobits) {
        if (videoEncoder != null) {
            videoEncoder.bitrate(Math.clamp(kilobits, settings.minKilobits(), settings.maxKilobits()));
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (loop != null) {
            negotiations.shutdown();
            loop.execute(fanOut::closeAll);
            transport.close();
        }
        if (videoEncoder != null) {
            videoEncoder.close();
        }
        if (audioEncoder != null) {
            audioEncoder.close();
        }
    }

    /** What is held for peers right now: ICE user names, UDP addresses, TCP connections. Waits for the event loop. */
    List<Integer> heldForPeers() {
        CompletableFuture<List<Integer>> held = new CompletableFuture<>();
        loop.execute(() -> held.complete(transport.held()));
        return held.join();
    }

    /** Where encoded frames go; a source that is no encoder of this process feeds it directly. */
    FanOut fanOut() {
        return fanOut;
    }

    /** Runs a negotiation step; they run one after the other. */
    void negotiate(Runnable step) {
        try {
            negotiations.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.debug("offer after close");
        }
    }

    /** A viewer is gone. */
    void viewerClosed() {
        openViewers.decrementAndGet();
    }

    /** What an unanswerable offer gets. */
    private record RefusedViewer(String id, Lane lane) implements Viewer {

        @Override
        public void offer(String offerSdp) {}

        @Override
        public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {}

        @Override
        public ViewerStats stats() {
            return new ViewerStats(false, 0, 0, 0, Double.NaN, 0);
        }

        @Override
        public void close() {}
    }
}
