package org.macemu.webrtc.media;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.media.capture.AudioCapture;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.capture.VideoCapture;
import org.macemu.webrtc.media.capture.VideoSink;
import org.macemu.webrtc.media.capture.VideoStatus;
import org.macemu.webrtc.media.config.MediaConfig;
import org.macemu.webrtc.media.control.EmulatorLink;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.control.EmulatorPeer;
import org.macemu.webrtc.media.control.EmulatorRequests;
import org.macemu.webrtc.media.emulator.AllowedUsers;
import org.macemu.webrtc.media.emulator.EmulatorPort;
import org.macemu.webrtc.media.emulator.NamedSegments;
import org.macemu.webrtc.media.emulator.v4.V4Port;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.session.Mac;

/**
 * The Mac beside this process: the segments with its picture and sound, and the connection to its emulator.
 * Owned by {@link MediaServer}.
 */
final class LocalMac implements Mac {

    private static final Logger LOG = Logger.getLogger(LocalMac.class);

    /** Characters of an emulator's complaint that are shown to people. */
    private static final int MAX_PROBLEM = 300;

    private final Runnable changed;
    private final EmulatorPort port;
    private final VideoCapture video;
    private final AudioCapture audio;
    private final InputRouter input;
    private final EmulatorRequests requests;
    private volatile EmulatorLink control;
    private volatile ControlMessage.Status emulatorStatus;

    /**
     * @param changed told when {@link #state} is another
     * @throws SegmentException when a segment's name cannot be used
     */
    LocalMac(
            MediaConfig config,
            MediaMetrics metrics,
            MeterRegistry registry,
            VideoSink pictures,
            AudioSink sound,
            Runnable changed)
            throws SegmentException {
        this.changed = changed;
        port = port(config);
        video = new VideoCapture(port.video(), pictures, metrics, changed);
        audio = new AudioCapture(port.audio(), sound, metrics);
        input = new InputRouter(
                message -> {
                    if (control.send(message)) {
                        metrics.inputEvent();
                    }
                },
                video::status);
        requests = new EmulatorRequests(
                request -> control.send(request), config.control().timeout());
        Gauge.builder("macemu.emulator.connected", this, mac -> mac.isConnected() ? 1 : 0)
                .description("1 while an emulator is on the control socket")
                .register(registry);
        Gauge.builder("macemu.capture.fps", video, v -> v.status().fps())
                .description("Pictures per second that the emulator publishes")
                .register(registry);
    }

    private static EmulatorPort port(MediaConfig config) throws SegmentException {
        AllowedUsers users = AllowedUsers.self(config.control().allowedUids().orElse(List.of()));
        return switch (config.emulator().protocol()) {
            case V1 -> new NamedSegments(config, users, VideoLayout.V1, AudioSegment.Layout.V1);
            case V1_AS_FIRST_CODED ->
                new NamedSegments(
                        config, users, VideoLayout.V1_AS_FIRST_CODED, AudioSegment.Layout.V1_AS_FIRST_CODED);
            case V4 -> new V4Port(config, users);
        };
    }

    @Override
    public void start() throws IOException {
        control = port.link(new Emulators());
        video.start();
        audio.start();
        control.start();
        LOG.infof("Waiting for an emulator on %s", control.place());
    }

    @Override
    public void watched(boolean watched) {
        video.watched(watched);
        audio.watched(watched);
    }

    @Override
    public void requestFrame() {
        video.requestFrame();
    }

    @Override
    public InputRouter input() {
        return input;
    }

    @Override
    public boolean isConnected() {
        EmulatorLink link = control;
        return link != null && link.isConnected();
    }

    @Override
    public EmulatorRequests requests() {
        return requests;
    }

    @Override
    public CompletableFuture<Optional<Snapshot>> snapshot() {
        return video.snapshot();
    }

    @Override
    public long heartbeat() {
        return video.heartbeat();
    }

    @Override
    public State state() {
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
        return isConnected() && (status == null || status.running());
    }

    private static String problem(ControlMessage.Status status) {
        String error = status.fields().path("error").asText("");
        String words = error.isEmpty() ? status.fields().path("reason").asText("") : error;
        return words.substring(0, Math.min(words.length(), MAX_PROBLEM));
    }

    /** Asks the emulator for its own status, and does without when it does not answer. */
    @Override
    public CompletionStage<SessionStatus> status() {
        if (!isConnected()) {
            return CompletableFuture.completedStage(sessionStatus(null));
        }
        return requests.ask(new ControlMessage.GetStatus())
                .handle((answer, failure) ->
                        sessionStatus(answer instanceof ControlMessage.Status status ? status : emulatorStatus));
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
                .setAudioSampleRate(audio.sampleRate())
                .setAudioChannels(audio.channels())
                .setVideoSegment(picture.segment())
                .setInputToEmulatorMs(peer == null ? Double.NaN : control.sendDelayMillis())
                .build();
    }

    /** Ends the threads; an emulator that lives keeps its segments, which else are removed. */
    @Override
    public void close() {
        boolean emulatorLives = isConnected();
        video.close();
        audio.close();
        EmulatorLink link = control;
        if (link != null) {
            link.close();
            if (!emulatorLives) {
                port.removeSegments();
            }
        }
    }

    /** Follows the emulator's coming and going. */
    private final class Emulators implements EmulatorListener {

        @Override
        public void connected(EmulatorPeer peer) {
            port.greeting().ifPresent(control::send);
            video.check();
            audio.check();
            input.forget();
            changed.run();
            requests.ask(new ControlMessage.GetStatus()).exceptionally(e -> {
                LOG.debugf("No status from the emulator: %s", e.getMessage());
                return null;
            });
        }

        @Override
        public void received(FromEmulator message) {
            if (message instanceof ControlMessage.Status status) {
                emulatorStatus = status;
                changed.run();
            }
            requests.received(message);
        }

        @Override
        public void disconnected(EmulatorPeer peer) {
            emulatorStatus = null;
            requests.disconnected();
            // A segment that ended with its emulator is left, although nobody may be watching.
            video.check();
            audio.check();
            input.forget();
            changed.run();
        }
    }
}
