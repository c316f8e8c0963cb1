package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that was run to its end.
 *
 * @param status exit status
 * @param output both streams
 */
public record Command(int status, String output) {

    /** Runs a program in a folder and waits for its end; kills it and fails when that takes too long. */
    public static Command run(Path folder, Duration timeout, String... words) throws IOException, InterruptedException {
        Path log = Files.createTempFile("macemu-st-", ".log");
        try {
            Process process = new ProcessBuilder(List.of(words))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            String output = Files.readString(log, StandardCharsets.UTF_8);
            if (!ended) {
                throw new AssertionError(
                        List.of(words) + " did not end within " + timeout.toSeconds() + " s: " + output);
            }
            return new Command(process.exitValue(), output);
        } finally {
            Files.delete(log);
        }
    }

    /** The last line that is not blank. */
    public String lastLine() {
        return output.lines().filter(line -> !line.isBlank()).reduce("", (a, b) -> b);
    }
}
