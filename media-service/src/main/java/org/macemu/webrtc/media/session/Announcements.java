package org.macemu.webrtc.media.session;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.Participant;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;

/**
 * What everybody here is told: the state of the Mac, the other people, their pointers. Changes are noted by any thread;
 * the audience's thread tells them soon, so that many at once become one message.
 */
final class Announcements {

    private static final Logger LOG = Logger.getLogger(Announcements.class);

    /** A rate is told again when it moved by more than this, frames per second. */
    private static final double FPS_STEP = 1;

    /** People told to each other at most; a larger audience are guests, who are not told. */
    private static final int MAX_PARTICIPANTS = 100;

    /** Who is here while pointers are shown to each other: 40 are told 20 times a second each, 800 small messages. */
    private static final int MAX_POINTING = 40;

    private final Map<String, ViewerSession> sessions;
    private final Steering steering;
    private final Supplier<State> emulatorState;
    private final IntSupplier watching;
    private final Consumer<Runnable> soon;
    private final AtomicBoolean due = new AtomicBoolean();
    private final PointersShown pointers = new PointersShown();
    private final AtomicBoolean stateChanged = new AtomicBoolean();
    private final AtomicBoolean peopleChanged = new AtomicBoolean();
    private State told = State.getDefaultInstance();
    private volatile Consumer<State> elsewhere = state -> {};

    /**
     * @param sessions who is here, by id; the audience's own
     * @param emulatorState what is known of the emulator and the picture, and how many look elsewhere
     * @param watching viewers of this place
     * @param soon has the audience's thread do something a little later
     */
    Announcements(
            Map<String, ViewerSession> sessions,
            Steering steering,
            Supplier<State> emulatorState,
            IntSupplier watching,
            Consumer<Runnable> soon) {
        this.sessions = sessions;
        this.steering = steering;
        this.emulatorState = emulatorState;
        this.watching = watching;
        this.soon = soon;
    }

    /** Whoever else is told the state whenever it changes. */
    void alsoTell(Consumer<State> listener) {
        elsewhere = listener;
    }

    void stateChanged() {
        stateChanged.set(true);
        tellSoon();
    }

    void peopleChanged() {
        peopleChanged.set(true);
        tellSoon();
    }

    private void tellSoon() {
        if (!due.getAndSet(true)) {
            soon.accept(this::tellIfChanged);
        }
    }

    void points(String viewer, Pointer pointer) {
        if (sessions.size() <= MAX_POINTING) {
            pointers.moved(viewer, pointer);
        } else {
            pointers.gone(viewer);
        }
        tellSoon();
    }

    void pointsNoMore(String viewer) {
        pointers.gone(viewer);
        tellSoon();
    }

    /** Called now and then as well, for what changes without a word, such as the rate. By the audience's thread. */
    void tellIfChanged() {
        due.set(false);
        try {
            if (peopleChanged.getAndSet(false)) {
                tellParticipants();
            }
            pointers.takeChange(this::nameOf).ifPresent(message -> sessions.values().forEach(s -> s.tell(message)));
            State now = state();
            if (!stateChanged.getAndSet(false) && !differs(now, told)) {
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
                        .setRequests(steering.isWaiting(s.id()))));
        Participants message = everybody.build();
        sessions.values().stream()
                .filter(s -> s.role() != Role.ROLE_GUEST)
                .forEach(s -> s.tell(message));
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
    State state() {
        State known = emulatorState.get();
        State.Builder state = known.toBuilder().setViewers(watching.getAsInt() + known.getViewers());
        if (!steering.controller().isEmpty()) {
            state.setController(steering.controller());
        }
        return state.build();
    }

    /** The state as this viewer is told it: with its role, and whether its input counts. */
    State stateFor(ViewerSession session) {
        String controller = steering.controller();
        boolean input =
                session.role() != Role.ROLE_GUEST && (controller.isEmpty() || controller.equals(session.id()));
        return state().toBuilder().setInput(input).setRole(session.role()).build();
    }
}
