package org.macemu.webrtc.system.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Containers of the product's images, hardened as in docker/compose.yaml, on an engine that runs already: the one that
 * the command {@code docker} reaches, by DOCKER_HOST or its usual socket. Names are of this object's own; closing it
 * removes containers and volumes.
 */
public final class Containers implements AutoCloseable {

    private static final String VERSION = System.getProperty("images.version");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String prefix = "macemu-st-" + ProcessHandle.current().pid() + "-";
    private final Set<String> names = new LinkedHashSet<>();
    private final List<String> volumes = new ArrayList<>();

    /** Null when an engine answers and has these images of the product, else what is missing. */
    public static String missing(String... images) {
        try {
            return sought(images);
        } catch (AssertionError e) {
            return "the container engine does not answer: " + e.getMessage();
        }
    }

    private static String sought(String... images) {
        Command version;
        try {
            version = Command.run(Product.root(), PATIENCE, "docker", "version", "--format", "{{.Server.Version}}");
        } catch (IOException e) {
            return "there is no command docker";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
        if (version.status() != 0) {
            return "no container engine answers (" + version.lastLine() + ")";
        }
        for (String image : images) {
            if (engine("image", "inspect", image(image)).status() != 0) {
                return "the image " + image(image) + " is not there; docker/README.md says how to build it";
            }
        }
        return null;
    }

    private static String image(String name) {
        return "macemu-webrtc/" + name + ":" + VERSION;
    }

    private static Command engine(String... arguments) {
        List<String> words = new ArrayList<>(List.of("docker"));
        words.addAll(List.of(arguments));
        try {
            return Command.run(Product.root(), PATIENCE, words.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What a command of the engine printed. Fails with its words when it did not succeed. */
    private static String done(String... arguments) {
        Command command = engine(arguments);
        assertEquals(0, command.status(), () -> "docker " + String.join(" ", arguments) + ": " + command.output());
        return command.output().strip();
    }

    /** A folder in memory, which containers of the images' user can share. */
    public String memory(String name, int mebibytes) {
        String volume = prefix + name;
        String options = "o=size=" + mebibytes + "m,mode=0700,uid=10001,gid=10001";
        done("volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", options, volume);
        volumes.add(volume);
        return volume;
    }

    /**
     * Starts a container.
     *
     * @param name of the container, which is the image's too
     * @param network {@code host} or {@code none}
     * @param mounts folders in the container, by volume
     */
    public void run(String name, String network, Map<String, String> mounts, Map<String, String> environment) {
        List<String> arguments = new ArrayList<>(List.of(
                "run", "--detach",
                "--name", prefix + name,
                "--network", network,
                "--read-only",
                "--cap-drop", "ALL",
                "--security-opt", "no-new-privileges:true",
                "--memory", "512m",
                "--pids-limit", "512",
                "--health-interval", "1s",
                "--tmpfs", "/tmp:mode=1777,size=128m,exec"));
        mounts.forEach((volume, folder) -> arguments.addAll(List.of("--volume", volume + ":" + folder + ":nocopy")));
        environment.forEach((variable, value) -> arguments.addAll(List.of("--env", variable + "=" + value)));
        arguments.add(image(name));
        names.add(name);
        done(arguments.toArray(String[]::new));
    }

    /** Starts a container again that has ended; one that runs is left alone. */
    public void start(String name) {
        done("start", prefix + name);
    }

    /** Ends a container's processes at once. */
    public void kill(String name) {
        done("kill", prefix + name);
    }

    /** A value of {@code docker inspect}, by a template of Go's. */
    public String inspect(String name, String format) {
        return done("inspect", "--format", format, prefix + name);
    }

    /** What a command in a container printed. */
    public String exec(String name, String... words) {
        return done(inContainer(name, words));
    }

    /** A command in a container that may fail. */
    public Command attempt(String name, String... words) {
        return engine(inContainer(name, words));
    }

    private String[] inContainer(String name, String... words) {
        List<String> arguments = new ArrayList<>(List.of("exec", prefix + name));
        arguments.addAll(List.of(words));
        return arguments.toArray(String[]::new);
    }

    /** The end of every container's log. */
    public String logTails() {
        StringBuilder tails = new StringBuilder();
        names.forEach(name -> tails.append("\n--- ")
                .append(name)
                .append('\n')
                .append(engine("logs", "--tail", "15", prefix + name).output()));
        return tails.toString();
    }

    @Override
    public void close() {
        names.forEach(name -> engine("rm", "--force", prefix + name));
        volumes.forEach(volume -> engine("volume", "rm", "--force", volume));
    }
}
