package org.macemu.webrtc.media.session;

import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.media.input.InputRouter;

/**
 * Between a browser's input messages and the emulator: no more of them than people make, and an answer to those that go
 * nowhere. With the session's lock: a viewer that has left holds nothing down.
 */
final class InputGate {

    /** Input errors told to one browser; after that its input is dropped in silence. */
    private static final int MAX_COMPLAINTS = 20;

    /**
     * Input messages of one browser in a second: a mouse of 1,000 Hz, a keyboard and a wheel at once. What comes beyond
     * is no person, and would drown the emulator.
     */
    private static final int MAX_PER_SECOND = 2_500;

    private final ViewerSession session;
    private final InputRouter router;
    private int complaints;
    private long second;
    private int inSecond;

    InputGate(ViewerSession session, InputRouter router) {
        this.session = session;
        this.router = router;
    }

    void received(String json) {
        long now = System.nanoTime() / 1_000_000_000L;
        if (now != second) {
            second = now;
            inSecond = 0;
        }
        if (++inSecond > MAX_PER_SECOND) {
            complain("rate_limited", "More than " + MAX_PER_SECOND + " input messages in a second");
            return;
        }
        try {
            if (!router.route(session.id(), json)) {
                complain(
                        "input_not_allowed",
                        session.role() == Role.ROLE_GUEST
                                ? "This viewer is a guest and watches; its keyboard and mouse do not reach the Mac"
                                : "Somebody else holds the controls; ask for them first");
            }
        } catch (ControlProtocolException e) {
            complain("input_invalid", e.getMessage());
        }
    }

    void complain(String code, String message) {
        if (complaints++ < MAX_COMPLAINTS) {
            session.sendError(code, message, false);
        }
    }
}
