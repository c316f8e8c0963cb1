package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said about the images without building them. */
class ImagesTest {

    private static final Path ROOT = Chart.MODULE.resolve("../..").normalize();
    private static final Path DOCKER = ROOT.resolve("docker");
    private static final int USER = 10_001;

    /** Instructions with their continuation lines joined; comments left out. */
    private static List<String> instructions(String image) throws IOException {
        String text = Files.readString(DOCKER.resolve(image + ".Dockerfile"))
                .replaceAll("(?m)^\\s*#.*\\n", "")
                .replaceAll("\\s*\\\\\\n\\s*", " ");
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    /** Instructions of the last stage and of the stages it is made from. */
    private static List<String> finalStage(List<String> all) {
        List<List<String>> stages = new ArrayList<>();
        for (String line : all) {
            if (line.startsWith("FROM ")) {
                stages.add(new ArrayList<>());
            }
            if (!stages.isEmpty()) {
                stages.getLast().add(line);
            }
        }
        List<String> chain = new ArrayList<>(stages.getLast());
        String base = chain.getFirst().split(" ")[1];
        for (List<String> stage : stages.reversed()) {
            if (stage.getFirst().endsWith(" AS " + base)) {
                chain.addAll(0, stage);
                base = stage.getFirst().split(" ")[1];
            }
        }
        return chain;
    }

    @ParameterizedTest
    @ValueSource(strings = {"media-service", "signaling-service", "control-service", "emulator"})
    void imageKeepsTheRules(String image) throws IOException {
        List<String> all = instructions(image);
        List<String> last = finalStage(all);

        List<String> users =
                last.stream().filter(line -> line.startsWith("USER ")).toList();
        assertEquals("USER " + USER + ":" + USER, users.getLast());
        assertTrue(last.stream().anyMatch(line -> line.startsWith("HEALTHCHECK ")), "no health check");
        assertTrue(last.stream().anyMatch(line -> line.startsWith("ENTRYPOINT [")), "a shell would eat the signals");
        for (String label : List.of("title", "description", "licenses", "version", "revision", "base.name")) {
            assertTrue(
                    last.stream()
                            .anyMatch(line -> line.startsWith("LABEL ")
                                    && line.contains("org.opencontainers.image." + label + "=")),
                    label);
        }
        for (String line : all) {
            assertFalse(line.startsWith("ADD "), () -> "COPY does what is meant: " + line);
            assertFalse(line.contains(":latest"), line);
            assertFalse(line.contains("sudo ") || line.contains("chmod 777"), line);
            if (line.contains("apt-get install")) {
                assertTrue(line.contains("--no-install-recommends"), line);
            }
        }
        for (String line : last) {
            if (line.contains("apt-get update")) {
                assertTrue(line.contains("rm -rf /var/lib/apt/lists/*"), () -> "package lists stay: " + line);
            }
        }
    }

    /** Every base is an argument with a default that names a version. */
    @ParameterizedTest
    @ValueSource(strings = {"media-service", "signaling-service", "control-service", "emulator"})
    void basesCanBeReplaced(String image) throws IOException {
        Set<String> stages = new HashSet<>(Set.of("scratch"));
        for (String line : instructions(image)) {
            if (line.startsWith("ARG ") && line.contains("_IMAGE=")) {
                assertTrue(line.matches("ARG [A-Z]+_IMAGE=[a-z/]+:[a-z0-9.-]+"), line);
            }
            if (line.startsWith("FROM ")) {
                String base = line.split(" ")[1];
                assertTrue(stages.contains(base) || base.matches("\\$\\{(JDK_IMAGE|BASE_IMAGE|APP)}"), line);
                if (line.contains(" AS ")) {
                    stages.add(line.substring(line.indexOf(" AS ") + 4));
                }
            }
        }
    }

    /** What is copied from the repository is there, and is not hidden by .dockerignore. */
    @ParameterizedTest
    @ValueSource(strings = {"media-service", "signaling-service", "control-service", "emulator"})
    void sourcesAreThere(String image) throws IOException {
        List<String> ignored = Files.readAllLines(ROOT.resolve(".dockerignore"));
        for (String line : instructions(image)) {
            Matcher copy =
                    Pattern.compile("COPY (?:--chmod=\\S+ )?([^-\\s]\\S*) \\S+").matcher(line);
            if (!copy.matches() || copy.group(1).contains("target/")) {
                continue;
            }
            String source = copy.group(1);
            assertTrue(Files.exists(ROOT.resolve(source)), line);
            assertFalse(ignored.contains(source), line);
            if (line.contains("--chmod=0755")) {
                assertTrue(Files.isExecutable(ROOT.resolve(source)), () -> source + " is not executable");
            }
        }
    }

    /** Maven reads every module of the reactor, whichever it builds. */
    @Test
    void modulesAreNotHidden() throws IOException {
        List<String> ignored = Files.readAllLines(ROOT.resolve(".dockerignore"));
        Matcher module = Pattern.compile("<module>(.+)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        int modules = 0;
        while (module.find()) {
            modules++;
            assertFalse(ignored.contains(module.group(1).split("/")[0]), module.group(1));
        }
        assertTrue(modules >= 6, "Only " + modules + " modules");
    }

    /** The training run and the service itself have the same options; a cache made with others is not used. */
    @ParameterizedTest
    @ValueSource(strings = {"media-service", "signaling-service", "control-service"})
    void trainedAsItIsStarted(String image) throws IOException {
        List<String> all = instructions(image);
        String training = all.stream()
                .filter(line -> line.startsWith("RUN train-aot "))
                .findFirst()
                .orElseThrow();
        String entry = all.stream()
                .filter(line -> line.startsWith("ENTRYPOINT "))
                .findFirst()
                .orElseThrow();
        String options = training.replaceFirst("RUN train-aot \\d+ \\S+ ", "");
        String started = entry.replaceAll("ENTRYPOINT \\[|]|\"", "").replace(", ", " ");
        assertEquals("java -XX:AOTCache=/app/app.aot " + options + " -jar /app/quarkus-run.jar", started);
    }

    /** Libraries that the media-service binds to at run time are installed; the list is that of the set-up script. */
    @Test
    void nativeLibrariesAreInstalled() throws IOException {
        String install = instructions("media-service").stream()
                .filter(line -> line.contains("apt-get install"))
                .findFirst()
                .orElseThrow();
        Matcher packages = Pattern.compile("PACKAGES_MEDIA=\"([^\"]+)\"")
                .matcher(Files.readString(ROOT.resolve("scripts/setup.sh")));
        assertTrue(packages.find());
        for (String name : packages.group(1).split(" ")) {
            assertTrue(List.of(install.split("\\s+")).contains(name), () -> name + " is not installed in the image");
        }
    }

    @Test
    void composeKeepsTheRules() throws IOException {
        // The merge of anchors is YAML 1.1's, done by hand here: the parser leaves "<<" alone.
        JsonNode compose = Chart.YAML.readTree(DOCKER.resolve("compose.yaml").toFile());
        JsonNode common = compose.path("x-service");
        assertTrue(common.path("read_only").asBoolean());
        assertEquals("[\"ALL\"]", common.path("cap_drop").toString());
        assertEquals(USER + ":" + USER, common.path("user").asText());
        assertTrue(common.path("security_opt").toString().contains("no-new-privileges:true"));
        Set<String> services = new HashSet<>();
        compose.path("services").properties().forEach(entry -> {
            JsonNode service = entry.getValue();
            services.add(entry.getKey());
            assertTrue(service.has("<<") || service.has("read_only"), entry.getKey());
            assertTrue(service.has("mem_limit") && service.has("pids_limit"), entry.getKey());
            assertFalse(service.path("privileged").asBoolean(), entry.getKey());
            Path dockerfile =
                    ROOT.resolve(service.path("build").path("dockerfile").asText());
            assertTrue(Files.exists(dockerfile), () -> dockerfile + " is missing");
        });
        assertEquals(Set.of("media", "emulator", "signaling", "control"), services);
        assertEquals(
                "none",
                compose.path("services").path("emulator").path("network_mode").asText());
        for (String target : List.of("/dev/shm", "/run/macemu")) {
            assertEquals(volume(compose, "media", target), volume(compose, "emulator", target));
            JsonNode driver = compose.path("volumes")
                    .path(volume(compose, "media", target))
                    .path("driver_opts");
            assertEquals("tmpfs", driver.path("type").asText());
            assertTrue(driver.path("o").asText().contains("uid=" + USER), target);
        }
    }

    private static String volume(JsonNode compose, String service, String target) {
        for (JsonNode volume : compose.path("services").path(service).path("volumes")) {
            if (volume.path("target").asText().equals(target)) {
                return volume.path("source").asText();
            }
        }
        throw new AssertionError(service + " has nothing at " + target);
    }
}
