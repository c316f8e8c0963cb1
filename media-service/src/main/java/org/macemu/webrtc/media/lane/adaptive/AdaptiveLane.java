package org.macemu.webrtc.media.lane.adaptive;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.media.FourCC;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import dev.onvoid.webrtc.media.audio.AudioTrack;
import dev.onvoid.webrtc.media.audio.CustomAudioSource;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoBufferConverter;
import dev.onvoid.webrtc.media.video.VideoTrack;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.capture.CaptureControl;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;

/**
 * One libwebrtc connection per viewer. The capture threads push into one video and one audio source that all
 * connections share; libwebrtc encodes per connection on threads of its own.
 *
 * <p>Everything else happens on the thread {@code adaptive-lane}: libwebrtc's callbacks come on a thread that must never
 * be blocked.
 */
public final class AdaptiveLane implements Lane {

    private static final Logger LOG = Logger.getLogger(AdaptiveLane.class);

    /**
     * A still picture is pushed this often while somebody watches: libwebrtc answers a lost-picture message (PLI) only
     * with a frame in hand.
     */
    private static final long STILL_INTERVAL_MILLIS = 500;

    /** What a network that is known to be slow is given at first: less than it carries, and some picture at least. */
    private static final double SHARE_AT_START = 0.7;

    private static final int MIN_START_KILOBITS = 100;

