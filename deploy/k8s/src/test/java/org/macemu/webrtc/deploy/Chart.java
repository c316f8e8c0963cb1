package org.macemu.webrtc.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The chart of this repository, rendered and linted by Helm's own engine. */
final class Chart {

    /** Kubernetes that is rendered for where a test does not say another. */
    static final String KUBERNETES = "1.33.0";

    static final String RELEASE = "mac";
    static final String NAMESPACE = "macemu";

    static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    static final Path FOLDER = MODULE.resolve("macemu-webrtc");
    static final Path EXAMPLES = MODULE.resolve("examples");

    static final ObjectMapper YAML = YAMLMapper.builder(new YAMLFactory()).build();

    private Chart() {}

    /** Objects rendered with these values, a YAML text, on top of the chart's own; hooks included. */
    static Rendered render(String values) {
        return render(values, KUBERNETES);
    }

    static Rendered render(String values, String kubernetes) {
        return parse(template(values, RELEASE, NAMESPACE, kubernetes));
    }

    /** What helm template prints. Fails with Helm's message. */
    static String template(String values, String release, String namespace, String kubernetes) {
        Path file = null;
        try {
            file = Files.createTempFile("values", ".yaml");
            Files.writeString(file, values);
            TemplateCommand command = new Helm(FOLDER)
                    .template()
                    .withName(release)
                    .withNamespace(namespace)
                    .withKubeVersion(kubernetes)
                    .withValuesFile(file);
            return command.call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(file);
        }
    }

    /** Lints a copy of the chart whose defaults are these values on top of its own: lint takes no values. */
    static LintResult lint(String values, Path scratch) throws IOException {
        Path copy = scratch.resolve("macemu-webrtc");
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(FOLDER.relativize(file).toString()));
            }
        }
        JsonNode merged = YAML.readTree(FOLDER.resolve("values.yaml").toFile());
        JsonNode more = YAML.readTree(values);
        if (more instanceof ObjectNode object) {
            merge((ObjectNode) merged, object);
        }
        YAML.writeValue(copy.resolve("values.yaml").toFile(), merged);
        return new Helm(copy).lint().strict().call();
    }

    /** As Helm does it: maps are merged, everything else is replaced. */
    private static void merge(ObjectNode into, ObjectNode more) {
        more.properties().forEach(entry -> {
            JsonNode old = into.get(entry.getKey());
            if (old instanceof ObjectNode oldObject && entry.getValue() instanceof ObjectNode newObject) {
                merge(oldObject, newObject);
            } else {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }

    static Rendered parse(String manifests) {
        List<ObjectNode> objects = new ArrayList<>();
        try (var parser = YAML.getFactory().createParser(manifests)) {
            YAML.readerFor(JsonNode.class).<JsonNode>readValues(parser).forEachRemaining(node -> {
                if (node instanceof ObjectNode object) {
                    objects.add(object);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Not YAML:\n" + manifests, e);
        }
        return new Rendered(List.copyOf(objects));
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
