package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Why a Mac does not run although it should.
 *
 * @param code stable: no-room, claim-in-use, secret-missing, image-missing, crashing, claim-deleted, port-taken,
 *     cluster-refused
 * @param message in words, with what Kubernetes said
 */
public record SessionProblem(String code, String message) {

    private static final Set<String> IMAGE = Set.of("ImagePullBackOff", "ErrImagePull", "InvalidImageName");
    private static final int MAX_MESSAGE = 500;

    /** What the pod's own status says; empty when it says nothing bad. */
    static Optional<SessionProblem> of(Pod pod) {
        PodStatus status = pod.getStatus();
        if (status == null) {
            return Optional.empty();
        }
        for (PodCondition condition : status.getConditions()) {
            if ("PodScheduled".equals(condition.getType())
                    && "False".equals(condition.getStatus())
                    && "Unschedulable".equals(condition.getReason())) {
                return Optional.of(unschedulable(text(condition.getMessage())));
            }
        }
        return Stream.concat(
                        status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .flatMap(container -> of(container).stream())
                .findFirst();
    }

    private static SessionProblem unschedulable(String words) {
        if (words.contains("ReadWriteOncePod")) {
            return new SessionProblem(
                    "claim-in-use", "Another pod has the Mac's disks; two never write to them. Kubernetes: " + words);
        }
        return new SessionProblem(
                "no-room", "No node has room for this Mac; it starts when one has. Kubernetes: " + words);
    }

    private static Optional<SessionProblem> of(ContainerStatus container) {
        ContainerState state = container.getState();
        if (state == null || state.getWaiting() == null || state.getWaiting().getReason() == null) {
            return Optional.empty();
        }
        String reason = state.getWaiting().getReason();
        String words = reason + ": " + text(state.getWaiting().getMessage());
        String where = "Container " + container.getName();
        if (reason.equals("CreateContainerConfigError")) {
            boolean secret = words.toLowerCase(Locale.ROOT).contains("secret");
            return Optional.of(new SessionProblem(
                    secret ? "secret-missing" : "cluster-refused",
                    where + " cannot be made from its settings. Kubernetes: " + words));
        }
        if (IMAGE.contains(reason)) {
            return Optional.of(new SessionProblem("image-missing", where + " has no image. Kubernetes: " + words));
        }
        if (reason.equals("CrashLoopBackOff")) {
            return Optional.of(new SessionProblem("crashing", where + " ends again and again; its log says why."));
        }
        return Optional.empty();
    }

    private static String text(String message) {
        if (message == null || message.isBlank()) {
            return "(no words)";
        }
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
    }
}
