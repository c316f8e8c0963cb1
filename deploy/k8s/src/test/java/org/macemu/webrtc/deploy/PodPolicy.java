package org.macemu.webrtc.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.macemu.webrtc.deploy.Rendered.Pod;

/**
 * The rules that pods keep. Those of the Pod Security Standard "restricted" are the standard's own; the others are
 * ours: read-only root, limits, probes, no token, no environment variables of Services.
 */
final class PodPolicy {

    private static final Set<String> PROBES = Set.of("startupProbe", "livenessProbe", "readinessProbe");
    private static final Set<String> RESTRICTED_VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    /** Whether ports and network of the node were asked for. */
    private final boolean hostPorts;

    private final boolean hostNetwork;
    /** Service accounts that a role is bound to: their pods need a token. */
    private final Set<String> accounts = new HashSet<>();

    private final List<String> broken = new ArrayList<>();

    private PodPolicy(boolean hostPorts, boolean hostNetwork) {
        this.hostPorts = hostPorts;
        this.hostNetwork = hostNetwork;
    }

    /** Rules that these pods break, as sentences. */
    static List<String> broken(Rendered rendered, boolean hostPorts, boolean hostNetwork) {
        PodPolicy policy = new PodPolicy(hostPorts, hostNetwork);
        rendered.ofKind("RoleBinding")
                .flatMap(binding -> StreamSupport.stream(binding.path("subjects").spliterator(), false))
                .forEach(subject -> policy.accounts.add(subject.path("name").asText()));
        rendered.pods().forEach(policy::checkPod);
        return policy.broken;
    }

    private void checkPod(Pod pod) {
        JsonNode spec = pod.spec();
        JsonNode security = spec.path("securityContext");
        boolean hasRights = accounts.contains(spec.path("serviceAccountName").asText());
        rule(
                hasRights || !spec.path("automountServiceAccountToken").asBoolean(true),
                pod.title() + " is given a token of the API");
        rule(
                !spec.path("enableServiceLinks").asBoolean(true),
                pod.title()
                        + " is given environment variables of Services, which overwrite settings");
        rule(
                !spec.path("serviceAccountName").asText("default").equals("default"),
                pod.title() + " runs as the namespace's default service account");
        rule(!spec.path("hostPID").asBoolean(), pod.title() + " sees the node's processes");
        rule(!spec.path("hostIPC").asBoolean(), pod.title() + " sees the node's IPC");
        rule(!spec.path("hostNetwork").asBoolean() || hostNetwork, pod.title() + " uses the node's network unasked");
        rule(security.path("runAsNonRoot").asBoolean(), pod.title() + " may run as root");
        rule(
                security.path("runAsUser").asInt() >= 10_000,
                pod.title() + " runs as user " + security.path("runAsUser").asText("unknown")
                        + ", which may exist on the node");
        rule(
                security.path("fsGroup").asInt() == security.path("runAsGroup").asInt(-1),
                pod.title() + " has volumes of another group than its processes");
        rule(
                security.path("seccompProfile").path("type").asText().equals("RuntimeDefault"),
                pod.title() + " has no seccomp profile");
        for (JsonNode volume : spec.path("volumes")) {
            checkVolume(pod, volume);
        }
        for (JsonNode container : pod.containers()) {
            checkContainer(pod, container);
        }
    }

    private void checkVolume(Pod pod, JsonNode volume) {
        String title = pod.title() + " volume " + volume.path("name").asText();
        volume.fieldNames()
                .forEachRemaining(type ->
                        rule(type.equals("name") || RESTRICTED_VOLUMES.contains(type), title + " is of type " + type));
        rule(!volume.has("emptyDir") || volume.path("emptyDir").has("sizeLimit"), title + " may fill the node");
    }

    private void checkContainer(Pod pod, JsonNode container) {
        String name = container.path("name").asText();
        String title = pod.title() + " container " + name;
        JsonNode security = container.path("securityContext");
        rule(!security.path("allowPrivilegeEscalation").asBoolean(true), title + " may gain privileges");
        rule(!security.path("privileged").asBoolean(), title + " is privileged");
        rule(security.path("readOnlyRootFilesystem").asBoolean(), title + " may write to its root file system");
        rule(contains(security.path("capabilities").path("drop"), "ALL"), title + " keeps capabilities");
        rule(security.path("capabilities").path("add").isEmpty(), title + " adds capabilities");
        JsonNode resources = container.path("resources");
        rule(
                resources.path("requests").has("cpu")
                        && resources.path("requests").has("memory"),
                title + " reserves no CPU or memory");
        rule(resources.path("limits").has("memory"), title + " has no limit of memory");
        checkImage(title, container.path("image").asText());
        // Without a port there is nothing to ask, and the container's end says everything: the emulator and the test.
        if (container.has("ports")) {
            PROBES.forEach(probe -> rule(container.has(probe), title + " has no " + probe));
        }
        for (JsonNode port : container.path("ports")) {
            rule(!port.has("hostPort") || hostPorts, title + " opens a port of the node unasked");
        }
        boolean writable = StreamSupport.stream(container.path("volumeMounts").spliterator(), false)
                .anyMatch(mount -> mount.path("mountPath").asText().equals("/tmp"));
        rule(writable || !container.has("ports"), title + " has no writable /tmp");
    }

    private void checkImage(String title, String image) {
        String last = image.substring(image.lastIndexOf('/') + 1);
        boolean digest = last.matches("[^@:]+@sha256:[0-9a-f]{64}");
        boolean tag = last.matches("[^@:]+:[A-Za-z0-9_][A-Za-z0-9_.-]*") && !last.endsWith(":latest");
        rule(digest || tag, title + " has the image " + image + "; a tag that is not latest, or a digest, is expected");
    }

    private void rule(boolean kept, String sentence) {
        if (!kept) {
            broken.add(sentence);
        }
    }

    private static boolean contains(JsonNode array, String text) {
        return StreamSupport.stream(array.spliterator(), false)
                .anyMatch(node -> node.asText().equals(text));
    }
}
