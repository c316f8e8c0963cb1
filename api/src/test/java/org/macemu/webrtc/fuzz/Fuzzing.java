package org.macemu.webrtc.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a fuzz target: first its seeds in this process, where a debugger sees them, then Jazzer in a process of its own.
 *
 * <p>A target is a class with {@code public static void fuzzerTestOneInput(byte[])}. It throws nothing unless it found
 * something. Its seeds, findings of the past among them, are the files in {@code src/test/resources/fuzz} and its simple
 * name; what Jazzer learns stays in {@code target/fuzz} for the next run. {@code -Dmacemu.fuzz.seconds} says how long each
 * target runs, {@value #DEFAULT_SECONDS} s otherwise; {@code scripts/fuzz} sets it.
 */
public final class Fuzzing {

    /** Short: all targets together stay below 40 s with the start of their processes. */
    private static final int DEFAULT_SECONDS = 2;

    private static final int SECONDS = Integer.getInteger("macemu.fuzz.seconds", DEFAULT_SECONDS);

    /** A process that takes this much longer than it was told hangs. */
    private static final int GRACE_SECONDS = 90;

    /** Longer inputs than these bytes only make each try slower; limits of 64 KiB have tests of their own. */
    private static final int MAX_INPUT = 4096;

    private Fuzzing() {}

    /** Fails with the input when the target throws, hangs, or does what Jazzer's own checks know to be dangerous. */
    public static void run(Class<?> target) throws Exception {
        seeds(target);
        jazzer(target);
    }

    private static Path seedFolder(Class<?> target) {
        return Path.of("src/test/resources/fuzz", target.getSimpleName());
    }

    private static void seeds(Class<?> target) throws Exception {
        Method method = target.getMethod("fuzzerTestOneInput", byte[].class);
        try (Stream<Path> files = Files.list(seedFolder(target))) {
            for (Path seed : files.sorted().toList()) {
                try {
                    method.invoke(null, (Object) Files.readAllBytes(seed));
                } catch (InvocationTargetException e) {
                    throw new AssertionError(target.getSimpleName() + " fails on its seed " + seed, e.getCause());
                }
            }
        }
    }

    private static void jazzer(Class<?> target) throws IOException, InterruptedException {
        Path folder = Path.of("target/fuzz", target.getSimpleName()).toAbsolutePath();
        Files.createDirectories(folder.resolve("corpus"));
        Path log = folder.resolve("log.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=org.macemu.webrtc.**",
                "--custom_hook_includes=org.macemu.webrtc.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + SECONDS,
                "-max_len=" + MAX_INPUT,
                "-timeout=10",
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                folder.resolve("corpus").toString(),
                seedFolder(target).toAbsolutePath().toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(SECONDS + GRACE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(log);
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError(target.getSimpleName() + (ended ? " found something" : " hangs") + "; the input and"
                    + " the log are in " + folder + ", and belong into " + seedFolder(target) + " once it is mended:\n"
                    + said.substring(Math.max(0, said.length() - 6_000)));
        }
        System.out.println("FUZZ " + target.getSimpleName() + " " + SECONDS + " s: " + figure(said, "stat::number_of_executed_units:")
                + " tries, " + figure(said, "stat::new_units_added:") + " new inputs kept, nothing found");
    }

    private static String figure(String log, String name) {
        return log.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElse("?");
    }
}
