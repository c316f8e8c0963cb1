package org.macemu.webrtc.media.session;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.macemu.webrtc.api.grpc.Role;

/**
 * Who holds the keyboard and the mouse. One viewer at a time, decided here and nowhere else; a page only shows it.
 *
 * <p>States: free, or held by one viewer, with viewers waiting. Pure rules: no threads, no messages; {@link Audience}
 * serialises the calls and tells everybody.
 */
final class Controls {

    /** People who wait at once; more than a class of pupils is a mistake. */
    private static final int MAX_WAITING = 50;

    private String holder;
    private final Set<String> waiting = new LinkedHashSet<>();

    /** The viewer that holds the controls. */
    Optional<String> holder() {
        return Optional.ofNullable(holder);
    }

    boolean isWaiting(String viewer) {
        return waiting.contains(viewer);
    }

    private static boolean mayHold(Role role) {
        return role == Role.ROLE_CONTROLLER || role == Role.ROLE_OWNER;
    }

    /** Whether input of this viewer reaches the Mac, or would if it tried. */
    boolean admits(String viewer, Role role) {
        return mayHold(role) && (holder == null || holder.equals(viewer));
    }

    /**
     * Input arrived: it takes the controls when nobody holds them.
     *
     * @return whether the input goes on to the Mac
     */
    boolean use(String viewer, Role role) {
        if (!admits(viewer, role)) {
            return false;
        }
        hold(viewer);
        return true;
    }

    /** Asks for the controls: held at once when free, else waits. Empty on success, else why not. */
    Optional<String> request(String viewer, Role role) {
        if (!mayHold(role)) {
            return Optional.of("this viewer is a guest and watches; an owner can hand the controls over");
        }
        if (holder == null || holder.equals(viewer)) {
            hold(viewer);
        } else if (!waiting.contains(viewer) && waiting.size() >= MAX_WAITING) {
            return Optional.of(MAX_WAITING + " viewers wait for the controls already");
        } else {
            waiting.add(viewer);
        }
        return Optional.empty();
    }

    /** Takes the controls without asking. Empty on success, else why not. */
    Optional<String> take(String viewer, Role role) {
        if (role != Role.ROLE_OWNER && holder != null && !holder.equals(viewer) || !mayHold(role)) {
            return Optional.of("only an owner can take the controls from somebody who holds them; others ask");
        }
        hold(viewer);
        return Optional.empty();
    }

    /** Hands the controls over. Empty on success, else why not. */
    Optional<String> grant(String viewer, Role role, String to) {
        if (!viewer.equals(holder) && role != Role.ROLE_OWNER) {
            return Optional.of("only an owner or the viewer that holds the controls can hand them over");
        }
        hold(to);
        return Optional.empty();
    }

    /** Declines a request. Empty on success, else why not. */
    Optional<String> deny(String viewer, Role role, String whom) {
        if (!viewer.equals(holder) && role != Role.ROLE_OWNER) {
            return Optional.of("only an owner or the viewer that holds the controls can decline a request");
        }
        waiting.remove(whom);
        return Optional.empty();
    }

    /** Gives the controls up, or stops waiting; also what happens when a viewer vanishes. True when anything changed. */
    boolean release(String viewer) {
        boolean waited = waiting.remove(viewer);
        if (!Objects.equals(holder, viewer)) {
            return waited;
        }
        holder = null;
        return true;
    }

    private void hold(String viewer) {
        holder = viewer;
        waiting.remove(viewer);
    }
}
