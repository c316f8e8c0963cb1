package org.macemu.webrtc.system.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Viewers in any number that behave like the page, as independent peer connections of Pion: {@code
 * bench/receivers/audience}. One process; its figures are those since it was last told to {@link #mark}.
 */
public final class LoadAudience implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader output;
    private final Writer input;

    private LoadAudience(Process process) {
        this.process = process;
        this.output = process.inputReader();
        this.input = process.outputWriter();
    }

    /** Builds the program; the test is skipped, by name, where Pion is not installed. */
    public static Path build() throws IOException, InterruptedException {
        assumeTrue(
                Files.isDirectory(Path.of("/usr/share/gocode/src/github.com/pion/webrtc"))
                        && Files.isExecutable(Path.of("/usr/bin/go")),
                "Pion is missing: apt-get install golang-go golang-github-pion-webrtc.v3-dev");
        Path folder = Product.root().resolve("bench/receivers/audience");
        Path program = Product.root().resolve("system-tests/target/audience");
        Process build = new ProcessBuilder(folder.resolve("build").toString(), program.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes());
        assertEquals(0, build.waitFor(), said);
        return program;
    }

    /** Starts viewers and waits until each has a picture. */
    public static LoadAudience join(Path program, Product product, int viewers) throws IOException {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "-url",
                        product.signaling().toString(),
                        "-viewers",
                        Integer.toString(viewers),
                        "-rate",
                        "10")
                .redirectError(product.logs().resolve("audience.log").toFile())
                .start();
        LoadAudience audience = new LoadAudience(process);
        JsonNode ready = audience.read();
        if (!ready.path("ready").asBoolean()) {
            audience.close();
            throw new AssertionError("Not everybody has a picture: " + ready + product.logTails());
        }
        return audience;
    }

    /** Begins a new period. */
    public void mark() {
        ask("mark");
    }

    /** The figures of the period; see the program's {@code report} for the fields. */
    public JsonNode report() {
        return ask("report");
    }

    private JsonNode ask(String question) {
        try {
            input.write(question + "\n");
            input.flush();
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode read() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new AssertionError("The audience has ended");
        }
        return JSON.readTree(line);
    }

    /** Everybody leaves. */
    @Override
    public void close() {
        try {
            input.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