    private final AdaptiveLaneSettings settings;
    private final CaptureControl capture;
    private final AdaptiveLaneMetrics metrics;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("adaptive-lane").daemon().factory());
    private final Map<String, AdaptiveViewer> viewers = new ConcurrentHashMap<>();

    private final PeerConnectionFactory factory;
    private final CustomVideoSource videoSource;
    private final CustomAudioSource audioSource;
    private final VideoTrack videoTrack;
    private final AudioTrack audioTrack;

    /**
     * pushAudio, addTrack and close of a connection walk the same list inside the library, without a lock of its own.
     */
    private final Object audioLock = new Object();

    private final byte[] pcm = new byte[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS * Short.BYTES];
    private MemorySegment pixels = MemorySegment.NULL;
    private ByteBuffer pixelBuffer;
    private volatile boolean closed;
    private volatile boolean freed;

    /**
     * Loads libwebrtc.
     *
     * @throws LinkageError when the library, or one that it needs, is missing
     */
    public AdaptiveLane(AdaptiveLaneSettings settings, CaptureControl capture, AdaptiveLaneMetrics metrics) {
        this.settings = settings;
        this.capture = capture;
        this.metrics = metrics;
        // Any other audio device module needs sound hardware, or aborts the process without it.
        factory = new PeerConnectionFactory(new AudioDeviceModule(AudioLayer.kDummyAudio));
        // The factory's class loads the native library: it comes before anything else of it.
        videoSource = new CustomVideoSource();
        audioSource = new CustomAudioSource();
        videoTrack = factory.createVideoTrack("video", videoSource);
        audioTrack = factory.createAudioTrack("audio", audioSource);
        worker.scheduleAtFixedRate(
                this::keepStillPictureAlive, STILL_INTERVAL_MILLIS, STILL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void keepStillPictureAlive() {
        if (!viewers.isEmpty()) {
            capture.requestFrame();
            viewers.values().forEach(AdaptiveViewer::stats);
        }
    }

    AdaptiveLaneMetrics metrics() {
        return metrics;
    }

    @Override
    public String name() {
        return "adaptive";
    }

    @Override
    public Optional<String> refusal() {
        if (closed) {
            return Optional.of("the adaptive lane is shutting down");
        }
        return viewers.size() < settings.maxViewers()
                ? Optional.empty()
                : Optional.of("the adaptive lane has its " + settings.maxViewers() + " viewers already");
    }

    @Override
    public Viewer open(String viewerId, String offerSdp, ViewerEvents events) {
        return open(viewerId, offerSdp, events, 0);
    }

    @Override
    public Viewer open(String viewerId, String offerSdp, ViewerEvents events, long bitsPerSecond) {
        int startKilobits = settings.startKilobits();
        if (bitsPerSecond > 0) {
            startKilobits = Math.clamp((long) (SHARE_AT_START * bitsPerSecond / 1_000), MIN_START_KILOBITS, startKilobits);
        }
        AdaptiveViewer viewer = new AdaptiveViewer(this, viewerId, events, startKilobits);
        Optional<String> refusal;
        synchronized (viewers) {
            refusal = viewers.containsKey(viewerId) && !closed ? Optional.empty() : refusal();
            if (refusal.isEmpty()) {
                viewers.put(viewerId, viewer);
                worker.execute(() -> viewer.connect(offerSdp));
            }
        }
        refusal.ifPresent(why -> Thread.startVirtualThread(() -> viewer.refuse(closed, why)));
        return viewer;
    }

    @Override
    public void video(VideoFrame frame) {
        if (viewers.isEmpty()) {
            return;
        }
        NativeI420Buffer i420 = NativeI420Buffer.allocate(frame.width(), frame.height());
        try {
            VideoBufferConverter.convertToI420(bufferOf(frame), i420, fourCc(frame.format()));
            videoSource.pushFrame(new dev.onvoid.webrtc.media.video.VideoFrame(i420, frame.nanoTime()));
        } catch (Exception e) {
            LOG.error("A picture could not be given to libwebrtc", e);
        } finally {
            i420.release();
        }
    }

    /** libyuv names formats by the order in a little-endian word. */
    static FourCC fourCc(PixelFormat format) {
        return switch (format) {
            case RGBA -> FourCC.ABGR;
            case BGRA -> FourCC.ARGB;
            case ARGB -> FourCC.BGRA;
        };
    }

    /** Pictures of one size are in one place. */
    private ByteBuffer bufferOf(VideoFrame frame) {
        if (pixels != frame.pixels()) {
            pixels = frame.pixels();
            pixelBuffer = pixels.asByteBuffer();
        }
        return pixelBuffer;
    }

    @Override
    public void audio(short[] samples, long sampleIndex, boolean silent) {
        if (viewers.isEmpty()) {
            return;
        }
        ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(samples);
        synchronized (audioLock) {
            audioSource.pushAudio(pcm, Short.SIZE, SAMPLE_RATE, CHANNELS, BLOCK_FRAMES);
        }
    }

    AdaptiveLaneSettings settings() {
        return settings;
    }

    PeerConnectionFactory factory() {
        return factory;
    }

    VideoTrack videoTrack() {
        return videoTrack;
    }

    AudioTrack audioTrack() {
        return audioTrack;
    }

    Object audioLock() {
        return audioLock;
    }

    CaptureControl capture() {
        return capture;
    }

    /** Runs a task on the lane's thread, unless the lane is closed. Any thread. */
    void execute(Runnable task) {
        try {
            worker.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    LOG.error("Adaptive lane", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("A task of the adaptive lane came after its end");
        }
    }

    /** Whether {@link #close} gave every native object back; the library knows when one is still referred to. */
    boolean isFreed() {
        return freed;
    }

    /** On the worker thread. */
    void remove(AdaptiveViewer viewer) {
        viewers.remove(viewer.id(), viewer);
    }

    @Override
    public void close() {
        synchronized (viewers) {
            if (closed) {
                return;
            }
            closed = true;
        }
        execute(() -> List.copyOf(viewers.values()).forEach(AdaptiveViewer::dispose));
        worker.shutdown();
        try {
            if (!worker.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The adaptive lane did not end within 5 s");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            videoTrack.dispose();
            audioTrack.dispose();
            videoSource.dispose();
            audioSource.dispose();
            factory.dispose();
            freed = true;
        } catch (Error e) {
            // How the library says that something is still referred to. The process goes on ending.
            LOG.warnf("The adaptive lane was not freed: %s", e.getMessage());
        }
    }
}
