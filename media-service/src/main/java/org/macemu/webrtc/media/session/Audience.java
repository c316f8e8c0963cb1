package org.macemu.webrtc.media.session;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Participant;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.media.input.InputRouter;
import org.macemu.webrtc.media.lane.Lane;

/**
 * Everybody who is connected to this session. Capture runs while at least one of them has an open viewer. Its thread
 * {@code audience} tells everyone when the state changes.
 */
public final class Audience implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Audience.class);

    /** Often enough that "the emulator is gone" is seen at once by a person; 20 small messages a second at most. */
    private static final long STATE_INTERVAL_MILLIS = 50;

    /** A server that is started anew is there again after about this time. */
    static final int RETRY_AFTER_MILLIS = 1_000;

    /** A rate is told again when it moved by more than this, frames per second. */
    private static final double FPS_STEP = 1;

    /** A viewer whose network is too slow waits for little more than this. */
    private static final long LANE_INTERVAL_MILLIS = 250;

    /** The share of the machine that this process may take before no viewer is given an encoder of its own any more. */
    private static final double BUSY = 0.85;

    /** People told to each other at most; a larger audience are guests, who are not told. */
    private static final int MAX_PARTICIPANTS = 100;

    /** A viewer moves from a machine that ends every 50 ms: 100 of them in five seconds. */
    private static final int MOVES_PER_ROUND = 2;

    private static final long MOVE_INTERVAL_MILLIS = 100;

    /** Who is here while pointers are shown to each other: 40 are told 20 times a second each, 800 small messages. */
    private static final int MAX_POINTING = 40;

    /** Holds the controls while a program sends input. */
    private static final String PROGRAM = "api";

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
    private final Supplier<State> emulatorState;
    private final Consumer<Boolean> capture;
    private final Map<String, ViewerSession> sessions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = clock();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicBoolean participantsChanged = new AtomicBoolean();

    /** Changed only under the monitor of {@link #input}: see {@link InputRouter}. */
    private final Controls controls = new Controls();

    private final PointersShown pointers = new PointersShown();
    private volatile String controller = "";
    private final Map<Lane, Integer> byLane = new HashMap<>();
    private int watching;
    private State told = State.getDefaultInstance();
    private volatile Consumer<State> elsewhere = state -> {};
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
        this.emulatorState = emulatorState;
        this.capture = capture;
        input.gate(this::admitsInput);
        clock.scheduleWithFixedDelay(
                this::considerLanes, LANE_INTERVAL_MILLIS, LANE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        clock.scheduleWithFixedDelay(
                this::tellIfChanged, STATE_INTERVAL_MILLIS, STATE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
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
        elsewhere = listener;
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

    void joined(ViewerSession session) {
        participantsChanged.set(true);
        ViewerSession replaced = sessions.put(session.id(), session);
        if (replaced != null) {
            replaced.sayGoodbye("replaced", null);
        }
        session.tell(stateFor(session));
        stateChanged();
        if (closed) {
            // It came while the others were being told.
            session.sayGoodbye("shutdown", RETRY_AFTER_MILLIS);
        }
    }

    void left(ViewerSession session) {
        if (sessions.remove(session.id(), session)) {
            vanished(session);
            pointers.gone(session.id());
        }
        participantsChanged.set(true);
        stateChanged();
    }

    /** The viewer's connection is gone: what it holds is released, and the controls are free. */
    void vanished(ViewerSession session) {
        synchronized (input) {
            input.releaseAll(session.id());
            if (controls.release(session.id())) {
                controlsChanged();
            }
        }
        participantsChanged.set(true);
    }

    /** A viewer calls itself something else. */
    void renamed() {
        participantsChanged.set(true);
    }

    /** A viewer points at the screen, for the others to see. */
    void pointer(ViewerSession session, Pointer pointer) {
        if (sessions.size() <= MAX_POINTING) {
            pointers.moved(session.id(), pointer);
        } else {
            pointers.gone(session.id());
        }
    }

    /** Under the router's monitor. */
    private boolean admitsInput(String viewer) {
        ViewerSession session = sessions.get(viewer);
        Role role = viewer.equals(PROGRAM) ? Role.ROLE_OWNER : session == null ? Role.ROLE_GUEST : session.role();
        boolean admitted = controls.use(viewer, role);
        if (admitted && !controller.equals(viewer)) {
            controlsChanged();
        }
        return admitted;
    }

    /** A viewer asks for, gives up or hands over the controls. */
    void control(ViewerSession session, Control message) {
        String id = session.id();
        String other = message.getViewerId();
        Optional<String> refusal;
        synchronized (input) {
            String before = controller;
            refusal = switch (message.getAction()) {
                case ACTION_REQUEST -> controls.request(id, session.role());
                case ACTION_TAKE -> controls.take(id, session.role());
                case ACTION_DENY -> controls.deny(id, session.role(), other);
                case ACTION_GRANT -> grant(session, other);
                case ACTION_RELEASE -> {
                    controls.release(id);
                    yield Optional.empty();
                }
                case ACTION_UNSPECIFIED, UNRECOGNIZED -> Optional.of("the action is not known");
            };
            String now = controls.holder().orElse("");
            if (!before.isEmpty() && !before.equals(now)) {
                input.releaseAll(before);
            }
            controlsChanged();
        }
        refusal.ifPresent(why -> session.sendError("control_refused", why, false));
    }

    private Optional<String> grant(ViewerSession from, String to) {
        ViewerSession receiver = sessions.get(to);
        if (receiver == null) {
            return Optional.of("there is no viewer \"" + to + "\"");
        }
        if (receiver.role() == Role.ROLE_GUEST) {
            if (from.role() != Role.ROLE_OWNER) {
                return Optional.of("only an owner can hand the controls to a guest");
            }
            receiver.role(Role.ROLE_CONTROLLER);
        }
        return controls.grant(from.id(), from.role(), to);
    }

    /** Under the router's monitor. */
    private void controlsChanged() {
        controller = controls.holder().orElse("");
        lanes.all().forEach(lane -> lane.controller(controller));
        participantsChanged.set(true);
        stateChanged();
    }

    /**
     * Input of a program. It holds the controls from the first message until {@link #programDone}.
     *
     * @return false when a person holds the controls
     */
    public boolean programInput(String json) throws ControlProtocolException {
        return input.route(PROGRAM, json);
    }

    /** What the program holds down is released, and the controls are free again. */
    public void programDone() {
        synchronized (input) {
            input.releaseAll(PROGRAM);
            if (controls.release(PROGRAM)) {
                controlsChanged();
            }
        }
    }

    /** Everybody who is here. */
    public List<ViewerInfo> viewers() {
        return sessions.values().stream()
                .map(s -> s.info(s.id().equals(controller)))
                .toList();
    }

    /** Sends a viewer away; false when there is none of that id. */
    public boolean disconnect(String viewer) {
        ViewerSession session = sessions.get(viewer);
        if (session == null) {
            return false;
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
        synchronized (input) {
            session.role(role);
            if (role == Role.ROLE_GUEST) {
                input.releaseAll(viewer);
                controls.release(viewer);
            }
            controlsChanged();
        }
        return Optional.of(session.info(viewer.equals(controller)));
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
        changed.set(true);
    }

    private void considerLanes() {
        try {
            boolean room = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                    && machine.getProcessCpuLoad() < BUSY;
            long now = System.nanoTime();
            sessions.values().forEach(session -> session.considerLane(now, room));
        } catch (RuntimeException e) {
            LOG.error("Looking at the viewers' lanes failed", e);
        }
    }

    private void tellIfChanged() {
        try {
            if (participantsChanged.getAndSet(false)) {
                tellParticipants();
            }
            pointers.takeChange(this::nameOf).ifPresent(message -> sessions.values().forEach(s -> s.tell(message)));
            State now = state();
            if (!changed.getAndSet(false) && !differs(now, told)) {
                return;
            }
            told = now;
            sessions.values().forEach(s -> s.tell(stateFor(s)));
            elsewhere.accept(now);
        } catch (RuntimeException e) {
            LOG.error("Telling the audience failed", e);
        }
    }

    private String nameOf(String viewer) {
        ViewerSession session = sessions.get(viewer);
        return session == null ? "" : session.name();
    }

    private void tellParticipants() {
        Participants.Builder everybody = Participants.newBuilder();
        sessions.values().stream()
                .filter(s -> !s.isAway())
                .sorted(Comparator.comparingLong(ViewerSession::since))
                .limit(MAX_PARTICIPANTS)
                .forEach(s -> everybody.addParticipants(Participant.newBuilder()
                        .setViewerId(s.id())
                        .setName(s.name())
                        .setRole(s.role())
                        .setRequests(isWaiting(s.id()))));
        Participants message = everybody.build();
        sessions.values().stream()
                .filter(s -> s.role() != Role.ROLE_GUEST)
                .forEach(s -> s.tell(message));
    }

    private boolean isWaiting(String viewer) {
        synchronized (input) {
            return controls.isWaiting(viewer);
        }
    }

    private static boolean differs(State a, State b) {
        return a.getEmulatorConnected() != b.getEmulatorConnected()
                || a.getWidth() != b.getWidth()
                || a.getHeight() != b.getHeight()
                || a.getViewers() != b.getViewers()
                || !a.getController().equals(b.getController())
                || !a.getEmulator().equals(b.getEmulator())
                || !a.getProblem().equals(b.getProblem())
                || Math.abs(a.getFps() - b.getFps()) > FPS_STEP;
    }

    /** The state as it is now, of nobody in particular. */
    public State state() {
        State known = emulatorState.get();
        State.Builder state = known.toBuilder().setViewers(watching() + known.getViewers());
        if (!controller.isEmpty()) {
            state.setController(controller);
        }
        return state.build();
    }

    private State stateFor(ViewerSession session) {
        boolean input =
                session.role() != Role.ROLE_GUEST && (controller.isEmpty() || controller.equals(session.id()));
        return state().toBuilder().setInput(input).setRole(session.role()).build();
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
