package org.macemu.webrtc.media.session;

import java.util.Map;
import java.util.Optional;
import org.macemu.webrtc.api.grpc.Control;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.media.input.InputRouter;

/**
 * Which of the people here, or a program in their place, has keyboard and mouse. {@link Controls} has the rules; here
 * they are applied to the audience, and whoever loses the controls lets go of every key.
 *
 * <p>Changed only under the monitor of the {@link InputRouter}.
 */
final class Steering {

    /** Holds the controls while a program sends input. */
    static final String PROGRAM = "api";

    private final Map<String, ViewerSession> sessions;
    private final InputRouter input;
    private final Lanes lanes;
    private final Runnable changed;
    private final Controls controls = new Controls();
    private volatile String controller = "";

    /**
     * @param sessions who is here, by id; the audience's own
     * @param changed told whenever somebody gets, loses or asks for the controls, or a role changed
     */
    Steering(Map<String, ViewerSession> sessions, InputRouter input, Lanes lanes, Runnable changed) {
        this.sessions = sessions;
        this.input = input;
        this.lanes = lanes;
        this.changed = changed;
    }

    /** The id of whoever holds the controls; empty when nobody does. Any thread, without the monitor. */
    String controller() {
        return controller;
    }

    /** Whether this viewer has asked for the controls and waits. */
    boolean isWaiting(String viewer) {
        synchronized (input) {
            return controls.isWaiting(viewer);
        }
    }

    /** The gate of the router, which holds its monitor. */
    boolean admitsInput(String viewer) {
        ViewerSession session = sessions.get(viewer);
        Role role = viewer.equals(PROGRAM) ? Role.ROLE_OWNER : session == null ? Role.ROLE_GUEST : session.role();
        boolean admitted = controls.use(viewer, role);
        if (admitted && !controller.equals(viewer)) {
            controlsChanged();
        }
        return admitted;
    }

    /**
     * A viewer asks for, gives up or hands over the controls.
     *
     * @return why not
     */
    Optional<String> control(ViewerSession session, Control message) {
        String id = session.id();
        String other = message.getViewerId();
        synchronized (input) {
            String before = controller;
            Optional<String> refusal = switch (message.getAction()) {
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
            return refusal;
        }
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

    /** What this viewer or program holds down is released, and the controls are free if it had them. */
    void release(String viewer) {
        synchronized (input) {
            input.releaseAll(viewer);
            if (controls.release(viewer)) {
                controlsChanged();
            }
        }
    }

    void changeRole(ViewerSession session, Role role) {
        synchronized (input) {
            session.role(role);
            if (role == Role.ROLE_GUEST) {
                input.releaseAll(session.id());
                controls.release(session.id());
            }
            controlsChanged();
        }
    }

    private void controlsChanged() {
        controller = controls.holder().orElse("");
        lanes.all().forEach(lane -> lane.controller(controller));
        changed.run();
    }
}
