package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/** Puts an empty HFS volume into an image with {@code hformat} of Debian's hfsutils, where that is installed. */
public final class HfsVolume {

    /** What the Macintosh's own file manager takes for a volume: up to 27 characters, no colon. */
    private static final Pattern LABEL = Pattern.compile("[\\x20-\\x7e&&[^:]]{1,27}");

    /** Blocks are numbered with 16 bits and addressed with 32: what every system since 6 mounts. */
    private static final long MAX_SIZE = 2047L * 1024 * 1024;

    private static final long LIMIT_SECONDS = 30;

    private final Optional<Path> program;

    private HfsVolume(Optional<Path> program) {
        this.program = program;
    }

    /** With the program from this search path. */
    public static HfsVolume find(String searchPath) {
        return new HfsVolume(Arrays.stream(searchPath.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "hformat"))
                .filter(Files::isExecutable)
                .findFirst());
    }

    /** Whether the image gets a volume; fails when it cannot have the one that was asked for. */
    boolean check(String format, String label, long size) throws StorageException {
        if (format.isEmpty() || format.equals("none")) {
            return false;
        }
        if (!format.equals("hfs")) {
            throw new StorageException(
                    Kind.INVALID_REQUEST, "The format is " + FileName.quoted(format) + "; none or hfs is expected.");
        }
        if (program.isEmpty()) {
            throw new StorageException(
                    Kind.FORMAT_UNAVAILABLE,
                    "The media-service has no hformat, which puts HFS on an image: install Debian's hfsutils there, or"
                            + " leave the format out and let the Mac initialise the disk.");
        }
        if (size > MAX_SIZE) {
            throw new StorageException(
                    Kind.INVALID_REQUEST, "An HFS volume has at most " + MAX_SIZE + " bytes; leave the format out.");
        }
        if (!LABEL.matcher(label).matches()) {
            throw new StorageException(
                    Kind.INVALID_REQUEST,
                    "The label is " + FileName.quoted(label) + "; 1 to 27 ASCII characters without a colon are expected.");
        }
        return true;
    }

    /** Writes the empty volume. */
    void format(Path image, String label) throws IOException, StorageException {
        // It keeps a note of the current volume in HOME.
        Path home = Files.createTempDirectory("hformat");
        Path output = home.resolve("output");
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            program.orElseThrow().toString(), "-l", label, image.toAbsolutePath().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("HOME", home.toString());
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new StorageException(Kind.STORAGE_UNAVAILABLE, "hformat did not end within " + LIMIT_SECONDS + " s.");
            }
            if (process.exitValue() != 0) {
                String words = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
                throw new StorageException(
                        Kind.STORAGE_UNAVAILABLE,
                        "hformat failed: " + words.substring(0, Math.min(words.length(), 200)).replace('\n', ' '));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Kind.STORAGE_UNAVAILABLE, "The service ends.");
        } finally {
            Files.deleteIfExists(home.resolve(".hcwd"));
            Files.deleteIfExists(output);
            Files.deleteIfExists(home);
        }
    }
}
