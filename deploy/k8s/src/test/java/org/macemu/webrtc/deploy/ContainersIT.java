package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The images of emulator and media-service as two containers that share /dev/shm and the folder of the control socket
 * and nothing else, hardened as in docker/compose.yaml. Needs an engine that runs already (docker, by DOCKER_HOST or
 * its usual socket) and images that were built with the Dockerfiles; else it is skipped and says so.
 */
class ContainersIT {

    private static final String VERSION = System.getProperty("images.version", "0.1.0-SNAPSHOT");
    private static final String ID = "macemu-it-" + ProcessHandle.current().pid();
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private static int port;

    /** What is not there to run these tests; null: nothing. */
    private static String missing;

    /** What a command said, its errors included, and how it ended. */
    private record Outcome(int status, String words) {}

    private static Outcome engine(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, "no answer within 60 s: " + String.join(" ", command));
            }
            return new Outcome(
                    process.exitValue(),
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return new Outcome(-1, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String done(String... arguments) {
        Outcome outcome = engine(arguments);
        assertEquals(0, outcome.status(), () -> "docker " + String.join(" ", arguments) + ": " + outcome.words());
        return outcome.words();
    }

    /** Each test is counted as skipped, by its name. */
    @BeforeEach
    void skip() {
        if (missing != null) {
            abort(missing);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Outcome version = engine("version", "--format", "{{.Server.Version}}");
        if (version.status() != 0) {
            missing = "no container engine answers ("
                    + version.words().lines().findFirst().orElse("") + ")";
        }
        for (String image : List.of("media-service", "emulator")) {
            String name = "macemu-webrtc/" + image + ":" + VERSION;
            if (missing == null && engine("image", "inspect", name).status() != 0) {
                missing = "the image " + name + " is not there; docker/README.md says how to build it";
            }
        }
        if (missing != null) {
            System.out.println("ContainersIT is skipped: " + missing);
            return;
        }
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        for (String volume : List.of("shm", "socket")) {
            done(
                    "volume",
                    "create",
                    "--driver",
                    "local",
                    "--opt",
                    "type=tmpfs",
                    "--opt",
                    "device=tmpfs",
                    "--opt",
                    "o=size=64m,mode=0700,uid=10001,gid=10001",
                    ID + "-" + volume);
        }
        run("media", "host", "media-service", "MACEMU_MEDIA_PORT=" + port, "MACEMU_RTC_PORT=0");
        await("the media-service to be ready", () -> status("/q/health/ready") == 200);
        run("emulator", "none", "emulator", "LANG=C.UTF-8");
        await("the emulator to connect", () -> metric("macemu_emulator_connected") == 1);
    }

    private static void run(String name, String network, String image, String... environment) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--detach",
                "--name",
                ID + "-" + name,
                "--network",
                network,
                "--read-only",
                "--cap-drop",
                "ALL",
                "--security-opt",
                "no-new-privileges:true",
                "--memory",
                "512m",
                "--pids-limit",
                "512",
                "--tmpfs",
                "/tmp:mode=1777,size=128m,exec",
                "--volume",
                ID + "-shm:/dev/shm:nocopy",
                "--volume",
                ID + "-socket:/run/macemu:nocopy",
                "--env",
                "MACEMU_CONTROL_SOCK=/run/macemu/control.sock"));
        for (String variable : environment) {
            arguments.addAll(List.of("--env", variable));
        }
        arguments.add("macemu-webrtc/" + image + ":" + VERSION);
        done(arguments.toArray(String[]::new));
    }

    @AfterAll
    static void end() {
        if (port != 0) {
            engine("rm", "--force", ID + "-media", ID + "-emulator");
            engine("volume", "rm", "--force", ID + "-shm", ID + "-socket");
        }
    }

    @Test
    void picturesFlowFromOneContainerToTheOther() {
        await("pictures of the emulator", () -> metric("macemu_capture_fps") > 20);
        String files = done(
                "exec",
                ID + "-media",
                "stat",
                "-c",
                "%a %u %n",
                "/dev/shm/macemu-video",
                "/dev/shm/macemu-audio",
                "/run/macemu/control.sock");
        assertTrue(files.lines().allMatch(line -> line.startsWith("600 10001 ")), files);
        assertEquals(
                files,
                done(
                        "exec",
                        ID + "-emulator",
                        "stat",
                        "-c",
                        "%a %u %n",
                        "/dev/shm/macemu-video",
                        "/dev/shm/macemu-audio",
                        "/run/macemu/control.sock"));
    }

    @Test
    void imagesAreHardened() {
        for (String name : List.of("media", "emulator")) {
            assertEquals("10001:10001", done("exec", ID + "-" + name, "bash", "-c", "echo $(id -u):$(id -g)"));
            assertTrue(
                    engine("exec", ID + "-" + name, "touch", "/etc/x").words().contains("Read-only file system"), name);
            assertTrue(
                    done("exec", ID + "-" + name, "grep", "CapEff", "/proc/1/status")
                            .endsWith("0000000000000000"),
                    name);
        }
    }

    @Test
    void aKilledEmulatorComesBack() {
        done("kill", ID + "-emulator");
        await("the emulator's end to be seen", () -> metric("macemu_emulator_connected") == 0);
        assertEquals(200, status("/q/health/live"), "the media-service lives on");
        assertEquals(200, status("/q/health/ready"), "and takes viewers");
        done("start", ID + "-emulator");
        await("the emulator to be back", () -> metric("macemu_emulator_connected") == 1);
        await("its pictures", () -> metric("macemu_capture_fps") > 20);
    }

    @Test
    void aKilledMediaServiceFindsTheEmulatorAgain() {
        String since = done("inspect", "--format", "{{.State.StartedAt}}", ID + "-emulator");
        done("kill", ID + "-media");
        done("start", ID + "-media");
        await("the media-service to be back", () -> status("/q/health/ready") == 200);
        await("the emulator to connect again", () -> metric("macemu_emulator_connected") == 1);
        await("its pictures", () -> metric("macemu_capture_fps") > 20);
        assertEquals(
                since,
                done("inspect", "--format", "{{.State.StartedAt}}", ID + "-emulator"),
                "the Mac went on meanwhile");
    }

    private static HttpResponse<String> get(String path) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int status(String path) {
        HttpResponse<String> answer = get(path);
        return answer == null ? 0 : answer.statusCode();
    }

    /** A gauge of the media-service; -1 while it does not answer. */
    private static double metric(String name) {
        HttpResponse<String> answer = get("/q/metrics");
        Matcher line =
                Pattern.compile("(?m)^" + name + "(?:\\{.*})? (\\S+)$").matcher(answer == null ? "" : answer.body());
        return line.find() ? Double.parseDouble(line.group(1)) : -1;
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Waited " + PATIENCE.toSeconds() + " s for " + what
                        + "; the containers said:\n"
                        + engine("logs", "--tail", "15", ID + "-media").words() + "\n"
                        + engine("logs", "--tail", "15", ID + "-emulator").words());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
