package org.macemu.webrtc.media;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.AudioCapture;
import org.macemu.webrtc.media.capture.CaptureControl;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.capture.VideoCapture;
import org.macemu.webrtc.media.capture.VideoStatus;
import org.macemu.webrtc.media.config.MediaConfig;
import org.macemu.webrtc.media.control.ControlSocket;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.control.EmulatorPeer;
import org.macemu.webrtc.media.control.EmulatorRequests;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLane;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLaneSettings;
import org.macemu.webrtc.media.lane.shared.SharedLane;
import org.macemu.webrtc.media.lane.shared.SharedLaneSettings;
import org.macemu.webrtc.media.session.Audience;
import org.macemu.webrtc.media.session.Lanes;
import org.macemu.webrtc.media.session.ViewerSession;

/**
 * Builds the media path at start, in order: segments, lanes, audience, control socket; and takes it down so that nobody
 * calls what is gone: viewers first, then capture, then the lanes that it fed. Everything else is reached from here.
 */
@ApplicationScoped
public class MediaServer {

    private static final Logger LOG = Logger.getLogger(MediaServer.class);

    /** Characters of an emulator's complaint that are shown to people. */
    private static final int MAX_PROBLEM = 300;

    private final MediaConfig config;
    private final MeterRegistry registry;
    private final MediaMetrics metrics;
    private final SharedLaneMeters sharedLane;
    private final long startedAt = System.nanoTime();

    private VideoCapture video;
    private AudioCapture audio;
    private ControlSocket control;
    private EmulatorRequests requests;
    private Lanes lanes;
    private Audience audience;
    private volatile ControlMessage.Status emulatorStatus;
    private volatile boolean started;
    private volatile boolean draining;

    MediaServer(MediaConfig config, MeterRegistry registry) {
        this.config = config;
        this.registry = registry;
        this.metrics = new MediaMetrics(registry);
        this.sharedLane = new SharedLaneMeters(registry);
    }

    /** Before the gRPC server takes calls. */
    void start(@Observes @Priority(1) StartupEvent event) {
        try {
            openSegments();
            lanes = new Lanes(makeLanes());
            InputRouter input = new InputRouter(
                    message -> {
                        if (control.send(message)) {
                            metrics.inputEvent();
                        }
                    },
                    video::status);
            audience = new Audience(audienceSettings(), lanes, input, this::state, watched -> {
                video.watched(watched);
                audio.watched(watched);
            });
            control = new ControlSocket(
                    new ControlSocket.Settings(
                            Path.of(config.controlSock()), config.control().permissions(), allowedUids()),
                    new Emulators(input));
            requests = new EmulatorRequests(control::send, config.control().timeout());
        } catch (IOException | IllegalStateException e) {
            // What surrounds this process has to change, and the sentence says what; a stack trace would bury it.
            LOG.error(e.getMessage());
            stop(null);
            throw new ConfigurationException("media-service has not started: the line above says why");
        } catch (RuntimeException e) {
            stop(null);
            throw e;
        }
        registerGauges();
        video.start();
        audio.start();
        control.start();
        started = true;
        LOG.infof("Waiting for an emulator on %s", config.controlSock());
    }

    private void openSegments() throws SegmentException {
        Path directory = Path.of(config.shm().directory());
        Path videoPath = SegmentFile.path(directory, config.videoShm());
        Path audioPath = SegmentFile.path(directory, config.audioShm());
        Set<PosixFilePermission> permissions =
                PosixFilePermissions.fromString(config.shm().permissions());
        video = new VideoCapture(
                () -> {
                    VideoSegment s = VideoSegment.openOrCreate(videoPath, config.shm().maxFrameSize(), permissions);
                    checkOwner(s.file());
                    return s;
                },
                frame -> lanes.video(frame),
                metrics);
        audio = new AudioCapture(
                () -> {
                    AudioSegment s = AudioSegment.openOrCreate(audioPath, permissions);
                    checkOwner(s.file());
                    return s;
                },
                (pcm, index, silent) -> lanes.audio(pcm, index, silent),
                metrics);
    }

    /** /dev/shm is writable by everybody: another user's file under our name could show viewers anything. */
    private void checkOwner(SegmentFile file) throws SegmentException {
        try {
            int owner = file.ownerUid();
            if (allowedUids().contains(owner)) {
                return;
            }
            file.close();
            throw new SegmentException("Shared memory " + file.path() + " belongs to user " + owner
                    + ": expected one of " + allowedUids() + " (macemu.control.allowed-uids adds others)");
        } catch (SegmentException e) {
            throw e;
        } catch (IOException e) {
            throw new SegmentException("Cannot tell who owns shared memory " + file.path(), e);
        }
    }

