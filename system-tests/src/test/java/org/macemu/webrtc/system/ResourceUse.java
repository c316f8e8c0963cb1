package org.macemu.webrtc.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a process holds, of {@code /proc} (proc(5)).
 *
 * @param threads threads
 * @param descriptors open files, sockets and the like
 * @param residentKilobytes memory that is in RAM
 * @param sharedMappings segments of {@code /dev/shm} that are mapped, deleted ones included
 * @param children processes it has started and not reaped
 */
record ResourceUse(int threads, int descriptors, long residentKilobytes, int sharedMappings, int children) {

    /** As it is now. */
    static ResourceUse of(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        int descriptors;
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            descriptors = (int) open.count();
        }
        int shared = (int) Files.readAllLines(proc.resolve("maps")).stream()
                .filter(line -> line.contains(" /dev/shm/"))
                .count();
        int children = (int) ProcessHandle.of(pid).map(p -> p.children().count()).orElse(0L).longValue();
        return new ResourceUse(
                (int) field(proc, "Threads"), descriptors, field(proc, "VmRSS"), shared, children);
    }

    private static long field(Path proc, String name) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%d threads, %d descriptors, %.1f MB, %d shared mappings, %d children",
                threads, descriptors, residentKilobytes / 1024.0, sharedMappings, children);
    }
}
