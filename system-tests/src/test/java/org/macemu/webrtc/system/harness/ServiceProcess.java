package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One program of the product as a process of its own; can be started again after it ended. Both of its streams go to a
 * log file, which is kept. Whoever made it closes it; what is still running when the test JVM ends is killed then.
 */
public final class ServiceProcess implements AutoCloseable {

    private static final int TAIL_LINES = 25;
    private static final Duration GRACE = Duration.ofSeconds(40);
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ServiceProcess::killTree)));
    }

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final Path log;
    private Process process;

    /**
     * @param directory the program's working folder
     * @param log gets both streams, of every start
     */
    public ServiceProcess(
            String name, List<String> command, Map<String, String> environment, Path directory, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.log = log;
    }

    /** The command line that runs a Java program with this JVM's {@code java}. */
    static List<String> java(List<String> flags, Path jar) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:-CreateCoredumpOnCrash");
        command.addAll(flags);
        command.add("-jar");
        command.add(jar.toString());
        return command;
    }

    public String name() {
        return name;
    }

    /** Starts the program and returns at once. */
    public ServiceProcess start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " is running already");
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("MACEMU_")
                || variable.startsWith("QUARKUS_") || variable.startsWith("BASILISK_"));
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command, e);
        }
        RUNNING.add(process);
        return this;
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** What it said so far, of every start. */
    public String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e + ")";
        }
    }

    /** The end of its log, headed by its name and whether it runs. */
    public String logTail() {
        List<String> lines = log().lines().toList();
        String state = process == null ? "not started" : process.isAlive() ? "running" : "exit status "
                + process.exitValue();
        return "\n--- " + name + " (" + state + "), " + log + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** Waits for a line of its log that contains the text. */
    public void awaitLog(String text, Duration timeout) {
        Await.until(
                name + " says \"" + text + "\"",
                timeout,
                () -> {
                    // Asked before the log is read: what it says last is in the log by then.
                    boolean alive = isAlive();
                    if (log().contains(text)) {
                        return null;
                    }
                    if (!alive) {
                        throw new AssertionError("it has ended without");
                    }
                    return "no such line yet";
                },
                this::logTail);
    }

    /** Waits until it ends by itself and returns its exit status, 128 and the number of a signal that ended it. */
    public int awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs after " + timeout.toSeconds() + " s" + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        RUNNING.remove(process);
        return process.exitValue();
    }

    /** Sends a signal such as INT. */
    public void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM, and the exit status once it has ended. */
    public int terminate() {
        process.destroy();
        return awaitExit(GRACE);
    }

    /** SIGKILL: it cannot clean up. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(GRACE);
    }

    /** SIGTERM, then SIGKILL for it and every child it left. */
    @Override
    public void close() {
        if (!isAlive()) {
            return;
        }
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
        RUNNING.remove(process);
    }

    private static void killTree(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
