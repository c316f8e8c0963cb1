package org.macemu.webrtc.media.session;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.lane.Lane;

/**
 * Everybody who is connected to this session. Capture runs while at least one of them has an open viewer. {@link
 * Steering} knows which of them holds the controls, {@link Announcements} what they are told. Its thread {@code
 * audience} runs what happens at a time.
 */
public final class Audience implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Audience.class);

    /** Soon enough that a person sees it at once; 20 small messages a second at most. */
    private static final long TELL_DELAY_MILLIS = 50;

    /** A server that is started anew is there again after about this time. */
    static final int RETRY_AFTER_MILLIS = 1_000;

    /** A viewer whose network is too slow waits for little more than this, and so does the rate until it is told. */
    private static final long LOOK_INTERVAL_MILLIS = 250;

    /** The share of the machine that this process may take before no viewer is given an encoder of its own any more. */
    private static final double BUSY = 0.85;

    /** A viewer moves from a machine that ends every 50 ms: 100 of them in five seconds. */
    private static final int MOVES_PER_ROUND = 2;

    private static final long MOVE_INTERVAL_MILLIS = 100;

    /**
     * What the audience needs to know.
     *
     * @param maxViewers viewers with an offer at most
     * @param connectTimeout from an offer until media flows
     * @param idleTimeout how long a session may last without a viewer on a lane: signalling that died silently
     * @param iceServers told to browsers
     */
    public record Settings(
            int maxViewers, Duration connectTimeout, Duration idleTimeout, IceServers iceServers) {}

    private final Settings settings;
    private final Lanes lanes;
    private final InputRouter input;
    private final Consumer<Boolean> capture;
    private final Map<String, ViewerSession> sessions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = clock();
    private final Steering steering;
    private final Announcements announcements;
    private final RefusedTokens refusedTokens = new RefusedTokens(Clock.systemUTC());
    private final Map<Lane, Integer> byLane = new HashMap<>();
    private int watching;
    private volatile boolean watchOnly;
    private volatile boolean closed;

    /**
     * @param emulatorState what is known of the emulator and the picture, and how many look elsewhere; the viewers here,
     *     input and roles are added
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
        this.capture = capture;
        this.steering = new Steering(sessions, input, lanes, this::steeringChanged);
        this.announcements = new Announcements(
                sessions,
                steering,
                emulatorState,
                this::watching,
                task -> clock.schedule(task, TELL_DELAY_MILLIS, TimeUnit.MILLISECONDS));
        input.gate(steering::admitsInput);
        clock.scheduleWithFixedDelay(
                this::look, LOOK_INTERVAL_MILLIS, LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Forgets what was cancelled, and takes nothing any more once it is shut down. */
    private static ScheduledExecutorService clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform().name("audience").daemon().factory(),
                new ThreadPoolExecutor.DiscardPolicy());
        clock.setRemoveOnCancelPolicy(true);
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return clock;
    }

    /** Everybody who joins is a guest, whatever their token says: on an edge nobody steers. */
    public void watchOnly() {
        watchOnly = true;
    }

    boolean isWatchOnly() {
        return watchOnly;
    }

    /** Whoever else is told the state whenever it changes. */
    public void alsoTell(Consumer<State> listener) {
        announcements.alsoTell(listener);
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

    /** Those of them that are on this lane. */
    public synchronized int watching(Lane lane) {
        return byLane.getOrDefault(lane, 0);
    }

    /** Browsers that have joined, with or without a viewer on a lane. */
    public int joined() {
        return sessions.size();
    }

    /** Whether one more viewer would be let in. */
    public synchronized boolean hasRoom() {
        return !closed && watching < settings.maxViewers();
    }

    /** Whether somebody was sent away who had this token. */
    boolean refuses(Join.Token token) {
        return refusedTokens.contains(token);
    }

    void joined(ViewerSession session) {
        announcements.peopleChanged();
        ViewerSession replaced = sessions.put(session.id(), session);
        if (replaced != null) {
            replaced.sayGoodbye("replaced", null);
        }
        session.tell(announcements.stateFor(session));
        stateChanged();
        if (closed) {
            // It came while the others were being told.
            session.sayGoodbye("shutdown", RETRY_AFTER_MILLIS);
        }
    }

    void left(ViewerSession session) {
        if (sessions.remove(session.id(), session)) {
            vanished(session);
            announcements.pointsNoMore(session.id());
        }
        announcements.peopleChanged();
        stateChanged();
    }

    /** The viewer's connection is gone: what it holds is released, and the controls are free. */
    void vanished(ViewerSession session) {
        steering.release(session.id());
        announcements.peopleChanged();
    }

    /** A viewer calls itself something else. */
    void renamed() {
        announcements.peopleChanged();
    }

    /** A viewer points at the screen, for the others to see. */
    void pointer(ViewerSession session, Pointer pointer) {
        announcements.points(session.id(), pointer);
    }

    /** A viewer asks for, gives up or hands over the controls. */
    void control(ViewerSession session, Control message) {
        steering.control(session, message)
                .ifPresent(why -> session.sendError("control_refused", why, false));
    }

    private void steeringChanged() {
        announcements.peopleChanged();
        stateChanged();
    }

    /**
     * Input of a program. It holds the controls from the first message until {@link #programDone}.
     *
     * @return false when a person holds the controls
     */
    public boolean programInput(String json) throws ControlProtocolException {
        return input.route(Steering.PROGRAM, json);
    }

    /** What the program holds down is released, and the controls are free again. */
    public void programDone() {
        steering.release(Steering.PROGRAM);
    }

    /** Everybody who is here. */
    public List<ViewerInfo> viewers() {
        return sessions.values().stream()
                .map(s -> s.info(s.id().equals(steering.controller())))
                .toList();
    }

    /**
     * Sends a viewer away.
     *
     * @param mayReturn whether its token is good for another join
     * @return false when there is none of that id
     */
    public boolean disconnect(String viewer, boolean mayReturn) {
        ViewerSession session = sessions.get(viewer);
        if (session == null) {
            return false;
        }
        if (!mayReturn) {
            refusedTokens.add(session.token());
        }
        session.sayGoodbye("removed", null);
        return true;
    }

    /** Changes what a viewer may do; empty when there is none of that id. */
    public Optional<ViewerInfo> changeRole(String viewer, Role role) {
        ViewerSession session = sessions.get(viewer);
        if (session == null) {
            return Optional.empty();
        }
        steering.changeRole(session, role);
        return Optional.of(session.info(viewer.equals(steering.controller())));
    }

    /** Counts a viewer in; false when there is no room. */
    boolean opened(Lane lane) {
        synchronized (this) {
            if (!hasRoom()) {
                return false;
            }
            watching++;
            byLane.merge(lane, 1, Integer::sum);
            if (watching == 1) {
                capture.accept(true);
            }
        }
        stateChanged();
        return true;
    }

    void closedOne(Lane lane) {
        synchronized (this) {
            watching--;
            byLane.merge(lane, -1, Integer::sum);
            if (watching == 0) {
                capture.accept(false);
            }
        }
        stateChanged();
    }

    /** Everybody is told soon; any thread. */
    public void stateChanged() {
        announcements.stateChanged();
    }

    private void look() {
        considerLanes();
        announcements.tellIfChanged();
    }

    private void considerLanes() {
        try {
            // How busy the machine is takes files of the kernel to know: it is only looked at when somebody may need it.
            boolean room = sessions.values().stream().anyMatch(ViewerSession::isStrained)
                    && ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                    && machine.getProcessCpuLoad() < BUSY;
            long now = System.nanoTime();
            sessions.values().forEach(session -> session.considerLane(now, room));
        } catch (RuntimeException e) {
            LOG.error("Looking at the viewers' lanes failed", e);
        }
    }

    /** The state as it is now, of nobody in particular. */
    public State state() {
        return announcements.state();
    }

    /**
     * Takes nobody any more and asks everybody to move elsewhere, a few at a time: each costs the place they move to a
     * handshake of some 10 ms. Returns when all have gone or time is up; {@link #close} then says goodbye.
     */
    public void drain(Duration limit) throws InterruptedException {
        synchronized (this) {
            closed = true;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        Deque<ViewerSession> unmoved = new ArrayDeque<>(sessions.values());
        int round = Math.max(
                MOVES_PER_ROUND, (int) (2 * unmoved.size() / Math.max(1, limit.toMillis() / MOVE_INTERVAL_MILLIS)));
        LOG.infof("Moving %d viewers elsewhere within %s", unmoved.size(), limit);
        while (!sessions.isEmpty() && System.nanoTime() < deadline) {
            for (int i = 0; i < round && !unmoved.isEmpty(); i++) {
                unmoved.remove().move("drain");
            }
            Thread.sleep(MOVE_INTERVAL_MILLIS);
        }
        LOG.infof("%d viewers are left", sessions.size());
    }

    /** Says goodbye to everybody and takes nobody any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        sessions.values().forEach(s -> s.sayGoodbye("shutdown", RETRY_AFTER_MILLIS));
        clock.shutdown();
    }
}
