package org.macemu.webrtc.media.lane.adaptive;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCRtpSendParameters;
import dev.onvoid.webrtc.RTCRtpSender;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.RTCStatsType;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.ViewerStats;

/**
 * One browser's libwebrtc connection. State changes happen on the lane's thread only; the library's callbacks hop onto
 * it, except input, which goes straight on.
 */
final class AdaptiveViewer implements Viewer, PeerConnectionObserver {

    private static final Logger LOG = Logger.getLogger(AdaptiveViewer.class);
    private static final int MAX_DATA_CHANNELS = 4;
    private static final long STATS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final AdaptiveLane lane;
    private final String id;
    private final ViewerEvents events;
    private final int startKilobits;
    private final List<RTCDataChannel> channels = new ArrayList<>();

    private RTCPeerConnection connection;
    private RTCRtpSender videoSender;
    private RTCRtpSender audioSender;
    private boolean remoteDescribed;
    private final List<RTCIceCandidate> early = new ArrayList<>();
    private volatile boolean closed;
    private volatile boolean connected;
    private volatile ViewerStats stats = new ViewerStats(false, 0, 0, 0, Double.NaN, 0);
    private volatile long statsAsked = System.nanoTime();
    private long framesCounted;
    private long keyFramesCounted;

    /** @param startKilobits bit rate before the network is known */
    AdaptiveViewer(AdaptiveLane lane, String id, ViewerEvents events, int startKilobits) {
        this.startKilobits = startKilobits;
        this.lane = lane;
        this.id = id;
        this.events = events;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    /** On the lane's thread. */
    void connect(String offerSdp) {
        step(() -> open(offerSdp));
    }

    private void open(String offerSdp) {
        RTCConfiguration configuration = new RTCConfiguration();
        configuration.bundlePolicy = RTCBundlePolicy.MAX_BUNDLE;
        configuration.portAllocatorConfig.minPort = lane.settings().minPort();
        configuration.portAllocatorConfig.maxPort = lane.settings().maxPort();
        connection = lane.factory().createPeerConnection(configuration, this);
        negotiate(offerSdp);
    }

    /** The lane has no place for it; any thread, instead of {@link #connect}. */
    void refuse(boolean laneClosed, String why) {
        closed = true;
        events.error(laneClosed ? "lane_unavailable" : "capacity_reached", why, true);
        events.closed();
    }

    /** Takes a step on the lane's thread; one that fails is the end of the viewer and of nothing else. */
    private void step(Runnable step) {
        if (closed) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.debugf(e, "Viewer %s", id);
            fail(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void offer(String offerSdp) {
        lane.execute(() -> step(() -> negotiate(offerSdp)));
    }

    private void negotiate(String offerSdp) {
        String sdp = OfferSdp.withStartBitrate(offerSdp, startKilobits);
        connection.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, sdp), onLane(this::answer));
    }

    private void answer() {
        remoteDescribed = true;
        if (videoSender == null) {
            // Sound and picture in streams of their own: in one, the browser delays the picture for lip-sync.
            videoSender = connection.addTrack(lane.videoTrack(), List.of("mac-picture"));
            synchronized (lane.audioLock()) {
                audioSender = connection.addTrack(lane.audioTrack(), List.of("mac-sound"));
            }
        }
        early.forEach(this::addCandidate);
        early.clear();
        connection.createAnswer(new RTCAnswerOptions(), new CreateSessionDescriptionObserver() {
            @Override
            public void onSuccess(RTCSessionDescription description) {
                lane.execute(() -> step(() -> describe(description)));
            }

            @Override
            public void onFailure(String error) {
                fail(error);
            }
        });
    }

    private void describe(RTCSessionDescription answer) {
        // Before candidates appear: the browser cannot take those of a connection that has no answer.
        events.answered(answer.sdp);
        connection.setLocalDescription(answer, onLane(this::limitBitrate));
    }

    private void limitBitrate() {
        RTCRtpSendParameters parameters = videoSender.getParameters();
        if (parameters.encodings == null || parameters.encodings.isEmpty()) {
            return;
        }
        parameters.encodings.forEach(e -> e.maxBitrate = lane.settings().maxKilobits() * 1000);
        videoSender.setParameters(parameters);
    }

    private SetSessionDescriptionObserver onLane(Runnable success) {
        return new SetSessionDescriptionObserver() {
            @Override
            public void onSuccess() {
                lane.execute(() -> step(success));
            }

            @Override
            public void onFailure(String error) {
                fail(error);
            }
        };
    }

    private void fail(String error) {
        events.error("sdp_invalid", "The offer cannot be answered: " + error, true);
        close();
    }

    @Override
    public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {
        if (candidate.isEmpty()) {
            return;
        }
        RTCIceCandidate c = new RTCIceCandidate(sdpMid, sdpMLineIndex, candidate);
        lane.execute(() -> step(() -> {
            if (remoteDescribed) {
                addCandidate(c);
            } else {
                early.add(c);
            }
        }));
    }

    private void addCandidate(RTCIceCandidate c) {
        try {
            connection.addIceCandidate(c);
        } catch (RuntimeException | Error e) {
            events.error("candidate_invalid", "The candidate cannot be used: " + e.getMessage(), false);
        }
    }

    @Override
    public void onIceCandidate(RTCIceCandidate c) {
        events.candidate(c.sdp, c.sdpMid, c.sdpMLineIndex);
    }

    @Override
    public void onIceGatheringChange(RTCIceGatheringState state) {
        if (state == RTCIceGatheringState.COMPLETE) {
            events.candidate("", "0", 0);
        }
    }

    @Override
    public void onConnectionChange(RTCPeerConnectionState state) {
        LOG.debugf("Viewer %s: %s", id, state);
        switch (state) {
            case CONNECTED -> {
                connected = true;
                events.connected();
                lane.capture().requestFrame();
            }
            case FAILED -> {
                events.error(
                        "ice_failed",
                        "No network path between the browser and this server was found, or it was lost. A firewall may"
                                + " block UDP; a TURN server helps then",
                        true);
                close();
            }
            case CLOSED -> close();
            default -> connected = false;
        }
    }

    @Override
    public void onDataChannel(RTCDataChannel channel) {
        lane.execute(() -> {
            if (closed || channels.size() >= MAX_DATA_CHANNELS) {
                channel.close();
                channel.dispose();
                return;
            }
            channels.add(channel);
            channel.registerObserver(new InputChannel());
        });
    }

    /** Takes the input messages of one data channel. */
    private final class InputChannel implements RTCDataChannelObserver {

        @Override
        public void onBufferedAmountChange(long previousAmount) {}

        @Override
        public void onStateChange() {}

        @Override
        public void onMessage(RTCDataChannelBuffer buffer) {
            int length = buffer.data.remaining();
            if (length > InputRouter.MAX_MESSAGE_BYTES) {
                events.error(
                        "input_invalid",
                        "An input message of " + length + " bytes: at most " + InputRouter.MAX_MESSAGE_BYTES,
                        false);
                return;
            }
            byte[] bytes = new byte[length];
            buffer.data.get(bytes);
            events.input(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @Override
    public ViewerStats stats() {
        long now = System.nanoTime();
        if (now - statsAsked > STATS_INTERVAL_NANOS) {
            statsAsked = now;
            lane.execute(() -> {
                if (!closed && connection != null) {
                    connection.getStats(this::digest);
                }
            });
        }
        return stats;
    }

    /** On the library's thread, one report after the other. */
    private void digest(RTCStatsReport report) {
        long frames = 0;
        long keyFrames = 0;
        long packets = 0;
        long bytes = 0;
        long lost = 0;
        double roundTrip = Double.NaN;
        long estimate = 0;
        for (RTCStats s : report.getStats().values()) {
            Map<String, Object> a = s.getAttributes();
            if (s.getType() == RTCStatsType.OUTBOUND_RTP) {
                packets += number(a, "packetsSent");
                bytes += number(a, "bytesSent") + number(a, "headerBytesSent");
                frames += number(a, "framesEncoded");
                keyFrames += number(a, "keyFramesEncoded");
            } else if (s.getType() == RTCStatsType.REMOTE_INBOUND_RTP) {
                lost += number(a, "packetsLost");
            } else if (s.getType() == RTCStatsType.CANDIDATE_PAIR && Boolean.TRUE.equals(a.get("nominated"))) {
                roundTrip = a.get("currentRoundTripTime") instanceof Number n ? n.doubleValue() * 1000 : Double.NaN;
                estimate = number(a, "availableOutgoingBitrate");
            }
        }
        stats = new ViewerStats(connected, packets, bytes, lost, roundTrip, estimate);
        lane.metrics().encoded(Math.max(0, frames - framesCounted), Math.max(0, keyFrames - keyFramesCounted));
        framesCounted = frames;
        keyFramesCounted = keyFrames;
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number n ? n.longValue() : 0;
    }

    @Override
    public void close() {
        lane.execute(this::dispose);
    }

    /** On the lane's thread. */
    void dispose() {
        if (closed) {
            return;
        }
        closed = true;
        connected = false;
        lane.remove(this);
        for (RTCDataChannel channel : channels) {
            channel.unregisterObserver();
            channel.close();
        }
        if (connection != null) {
            long[] handles = {
                NativeReferences.handle(videoSender),
                NativeReferences.handle(audioSender),
                NativeReferences.handle(connection)
            };
            synchronized (lane.audioLock()) {
                connection.close();
            }
            for (long handle : handles) {
                NativeReferences.release(handle);
            }
            connection = null;
        }
        channels.forEach(RTCDataChannel::dispose);
        channels.clear();
        events.closed();
    }
}
