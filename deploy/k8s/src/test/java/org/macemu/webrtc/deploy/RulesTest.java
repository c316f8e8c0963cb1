package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules notice what they are there for: each is broken on purpose in an object that keeps them all. */
class RulesTest {

    private static final String NAME = "mac-macemu-webrtc-mac";

    private static ObjectNode statefulSet() {
        return Chart.render("access: {open: true}").get("StatefulSet", NAME);
    }

    /** Path in the pod's spec, the new value as JSON (nothing: the field is removed), a piece of the sentence. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /automountServiceAccountToken                              | true      | a token of the API
            /enableServiceLinks                                        |           | environment variables of Services
            /serviceAccountName                                        | "default" | default service account
            /hostPID                                                   | true      | the node's processes
            /hostIPC                                                   | true      | the node's IPC
            /hostNetwork                                               | true      | network unasked
            /securityContext/runAsNonRoot                              |           | may run as root
            /securityContext/runAsUser                                 | 0         | runs as user 0
            /securityContext/fsGroup                                   | 2000      | another group
            /securityContext/seccompProfile/type                       | "Unconfined" | no seccomp profile
            /volumes/0/hostPath                                        | {"path": "/"} | is of type hostPath
            /volumes/0/emptyDir/sizeLimit                              |           | may fill the node
            /containers/0/image                                        | "a/b"     | a tag that is not latest
            /containers/0/image                                        | "a/b:latest" | a tag that is not latest
            /containers/0/image                                        | "r:5000/b" | a tag that is not latest
            /containers/0/image                                        | "a/b@sha256:12" | a tag that is not latest
            /containers/0/securityContext/allowPrivilegeEscalation     |           | may gain privileges
            /containers/0/securityContext/privileged                   | true      | is privileged
            /containers/0/securityContext/readOnlyRootFilesystem       |           | root file system
            /containers/0/securityContext/capabilities/drop            | ["NET_RAW"] | keeps capabilities
            /containers/0/securityContext/capabilities/add             | ["NET_RAW"] | adds capabilities
            /containers/0/resources/limits                             |           | no limit of memory
            /containers/0/resources/requests                           |           | reserves no CPU or memory
            /initContainers/0/startupProbe                             |           | no startupProbe
            /initContainers/0/livenessProbe                            |           | no livenessProbe
            /initContainers/0/readinessProbe                           |           | no readinessProbe
            /initContainers/0/ports/1/hostPort                         | 8189      | port of the node unasked
            """)
    void everyPodRule(String path, String value, String sentence) throws Exception {
        ObjectNode object = statefulSet();
        assertEquals(List.of(), PodPolicy.broken(new Rendered(List.of(object)), false, false));
        change(object, "/spec/template/spec" + path, value);
        List<String> broken = PodPolicy.broken(new Rendered(List.of(object)), false, false);
        assertEquals(1, broken.size(), broken::toString);
        assertTrue(broken.getFirst().contains(sentence), broken::toString);
    }

    /** Unknown fields, wrong types, missing fields, unknown kinds. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /spec/replica                                       | 1
            /spec/template/spec/containers/0/livenesProbe       | {}
            /spec/template/spec/initContainers/0/ports/0/port   | 80
            /spec/replicas                                      | "one"
            /spec/template/spec/containers                      | {}
            /spec/selector                                      |
            /spec/template/spec/containers                      |
            /kind                                               | "StatefulSets"
            /apiVersion                                         | "apps/v1beta1"
            """)
    void strictParsing(String path, String value) throws Exception {
        ObjectNode object = statefulSet();
        assertTrue(
                StrictKinds.problem(object).isEmpty(),
                () -> StrictKinds.problem(object).toString());
        change(object, path, value);
        assertTrue(StrictKinds.problem(object).isPresent(), () -> "Accepted with " + path + ": " + value);
    }

    private static void change(JsonNode object, String path, String value) throws Exception {
        int slash = path.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) (slash == 0 ? object : object.at(path.substring(0, slash)));
        if (value == null) {
            assertTrue(parent.has(path.substring(slash + 1)), () -> "There is no " + path);
            parent.remove(path.substring(slash + 1));
        } else {
            parent.set(path.substring(slash + 1), Chart.YAML.readTree(value));
        }
    }
}
