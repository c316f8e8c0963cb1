package org.macemu.webrtc.media.edge;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.EdgeAudience;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.KeyFrameWanted;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.api.grpc.Ping;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.SoundPacket;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.VideoFrame;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.capture.VideoStatus;
import org.macemu.webrtc.media.control.EmulatorRequests;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.lane.shared.SharedLane;
import org.macemu.webrtc.media.session.Mac;

/**
 * The Mac of an edge: it is at the origin, whose frames come over one call that is made again whenever it breaks.
 *
 * <p>Everything but the state runs on one event loop of Vert.x. The origin sends frames while this edge has viewers;
 * what the lane has no room for is left out up to the next key frame, which is asked for once for all viewers.
 */
public final class OriginLink implements Mac {

    private static final Logger LOG = Logger.getLogger(OriginLink.class);

    private static final long BEAT_MS = 500;

    /** The origin answers every beat. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long[] RETRY_MS = {100, 250, 500, 1_000, 2_000};

    /** A key frame takes a round trip and an encode; asking more often says nothing new. */
    private static final long KEY_FRAME_PAUSE_NANOS = 100_000_000L;

    private static final String ABSENT =
            "The server beside this Mac cannot be reached. It is tried again, and the picture comes back by itself.";

    private final Vertx vertx;
    private final OriginAddress origin;
    private final String name;
    private final Runnable changed;
    private final EdgeMetrics metrics;
    private final ClockOffset clock = new ClockOffset();
    private final StreamTimes times = new StreamTimes(clock);
    private final InputRouter input = new InputRouter(message -> {}, () -> VideoStatus.NONE);
    private final EmulatorRequests requests = new EmulatorRequests(request -> false, Duration.ofSeconds(1));
    private final AtomicLong keyFrameAsked = new AtomicLong(System.nanoTime() - KEY_FRAME_PAUSE_NANOS);

    private Context context;
    private SharedLane lane;
    private IntSupplier viewers = () -> 0;
    private OriginCall call;
    private long instance;
    private boolean keyFrameNeeded = true;
    private int failures;
    private int told = -1;
    private boolean absenceLogged;
    private volatile boolean connected;
    private volatile boolean watched;
    private volatile boolean closed;
    private volatile long heartbeat = System.nanoTime();
    private volatile long lastHeard;
    private volatile State state = State.newBuilder().setProblem(ABSENT).build();

    /**
     * @param name how this edge is called in the origin's log
     * @param changed told when {@link #state} is another
     */
    public OriginLink(Vertx vertx, OriginAddress origin, String name, EdgeMetrics metrics, Runnable changed) {
        this.vertx = vertx;
        this.origin = origin;
        this.name = name;
        this.metrics = metrics;
        this.changed = changed;
    }

    /** Where frames go, and how many look; before {@link #start}. */
    public void feed(SharedLane target, IntSupplier watchers) {
        lane = target;
        viewers = watchers;
    }

