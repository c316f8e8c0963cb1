package org.macemu.webrtc.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Objects of Kubernetes, in the order they were rendered. */
record Rendered(List<ObjectNode> objects) {

    Stream<ObjectNode> ofKind(String kind) {
        return objects.stream().filter(object -> kind.equals(object.path("kind").asText()));
    }

    Optional<ObjectNode> find(String kind, String name) {
        return ofKind(kind).filter(object -> name.equals(name(object))).findFirst();
    }

    /** @throws AssertionError naming what is there, when it is not */
    ObjectNode get(String kind, String name) {
        return find(kind, name)
                .orElseThrow(() -> new AssertionError("No " + kind + " " + name + "; there are "
                        + objects.stream().map(Rendered::title).toList()));
    }

    /** These objects, and those of the pattern that further Macs and their edges are made after. */
    Rendered withPattern() {
        List<ObjectNode> all = new ArrayList<>(objects);
        for (ObjectNode map : ofKind("ConfigMap").toList()) {
            for (String key : List.of("statefulset.yaml", "claim.yaml", "services.yaml", "edges.yaml")) {
                all.addAll(Chart.parse(map.path("data").path(key).asText()).objects());
            }
        }
        return new Rendered(List.copyOf(all));
    }

    /** Every pod, with the object it belongs to. */
    List<Pod> pods() {
        List<Pod> pods = new ArrayList<>();
        for (ObjectNode object : objects) {
            JsonNode template = object.path("spec").path("template");
            if ("Pod".equals(object.path("kind").asText())) {
                pods.add(new Pod(title(object), object.path("metadata"), object.path("spec")));
            } else if (template.has("spec")) {
                pods.add(new Pod(title(object), template.path("metadata"), template.path("spec")));
            }
        }
        return pods;
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    static String title(JsonNode object) {
        return object.path("kind").asText() + "/" + name(object);
    }

    /** A pod or a pod's template. */
    record Pod(String title, JsonNode metadata, JsonNode spec) {

        /** Init containers first. */
        List<JsonNode> containers() {
            List<JsonNode> all = new ArrayList<>();
            spec.path("initContainers").forEach(all::add);
            spec.path("containers").forEach(all::add);
            return all;
        }

        JsonNode container(String name) {
            return containers().stream()
                    .filter(container -> name.equals(container.path("name").asText()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(title + " has no container " + name));
        }

        /** The value of an environment variable, or its source as text; empty when it is not set. */
        String env(String container, String variable) {
            for (JsonNode entry : container(container).path("env")) {
                if (variable.equals(entry.path("name").asText())) {
                    return entry.has("value")
                            ? entry.path("value").asText()
                            : entry.path("valueFrom").toString();
                }
            }
            return "";
        }
    }
}
