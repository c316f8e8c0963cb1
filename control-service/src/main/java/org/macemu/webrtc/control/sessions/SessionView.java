package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.Optional;

/**
 * A session as the outside sees it. Immutable.
 *
 * @param problem why it does not run although it should
 * @param edges as many as its audience may have at most
 */
public record SessionView(
        String name,
        String title,
        Phase phase,
        Optional<SessionProblem> problem,
        Optional<String> rom,
        Optional<String> screen,
        int edges,
        long idleTimeoutSeconds,
        Instant lastActive,
        Instant created) {

    /** Where it is. */
    public enum Phase {
        /** Its pod is on the way. */
        STARTING,
        /** Its pod takes viewers. */
        RUNNING,
        /** Its pod is ending. */
        STOPPING,
        /** No pod; a visit wakes it. */
        SUSPENDED,
        /** No pod; it has to be started. */
        STOPPED,
        /** It is on the way out. */
        DELETING
    }

    static SessionView of(MacSession session, Optional<Pod> pod, Optional<SessionProblem> noticed) {
        Phase phase = phase(session.desired(), pod);
        Optional<SessionProblem> problem = phase == Phase.STARTING
                ? noticed.or(() -> pod.flatMap(SessionProblem::of))
                : Optional.empty();
        return new SessionView(
                session.name(),
                session.title(),
                phase,
                problem,
                session.rom(),
                session.screen(),
                session.edges(),
                session.idleTimeout().toSeconds(),
                session.lastActive(),
                session.created());
    }

    private static Phase phase(Desired desired, Optional<Pod> pod) {
        return switch (desired) {
            case RUNNING -> pod.filter(SessionView::ready).isPresent() ? Phase.RUNNING : Phase.STARTING;
            case SUSPENDED -> pod.isPresent() ? Phase.STOPPING : Phase.SUSPENDED;
            case STOPPED -> pod.isPresent() ? Phase.STOPPING : Phase.STOPPED;
            case DELETED -> Phase.DELETING;
        };
    }

    /** Whether viewers can be sent to this pod. */
    static boolean ready(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null || pod.getStatus() == null) {
            return false;
        }
        for (PodCondition condition : pod.getStatus().getConditions()) {
            if ("Ready".equals(condition.getType())) {
                return "True".equals(condition.getStatus());
            }
        }
        return false;
    }
}