    @Override
    public void start() throws IOException {
        context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> {
            connect();
            vertx.setPeriodic(BEAT_MS, timer -> beat(timer));
        });
        LOG.infof("Edge %s of the origin %s", name, origin);
    }

    // --- the event loop

    private void beat(long timer) {
        heartbeat = System.nanoTime();
        if (closed) {
            vertx.cancelTimer(timer);
            return;
        }
        if (call == null) {
            return;
        }
        if (heartbeat - lastHeard > SILENCE_NANOS) {
            call.close();
            lost("no answer for " + TimeUnit.NANOSECONDS.toSeconds(SILENCE_NANOS) + " s");
            return;
        }
        call.send(EdgeMessage.newBuilder()
                .setPing(Ping.newBuilder().setEdgeNanos(heartbeat))
                .build());
        tellAudience();
    }

    private void connect() {
        if (closed) {
            return;
        }
        lastHeard = System.nanoTime();
        OriginCall made = new OriginCall();
        call = made;
        made.open(vertx, origin, name, message -> {
            if (call == made) {
                received(message);
            }
        }, why -> {
            if (call == made) {
                lost(why);
            }
        });
        made.send(EdgeMessage.newBuilder()
                .setPing(Ping.newBuilder().setEdgeNanos(System.nanoTime()))
                .build());
    }

    private void lost(String why) {
        call = null;
        told = -1;
        keyFrameNeeded = true;
        if (connected || !absenceLogged) {
            absenceLogged = true;
            LOG.warnf("The origin %s is away (%s); trying again", origin, why);
        }
        if (connected) {
            connected = false;
            metrics.originLost();
            state = State.newBuilder().setProblem(ABSENT).build();
            changed.run();
        }
        if (!closed) {
            vertx.setTimer(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)], ignored -> connect());
        }
    }

    private void received(OriginMessage message) {
        lastHeard = System.nanoTime();
        switch (message.getMessageCase()) {
            case VIDEO -> video(message.getVideo());
            case SOUND -> sound(message.getSound());
            case STATE -> {
                state = message.getState();
                changed.run();
            }
            case PONG -> {
                clock.sample(message.getPong().getEdgeNanos(), message.getPong().getOriginNanos(), lastHeard);
                metrics.clock(clock.nanos(), clock.roundTrip());
                tellAudience();
            }
            case HELLO -> greeted(message.getHello().getInstance());
            case MESSAGE_NOT_SET -> {
                // Of a later version.
            }
        }
    }

    private void greeted(long found) {
        LOG.infof("The origin %s sends", origin);
        failures = 0;
        absenceLogged = false;
        connected = true;
        if (found != instance) {
            instance = found;
            clock.forget();
            times.restart();
        }
    }

    /** Frames are asked for once their times can be translated. */
    private void tellAudience() {
        int now = watched ? Math.max(1, viewers.getAsInt()) : 0;
        if (call != null && connected && clock.isKnown() && now != told) {
            told = now;
            call.send(EdgeMessage.newBuilder()
                    .setAudience(EdgeAudience.newBuilder().setViewers(now))
                    .build());
        }
    }

    private void video(VideoFrame frame) {
        if (keyFrameNeeded && !frame.getKeyFrame() || !times.fits(frame)) {
            metrics.frameDropped();
            if (watched) {
                requestFrame();
            }
            return;
        }
        keyFrameNeeded = !lane.relay(
                frame.getVp8().asReadOnlyByteBuffer(),
                frame.getKeyFrame(),
                Math.clamp(frame.getTemporalLayer(), 0, 1),
                times.rtpTime(frame.getRtpTime()),
                frame.getCaptureNanos() == 0 ? 0 : clock.toLocal(frame.getCaptureNanos()));
        if (keyFrameNeeded) {
            metrics.frameDropped();
            requestFrame();
        } else {
            metrics.frame(frame.getVp8().size());
        }
    }

    private void sound(SoundPacket packet) {
        if (times.fits(packet)) {
            long captured = clock.toLocal(packet.getCaptureNanos());
            lane.relaySound(
                    packet.getOpus().asReadOnlyByteBuffer(),
                    times.sampleIndex(packet.getSampleIndex(), captured),
                    packet.getFirst(),
                    captured);
            metrics.frame(packet.getOpus().size());
        }
    }

    // --- any thread

    @Override
    public void watched(boolean now) {
        watched = now;
        context.runOnContext(ignored -> {
            if (!now) {
                keyFrameNeeded = true;
            }
            tellAudience();
        });
    }

    /** Asks the origin for a key frame; a wish that was made a moment ago is the same wish. */
    @Override
    public void requestFrame() {
        long now = System.nanoTime();
        long last = keyFrameAsked.get();
        if (connected && now - last >= KEY_FRAME_PAUSE_NANOS && keyFrameAsked.compareAndSet(last, now)) {
            context.runOnContext(ignored -> {
                if (call != null && told > 0) {
                    metrics.keyFrameWanted();
                    call.send(EdgeMessage.newBuilder()
                            .setKeyFrame(KeyFrameWanted.getDefaultInstance())
                            .build());
                }
            });
        }
    }

    @Override
    public State state() {
        State now = state;
        // The origin counts everybody, those here too.
        return now.toBuilder()
                .setViewers(Math.max(0, now.getViewers() - viewers.getAsInt()))
                .build();
    }

    public boolean hasOrigin() {
        return connected;
    }

    @Override
    public InputRouter input() {
        return input;
    }

    /** There is no emulator beside an edge. */
    @Override
    public boolean isConnected() {
        return false;
    }

    @Override
    public EmulatorRequests requests() {
        return requests;
    }

    @Override
    public CompletableFuture<Optional<Snapshot>> snapshot() {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<SessionStatus> status() {
        State now = state;
        return CompletableFuture.completedStage(SessionStatus.newBuilder()
                .setWidth(now.getWidth())
                .setHeight(now.getHeight())
                .setCaptureFps(now.getFps())
                .setVideoSegment("none: an edge of " + origin)
                .build());
    }

    @Override
    public long heartbeat() {
        return heartbeat;
    }

    @Override
    public void close() {
        closed = true;
        if (context == null) {
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            if (call != null) {
                call.end();
                call = null;
            }
            done.complete(null);
        });
        try {
            done.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.debug("Closing the call to the origin", e);
        }
    }
}
