package org.macemu.webrtc.media.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.media.input.InputRouter;

/**
 * Everybody who is connected to this session. Capture runs while at least one of them has an open viewer. Its thread
 * {@code audience} tells everyone when the state changes.
 */
public final class Audience implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Audience.class);

    /** Often enough that "the emulator is gone" is seen at once by a person; 20 small messages a second at most. */
    private static final long STATE_INTERVAL_MILLIS = 50;

    /** A rate is told again when it moved by more than this, frames per second. */
    private static final double FPS_STEP = 1;

    /**
     * What the audience needs to know.
     *
     * @param maxViewers viewers with an offer at most
     * @param connectTimeout from an offer until media flows
     * @param iceServers told to browsers
     */
    public record Settings(int maxViewers, Duration connectTimeout, List<IceServer> iceServers) {
        public Settings {
            iceServers = List.copyOf(iceServers);
        }
    }

    private final Settings settings;
    private final Lanes lanes;
    private final InputRouter input;
    private final Supplier<State> emulatorState;
    private final Consumer<Boolean> capture;
    private final Map<String, ViewerSession> sessions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("audience").daemon().factory());
    private final AtomicBoolean changed = new AtomicBoolean();
    private int watching;
    private State told = State.getDefaultInstance();
    private volatile boolean closed;

    /**
     * @param emulatorState what is known of the emulator and the picture; viewers and input are filled in here
     * @param capture told true when the first viewer opens and false when the last one closes
     */
    public Audience(
            Settings settings,
            Lanes lanes,
            InputRouter input,
            Supplier<State> emulatorState,
            Consumer<Boolean> capture) {
        this.settings = settings;
        this.lanes = lanes;
        this.input = input;
        this.emulatorState = emulatorState;
        this.capture = capture;
        clock.scheduleWithFixedDelay(
                this::tellIfChanged, STATE_INTERVAL_MILLIS, STATE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    Settings settings() {
        return settings;
    }

    Lanes lanes() {
        return lanes;
    }

    InputRouter input() {
        return input;
    }

    ScheduledFuture<?> after(Duration delay, Runnable task) {
        return clock.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether new viewers are turned away: the service is shutting down. */
    public boolean isClosed() {
        return closed;
    }

    /** Viewers whose connection is open or being made. */
    public synchronized int watching() {
        return watching;
    }

    void joined(ViewerSession session) {
        ViewerSession replaced = sessions.put(session.id(), session);
        if (replaced != null) {
            replaced.sayGoodbye("replaced", null);
        }
        session.tell(stateFor(session));
        stateChanged();
    }

    void left(ViewerSession session) {
        sessions.remove(session.id(), session);
        stateChanged();
    }

    /** Counts a viewer in; false when there is no room. */
    boolean opened() {
        synchronized (this) {
            if (closed || watching >= settings.maxViewers()) {
                return false;
            }
            watching++;
            if (watching == 1) {
                capture.accept(true);
            }
        }
        stateChanged();
        return true;
    }

    void closedOne() {
        synchronized (this) {
            watching--;
            if (watching == 0) {
                capture.accept(false);
            }
        }
        stateChanged();
    }

    /** Everybody is told soon; any thread. */
    public void stateChanged() {
        changed.set(true);
    }

    private void tellIfChanged() {
        try {
            State now = state();
            if (!changed.getAndSet(false) && !differs(now, told)) {
                return;
            }
            told = now;
            sessions.values().forEach(s -> s.tell(stateFor(s)));
        } catch (RuntimeException e) {
            LOG.error("Telling the audience failed", e);
        }
    }

    private static boolean differs(State a, State b) {
        return a.getEmulatorConnected() != b.getEmulatorConnected()
                || a.getWidth() != b.getWidth()
                || a.getHeight() != b.getHeight()
                || a.getViewers() != b.getViewers()
                || !a.getEmulator().equals(b.getEmulator())
                || Math.abs(a.getFps() - b.getFps()) > FPS_STEP;
    }

    private State state() {
        return emulatorState.get().toBuilder().setViewers(watching()).build();
    }

    private State stateFor(ViewerSession session) {
        return state().toBuilder().setInput(session.mayUseInput()).build();
    }

    /** Says goodbye to everybody and takes nobody any more. */
    @Override
    public void close() {
        closed = true;
        sessions.values().forEach(s -> s.sayGoodbye("shutdown", 1_000));
        clock.shutdown();
    }
}
