package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Mac's pod, rendered from the chart and run by {@code podman kube play}: the nearest to a kubelet without a cluster.
 * Needs podman and the images in its store (docker/README.md); else every test is skipped by name, and the console says
 * what is missing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodmanIT {

    private static final String NAME = "macemu-it-" + ProcessHandle.current().pid();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> CONTAINERS = List.of("media", "emulator");

    @TempDir
    private static Path folder;

    private String missing;

    /** A command's exit status and both of its streams. */
    private record Outcome(int status, String words) {}

    private Outcome podman(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("podman"));
        command.addAll(List.of(arguments));
        // A file and not a pipe: what podman leaves running would keep a pipe open.
        Path log = Files.createTempFile(folder, "podman", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Outcome(-1, "no end within " + PATIENCE.toSeconds() + " s: " + command);
        }
        return new Outcome(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8).strip());
    }

    private String done(String... arguments) throws IOException, InterruptedException {
        Outcome outcome = podman(arguments);
        assertEquals(0, outcome.status(), () -> String.join(" ", arguments) + ": " + outcome.words());
        return outcome.words();
    }

    @BeforeAll
    void play() throws IOException, InterruptedException {
        Rendered.Pod pod = Chart.render("""
                        access: {open: true}
                        mac: {nativeSidecar: false}
                        rtc: {exposure: ClusterIP}
                        """)
                .pods()
                .stream()
                .filter(each -> each.title().startsWith("StatefulSet/"))
                .findFirst()
                .orElseThrow();
        missing = missing(pod);
        if (missing != null) {
            System.err.println("SKIPPED: PodmanIT, the chart's pod on podman: " + missing);
            return;
        }
        for (JsonNode volume : pod.spec().path("volumes")) {
            done(
                    "volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs",
                    "--opt", "o=mode=0700,uid=10001,gid=10001", volumeName(volume));
        }
        Path file = folder.resolve("pod.yaml");
        Chart.YAML.writeValue(file.toFile(), playable(pod));
        done("kube", "play", "--network", "none", file.toString());
    }

    private String missing(Rendered.Pod pod) throws InterruptedException {
        try {
            Outcome info = podman("info");
            if (info.status() != 0) {
                return "podman does not work: " + info.words().lines().reduce("", (a, b) -> b);
            }
            for (JsonNode container : pod.containers()) {
                String image = container.path("image").asText();
                if (podman("image", "exists", image).status() != 0) {
                    return "podman does not have the image " + image + "; docker/README.md says how to build it";
                }
            }
            return null;
        } catch (IOException e) {
            return "there is no command podman";
        }
    }

    /**
     * The pod in words that podman 4.3 understands: it knows no field references, no folders below a volume, and takes
     * an emptyDir in memory for one on the disk. The pod gets no network, so that no port of the machine is taken.
     */
    private static JsonNode playable(Rendered.Pod pod) {
        ObjectNode spec = pod.spec().deepCopy();
        for (JsonNode container : spec.path("containers")) {
            ((ObjectNode) container).remove("ports");
            for (JsonNode variable : container.path("env")) {
                if (variable.has("valueFrom")) {
                    ((ObjectNode) variable).put("value", "127.0.0.1").remove("valueFrom");
                }
            }
            for (JsonNode mount : container.path("volumeMounts")) {
                ((ObjectNode) mount).remove("subPath");
            }
            // Probes are of the kubelet: podman would run them in the image with a shell and curl.
            ((ObjectNode) container).remove(List.of("startupProbe", "livenessProbe", "readinessProbe"));
        }
        for (JsonNode volume : spec.path("volumes")) {
            ((ObjectNode) volume).remove("emptyDir");
            ((ObjectNode) volume).putObject("persistentVolumeClaim").put("claimName", volumeName(volume));
        }
        ObjectNode object = Chart.YAML.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        object.putObject("metadata").put("name", NAME);
        object.set("spec", spec);
        return object;
    }

    private static String volumeName(JsonNode volume) {
        return NAME + "-" + volume.path("name").asText();
    }

    @AfterAll
    void remove() throws IOException, InterruptedException {
        if (missing == null) {
            podman("pod", "rm", "--force", "--time", "1", NAME);
            for (String volume : List.of("shm", "socket", "tmp")) {
                podman("volume", "rm", "--force", NAME + "-" + volume);
            }
        }
    }

    @BeforeEach
    void skip() {
        assumeTrue(missing == null, missing);
    }

    private String exec(String container, String script) throws IOException, InterruptedException {
        return done("exec", NAME + "-" + container, "bash", "-c", script);
    }

    /** A gauge of the media-service; -1 while there is none. */
    private double gauge(String name) throws IOException, InterruptedException {
        Outcome metrics = podman(
                "exec",
                NAME + "-media",
                "bash",
                "-c",
                "exec 3<>/dev/tcp/127.0.0.1/8010 && printf 'GET /q/metrics HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3"
                        + " && cat <&3");
        Matcher line = Pattern.compile("(?m)^" + name + "(?:\\{.*})? (\\S+)$").matcher(metrics.words());
        return line.find() ? Double.parseDouble(line.group(1)) : -1;
    }

    private void awaitMoreThan(String gauge, double least) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (double value; (value = gauge(gauge)) <= least; TimeUnit.MILLISECONDS.sleep(200)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(gauge + " is " + value + " after " + PATIENCE.toSeconds() + " s\n"
                        + podman("logs", "--tail", "15", NAME + "-media").words() + "\n"
                        + podman("logs", "--tail", "15", NAME + "-emulator").words());
            }
        }
    }

    @Test
    void picturesFlowThroughThePod() throws IOException, InterruptedException {
        awaitMoreThan("macemu_emulator_connected", 0);
        awaitMoreThan("macemu_capture_fps", 5);
        exec("media", "health-check 8010 /q/health/ready");
        String files = "stat -c '%a %u %i %n' /dev/shm/macemu-* /run/macemu/control.sock";
        assertEquals(exec("media", files), exec("emulator", files));
    }

    @Test
    void securityContextHolds() throws IOException, InterruptedException {
        for (String container : CONTAINERS) {
            assertEquals("10001:10001", exec(container, "echo $(id -u):$(id -g)"), container);
            String status = exec(container, "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/1/status");
            assertEquals(2, status.split("0000000000000000", -1).length - 1, status);
            assertTrue(status.contains("NoNewPrivs:\t1"), status);
            String refusal = exec(container, "touch /etc/x 2>&1 || true");
            assertTrue(refusal.contains("Read-only file system"), refusal);
        }
    }

    @Test
    void aKilledEmulatorComesBack() throws IOException, InterruptedException {
        awaitMoreThan("macemu_emulator_connected", 0);
        String before = done("inspect", "--format", "{{.State.Pid}}", NAME + "-emulator");
        done("kill", NAME + "-emulator");
        done("start", NAME + "-emulator");
        awaitMoreThan("macemu_emulator_connected", 0);
        awaitMoreThan("macemu_capture_fps", 5);
        assertNotEquals(before, done("inspect", "--format", "{{.State.Pid}}", NAME + "-emulator"));
    }
}