    private Set<Integer> allowedUids() throws IOException {
        Set<Integer> uids = new HashSet<>(config.control().allowedUids().orElse(List.of()));
        // The folder behind the link: the link itself belongs to root, whoever this process is.
        uids.add((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        return uids;
    }

    /** The preferred lane first; a lane whose library is missing is left out, and the log says so. */
    private List<Lane> makeLanes() throws IOException {
        List<Lane> made = new ArrayList<>();
        made.add(new SharedLane(sharedLaneSettings(), video, sharedLane));
        try {
            made.add(new AdaptiveLane(
                    new AdaptiveLaneSettings(
                            config.viewers().maxAdaptive(),
                            config.video().bitrate(),
                            config.video().maxBitrate(),
                            config.rtc().adaptiveMinPort(),
                            config.rtc().adaptiveMaxPort()),
                    video,
                    metrics));
        } catch (LinkageError | RuntimeException e) {
            LOG.errorf("The adaptive lane is not available: %s", e.getMessage());
        }
        if (made.stream().allMatch(l -> l.refusal().isPresent())) {
            throw new IllegalStateException("No lane can be used, so nobody could watch; the lines above say why");
        }
        made.sort(Comparator.comparing(l -> !l.name().equals(config.rtc().lane())));
        return made;
    }

    private SharedLaneSettings sharedLaneSettings() {
        SharedLaneSettings defaults = SharedLaneSettings.defaults();
        return new SharedLaneSettings(
                config.rtc().port(),
                config.rtc().bind(),
                config.rtc().advertise().orElse(List.of()),
                config.video().minBitrate(),
                config.video().bitrate(),
                config.video().maxBitrate(),
                config.audio().bitrate() * 1_000,
                defaults.videoHistory(),
                defaults.audioHistory(),
                defaults.catchUpPackets(),
                config.viewers().max(),
                defaults.concurrentHandshakes(),
                defaults.temporalLayers());
    }

    private Audience.Settings audienceSettings() {
        List<IceServer> iceServers = config.rtc()
                .iceServers()
                .filter(urls -> !urls.isEmpty())
                .map(urls -> List.of(IceServer.newBuilder()
                        .addAllUrls(urls)
                        .setUsername(config.rtc().iceUsername().orElse(""))
                        .setCredential(config.rtc().iceCredential().orElse(""))
                        .build()))
                .orElse(List.of());
        return new Audience.Settings(
                config.viewers().max(), config.viewers().connectTimeout(), config.viewers().idleTimeout(), iceServers);
    }

    private void registerGauges() {
        Gauge.builder("macemu.viewers", audience, Audience::watching)
                .description("Viewers whose connection is open or being made")
                .register(registry);
        for (Lane lane : lanes.all()) {
            Gauge.builder("macemu.lane.viewers", audience, a -> a.watching(lane))
                    .description("Viewers of each lane")
                    .tag("lane", lane.name())
                    .register(registry);
        }
        Gauge.builder("macemu.sessions", audience, Audience::joined)
                .description("Browsers that have joined, with or without media")
                .register(registry);
        Gauge.builder("macemu.emulator.connected", control, c -> c.isConnected() ? 1 : 0)
                .description("1 while an emulator is on the control socket")
                .register(registry);
        Gauge.builder("macemu.capture.fps", video, v -> v.status().fps())
                .description("Pictures per second that the emulator publishes")
                .register(registry);
    }

    /** Says goodbye to viewers while their calls still stand. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        draining = true;
        if (audience != null) {
            audience.close();
        }
    }

    /** Frees everything; viewers have been told, or are told now where no delay preceded. */
    void stop(@Observes ShutdownEvent event) {
        draining = true;
        boolean emulatorLives = control != null && control.isConnected();
        // The capture threads end before the lanes whose native encoders they call.
        closeAll(audience, video, audio, lanes == null ? null : lanes::close, control);
        if (started && !emulatorLives) {
            removeSegments();
        }
    }

    private static void closeAll(AutoCloseable... parts) {
        for (AutoCloseable part : parts) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                LOG.warn("Shutting down", e);
            }
        }
    }

