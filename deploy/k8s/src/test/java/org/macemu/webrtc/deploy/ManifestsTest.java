package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests for those without Helm are what the chart renders from the examples.
 * {@code deploy/k8s/render-manifests} writes them again.
 */
class ManifestsTest {

    private static final Path MANIFESTS = Chart.MODULE.resolve("manifests");

    @ParameterizedTest
    @ValueSource(strings = {"kind", "bare-metal", "cloud", "host-port"})
    void manifestsAreTheCharts(String example) throws IOException {
        String values = Files.readString(Chart.EXAMPLES.resolve(example + ".yaml"));
        String rendered = plain(example, Chart.template(values, Chart.RELEASE, Chart.NAMESPACE, Chart.KUBERNETES));
        Path file = MANIFESTS.resolve(example + ".yaml");
        if (Boolean.getBoolean("manifests.write")) {
            Files.writeString(file, rendered);
        }
        assertTrue(Files.exists(file), () -> file + " is missing: run deploy/k8s/render-manifests");
        assertEquals(
                rendered, Files.readString(file), "The chart renders something else: run deploy/k8s/render-manifests");
        assertTrue(Chart.parse(rendered).ofKind("Pod").findAny().isEmpty(), "the test of Helm is Helm's alone");
    }

    /** Without hooks, and without the words that are for Helm alone. */
    private static String plain(String example, String rendered) {
        String head = "# Rendered from the chart with examples/" + example + ".yaml by deploy/k8s/render-manifests.\n"
                + "#   kubectl create namespace " + Chart.NAMESPACE + "\n"
                + "#   kubectl apply -f deploy/k8s/manifests/" + example + ".yaml\n";
        return Arrays.stream(rendered.split("(?m)^---\n"))
                .filter(document -> !document.isBlank() && !document.contains("helm.sh/hook"))
                .map(document -> document.lines()
                        .filter(line -> !line.startsWith("# Source: ") && !line.contains("helm.sh/chart: "))
                        .map(line -> line.replace("managed-by: Helm", "managed-by: kubectl")
                                .stripTrailing())
                        .collect(Collectors.joining("\n", "---\n", "\n")))
                .collect(Collectors.joining("", head, ""));
    }
}
