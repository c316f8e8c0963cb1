package org.macemu.webrtc.synthetic;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Java program in a process of its own, with this process's class path: what must be killed, or may crash, runs here.
 * Its output (both streams) is collected by a thread. Whoever started it closes it, which kills it.
 */
public final class ForkedJvm implements AutoCloseable {

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private ForkedJvm(Process process) {
        this.process = process;
        Thread.ofVirtual().name("forked-jvm-output").start(this::collect);
    }

    /** A {@link SyntheticEmulatorMain} with these arguments. */
    public static ForkedJvm emulator(String... arguments) throws IOException {
        return start(SyntheticEmulatorMain.class, arguments);
    }

    /** Any class with a {@code main}. */
    public static ForkedJvm start(Class<?> main, String... arguments) throws IOException {
        return start(List.of(), main, arguments);
    }

    /** @param prefix words before {@code java}, such as a program that changes the user */
    public static ForkedJvm start(List<String> prefix, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:-CreateCoredumpOnCrash");
        command.add("-XX:ErrorFile=" + Path.of(System.getProperty("java.io.tmpdir"), "hs_err_pid%p.log"));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ForkedJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void collect() {
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            // The process was killed; what it said before is kept.
        }
        synchronized (lines) {
            ended = true;
            lines.notifyAll();
        }
    }

    /** What the program printed so far. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /**
     * Waits for a line that contains {@code text}.
     *
     * @throws TimeoutException when none came; the message holds what did
     */
    public String awaitLine(String text, Duration timeout) throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lines) {
            while (true) {
                for (String line : lines) {
                    if (line.contains(text)) {
                        return line;
                    }
                }
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (ended || millis <= 0) {
                    throw new TimeoutException("No line with \"" + text + "\" "
                            + (ended ? "before the program ended" : "within " + timeout.toMillis() + " ms")
                            + "; it said " + lines);
                }
                lines.wait(millis);
            }
        }
    }

    /**
     * Waits for the end of the process and of its output.
     *
     * @return its exit status; 128 and the signal's number when a signal ended it
     */
    public int awaitExit(Duration timeout) throws TimeoutException, InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("Still running after " + timeout.toMillis() + " ms; it said " + lines());
        }
        synchronized (lines) {
            long deadline = System.nanoTime() + timeout.toNanos();
            while (!ended && System.nanoTime() < deadline) {
                lines.wait(100);
            }
        }
        return process.exitValue();
    }

    public Process process() {
        return process;
    }

    /** SIGKILL: the program cannot clean up. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