    /** Nobody needs them any more, and the last picture of the screen is in one of them. */
    private void removeSegments() {
        try {
            Path directory = Path.of(config.shm().directory());
            Files.deleteIfExists(SegmentFile.path(directory, config.videoShm()));
            Files.deleteIfExists(SegmentFile.path(directory, config.audioShm()));
        } catch (IOException e) {
            LOG.warn("Removing the segments", e);
        }
    }

    /** A session for a browser that is connecting. */
    public ViewerSession newSession(ViewerSession.Outbox outbox) {
        return new ViewerSession(audience, outbox);
    }

    public Audience audience() {
        return audience;
    }

    public boolean isEmulatorConnected() {
        return control.isConnected();
    }

    /** The picture as it is now; empty before the first one. */
    public CompletableFuture<Optional<Snapshot>> snapshot() {
        return video.snapshot();
    }

    public EmulatorRequests requests() {
        return requests;
    }

    /** For health checks: segments, socket and lanes are there. */
    public boolean isStarted() {
        return started;
    }

    /** For health checks: one more viewer would be taken. */
    public boolean isReady() {
        return started && !draining && audience.hasRoom() && lanes.firstFree().isPresent();
    }

    /** For health checks: when the capture thread last went round, System.nanoTime. */
    public long captureHeartbeat() {
        return video == null ? startedAt : video.heartbeat();
    }

    private State state() {
        VideoStatus picture = video.status();
        ControlMessage.Status status = emulatorStatus;
        return State.newBuilder()
                .setEmulatorConnected(isMacRunning())
                .setProblem(isMacRunning() || status == null ? "" : problem(status))
                .setWidth(picture.width())
                .setHeight(picture.height())
                .setFps(Math.round(picture.fps() * 10) / 10.0)
                .setEmulator(status == null ? "" : status.fields().path("emulator").asText(""))
                .build();
    }

    /** An agent stays connected while its emulator does not run, and says so in its status. */
    private boolean isMacRunning() {
        ControlMessage.Status status = emulatorStatus;
        return control != null && control.isConnected() && (status == null || status.running());
    }

    private static String problem(ControlMessage.Status status) {
        String error = status.fields().path("error").asText("");
        String words = error.isEmpty() ? status.fields().path("reason").asText("") : error;
        return words.substring(0, Math.min(words.length(), MAX_PROBLEM));
    }

    /** Everything that is known; asks the emulator for its own status, and does without when it does not answer. */
    public Uni<SessionStatus> status() {
        if (!control.isConnected()) {
            return Uni.createFrom().item(sessionStatus(null));
        }
        return Uni.createFrom()
                .completionStage(() -> requests.ask(new ControlMessage.GetStatus()))
                .map(answer -> sessionStatus((ControlMessage.Status) answer))
                .onFailure()
                .recoverWithItem(() -> sessionStatus(emulatorStatus));
    }

    private SessionStatus sessionStatus(ControlMessage.Status emulator) {
        VideoStatus picture = video.status();
        EmulatorPeer peer = control.peer();
        return SessionStatus.newBuilder()
                .setEmulatorConnected(peer != null)
                .setEmulatorPid(peer == null ? 0 : peer.pid())
                .setEmulatorStatusJson(
                        peer == null || emulator == null ? "" : emulator.fields().toString())
                .setWidth(picture.width())
                .setHeight(picture.height())
                .setCaptureFps(picture.fps())
                .setFramesCaptured(picture.captured())
                .setFramesEncoded(sharedLane.framesEncoded())
                .setViewers(audience.watching())
                .setUptimeSeconds((System.nanoTime() - startedAt) / 1e9)
                .setAudioSampleRate(audio.sampleRate())
                .setAudioChannels(audio.channels())
                .setVideoSegment(picture.segment())
                .build();
    }

    /** Follows the emulator's coming and going. */
    private final class Emulators implements EmulatorListener {

        private final InputRouter input;

        Emulators(InputRouter input) {
            this.input = input;
        }

        @Override
        public void connected(EmulatorPeer peer) {
            input.forget();
            audience.stateChanged();
            requests.ask(new ControlMessage.GetStatus()).exceptionally(e -> {
                LOG.debugf("No status from the emulator: %s", e.getMessage());
                return null;
            });
        }

        @Override
        public void received(FromEmulator message) {
            if (message instanceof ControlMessage.Status status) {
                emulatorStatus = status;
                audience.stateChanged();
            }
            requests.received(message);
        }

        @Override
        public void disconnected(EmulatorPeer peer) {
            emulatorStatus = null;
            requests.disconnected();
            input.forget();
            audience.stateChanged();
        }
    }
}
