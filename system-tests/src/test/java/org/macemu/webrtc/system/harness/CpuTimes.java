package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU time that a process has taken, and its threads by their names: utime and stime of proc_pid_stat(5), in ticks of
 * 1/100 s.
 *
 * @param nanoTime when they were looked at
 * @param process with the threads that have ended
 * @param threads those that run
 */
public record CpuTimes(long nanoTime, long process, Map<String, Long> threads) {

    private static final double TICKS_PER_SECOND = 100;

    /**
     * What was taken between two looks, as shares of a core.
     *
     * @param cores the whole process
     * @param threads by their names
     */
    public record Use(double cores, Map<String, Double> threads) {

        /** The threads that took most, in words. */
        public String most(int count) {
            return threads.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                    .limit(count)
                    .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue()))
                    .collect(Collectors.joining(", "));
        }
    }

    /** As they are now. */
    public static CpuTimes of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Map<String, Long> threads = new HashMap<>();
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            tasks.forEach(task -> add(task, threads));
        }
        return new CpuTimes(System.nanoTime(), ticks(Files.readString(process.resolve("stat"))), threads);
    }

    private static void add(Path task, Map<String, Long> threads) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            threads.merge(name, ticks(stat), Long::sum);
        } catch (NoSuchFileException e) {
            // The thread has ended.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** What was taken since then. */
    public Use since(CpuTimes before) {
        double ticks = TICKS_PER_SECOND * (nanoTime - before.nanoTime) / 1e9;
        return new Use(
                (process - before.process) / ticks,
                threads.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                e -> (e.getValue() - before.threads.getOrDefault(e.getKey(), 0L)) / ticks)));
    }
}
