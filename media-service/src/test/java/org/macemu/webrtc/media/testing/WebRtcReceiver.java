package org.macemu.webrtc.media.testing;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCBundlePolicy;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCRtpTransceiverDirection;
import dev.onvoid.webrtc.RTCRtpTransceiverInit;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.RTCStatsType;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import dev.onvoid.webrtc.media.audio.AudioTrack;
import dev.onvoid.webrtc.media.audio.CustomAudioSource;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.VideoTrack;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A browser as the WebRTC standard sees it: offers to receive sound and picture, and opens the two data channels. Its
 * statistics are those of libwebrtc, which is also inside Chromium.
 */
public final class WebRtcReceiver implements PeerConnectionObserver, AutoCloseable {

    private static final long LIMIT_SECONDS = 15;

    /** Factories are never disposed of: one serves the whole test run. */
    private static final class Library {
        static final PeerConnectionFactory FACTORY =
                new PeerConnectionFactory(new AudioDeviceModule(AudioLayer.kDummyAudio));
        static final VideoTrack NO_VIDEO = FACTORY.createVideoTrack("none", new CustomVideoSource());
        static final AudioTrack NO_AUDIO = FACTORY.createAudioTrack("none", new CustomAudioSource());
    }

    private final RTCPeerConnection connection;
    private final RTCDataChannel input;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private volatile Consumer<RTCIceCandidate> candidates = c -> {};

    public WebRtcReceiver() {
        RTCConfiguration configuration = new RTCConfiguration();
        configuration.bundlePolicy = RTCBundlePolicy.MAX_BUNDLE;
        connection = Library.FACTORY.createPeerConnection(configuration, this);
        RTCRtpTransceiverInit receive = new RTCRtpTransceiverInit();
        receive.direction = RTCRtpTransceiverDirection.RECV_ONLY;
        connection.addTransceiver(Library.NO_VIDEO, receive);
        connection.addTransceiver(Library.NO_AUDIO, receive);
        RTCDataChannelInit reliable = new RTCDataChannelInit();
        reliable.ordered = true;
        input = connection.createDataChannel("input", reliable);
    }

    /** Where this side's candidates go; set before {@link #offer}. */
    public void onCandidate(Consumer<RTCIceCandidate> sink) {
        candidates = sink;
    }

    @Override
    public void onIceCandidate(RTCIceCandidate candidate) {
        candidates.accept(candidate);
    }

    @Override
    public void onConnectionChange(RTCPeerConnectionState state) {
        if (state == RTCPeerConnectionState.CONNECTED) {
            connected.complete(null);
        } else if (state == RTCPeerConnectionState.FAILED) {
            connected.completeExceptionally(new IllegalStateException("ICE or DTLS failed"));
        }
    }

    /** The offer, before it is applied: candidates begin with {@link #apply}. */
    public RTCSessionDescription makeOffer() throws Exception {
        CompletableFuture<RTCSessionDescription> made = new CompletableFuture<>();
        connection.createOffer(new RTCOfferOptions(), new CreateSessionDescriptionObserver() {
            @Override
            public void onSuccess(RTCSessionDescription description) {
                made.complete(description);
            }

            @Override
            public void onFailure(String error) {
                made.completeExceptionally(new IllegalStateException(error));
            }
        });
        return made.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    public void apply(RTCSessionDescription offer) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        connection.setLocalDescription(offer, observer(done));
        done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    public void answer(String sdp) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        connection.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, sdp), observer(done));
        done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static SetSessionDescriptionObserver observer(CompletableFuture<Void> done) {
        return new SetSessionDescriptionObserver() {
            @Override
            public void onSuccess() {
                done.complete(null);
            }

            @Override
            public void onFailure(String error) {
                done.completeExceptionally(new IllegalStateException(error));
            }
        };
    }

    public void candidate(String candidate, String mid, int index) {
        if (!candidate.isEmpty()) {
            connection.addIceCandidate(new RTCIceCandidate(mid, index, candidate));
        }
    }

    /** Whether ICE and DTLS are done; throws when they failed. */
    public boolean isConnected() {
        return connected.isDone() && connected.join() == null;
    }

    /** Sends an input message over the reliable data channel, as soon as it is open. */
    public void send(String json) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (input.getState() != dev.onvoid.webrtc.RTCDataChannelState.OPEN) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The data channel is " + input.getState());
            }
            Thread.sleep(5);
        }
        input.send(new RTCDataChannelBuffer(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), false));
    }

    /**
     * What has arrived.
     *
     * @param framesDecoded pictures
     * @param width of the last picture
     * @param height of the last picture
     * @param audioPackets RTP packets of sound
     * @param audioBytes payload of sound
     */
    public record Received(long framesDecoded, int width, int height, long audioPackets, long audioBytes) {}

    public Received received() throws Exception {
        CompletableFuture<RTCStatsReport> report = new CompletableFuture<>();
        connection.getStats(report::complete);
        long frames = 0;
        int width = 0;
        int height = 0;
        long packets = 0;
        long bytes = 0;
        for (RTCStats stats : report.get(LIMIT_SECONDS, TimeUnit.SECONDS).getStats().values()) {
            if (stats.getType() == RTCStatsType.INBOUND_RTP) {
                Map<String, Object> a = stats.getAttributes();
                if ("video".equals(a.get("kind"))) {
                    frames = number(a.get("framesDecoded"));
                    width = (int) number(a.get("frameWidth"));
                    height = (int) number(a.get("frameHeight"));
                } else {
                    packets = number(a.get("packetsReceived"));
                    bytes = number(a.get("bytesReceived"));
                }
            }
        }
        return new Received(frames, width, height, packets, bytes);
    }

    private static long number(Object value) {
        return value instanceof Number n ? n.longValue() : 0;
    }

    /** The library's connection, for a test that looks after its native memory. */
    public RTCPeerConnection connection() {
        return connection;
    }

    @Override
    public void close() {
        input.close();
        connection.close();
        input.dispose();
    }
}
