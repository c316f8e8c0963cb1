package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU time that the threads of a process have taken, by their names: utime and stime of proc_pid_stat(5).
 *
 * @param nanoTime when they were looked at
 * @param ticks of 1/100 s
 */
public record ThreadTimes(long nanoTime, Map<String, Long> ticks) {

    private static final double TICKS_PER_SECOND = 100;

    /** As they are now. */
    public static ThreadTimes of(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            Map<String, Long> ticks = new HashMap<>();
            tasks.forEach(task -> add(task, ticks));
            return new ThreadTimes(System.nanoTime(), ticks);
        }
    }

    private static void add(Path task, Map<String, Long> ticks) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks.merge(name, Long.parseLong(fields[11]) + Long.parseLong(fields[12]), Long::sum);
        } catch (NoSuchFileException e) {
            // The thread has ended.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shares of a core since then, by the threads' names. */
    public Map<String, Double> coresSince(ThreadTimes before) {
        double seconds = (nanoTime - before.nanoTime) / 1e9;
        return ticks.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> (e.getValue() - before.ticks.getOrDefault(e.getKey(), 0L)) / TICKS_PER_SECOND / seconds));
    }

    /** The threads that took most, in words. */
    public static String most(Map<String, Double> cores, int count) {
        List<Map.Entry<String, Double>> sorted = cores.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .limit(count)
                .toList();
        return sorted.stream()
                .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    }

    public static double sum(Map<String, Double> cores) {
        return cores.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
