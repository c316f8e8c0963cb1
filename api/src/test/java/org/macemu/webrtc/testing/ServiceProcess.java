package org.macemu.webrtc.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged service, started as {@code java -jar target/quarkus-app/quarkus-run.jar}. */
public final class ServiceProcess implements AutoCloseable {

    private static final long LIMIT_MS = 30_000;

    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final Thread reader;

    private ServiceProcess(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts it with these system properties. */
    public static ServiceProcess start(String... properties) throws IOException {
        Path jar = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
        assertTrue(Files.exists(jar), () -> jar + " is missing; it is built by the package phase");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A quick start matters more here than speed later.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(properties));
        command.addAll(List.of("-jar", jar.toString()));
        return new ServiceProcess(command);
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
            }
        } catch (IOException e) {
            // The process was ended while it was read; what it printed until then is kept.
            output.append("(").append(e.getMessage()).append(")\n");
        }
    }

    /** Waits until it has printed this. */
    public void awaitOutput(String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        while (output.indexOf(text) < 0) {
            assertTrue(
                    process.isAlive() && System.nanoTime() < deadline,
                    () -> "\"" + text + "\" was not printed: " + output);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for its end. */
    public int exitCode() throws InterruptedException {
        assertTrue(process.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS), () -> "still running: " + output);
        reader.join();
        return process.exitValue();
    }

    /** Everything printed so far. */
    public String output() {
        return output.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
