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
 * Runs fuzz targets: their seeds in this process, where a debugger sees them, then Jazzer in a process of its own.
 *
 * <p>A target is a class with {@code public static void fuzzerTestOneInput(byte[])}. It throws nothing unless it found
 * something. Its seeds, findings of the past among them, are the files in {@code src/test/resources/fuzz} and its
 * simple name; what Jazzer learns stays in {@code target/fuzz} for the next run.
 *
 * <p>In a test run all targets of a module share one short process, whose start takes longer than its work. With
 * {@code -Dmacemu.fuzz.seconds} each target has a process of its own for that long; {@code scripts/fuzz} sets it.
 */
public final class Fuzzing {

    /** Short: the four modules together stay below 40 s with the start of their processes. */
    private static final int SHORT_SECONDS = 2;

    private static final int LONG_SECONDS = Integer.getInteger("macemu.fuzz.seconds", 0);

    /** A process that takes this much longer than it was told hangs. */
    private static final int GRACE_SECONDS = 90;

    /** Longer inputs than these bytes only make each try slower; limits of 64 KiB have tests of their own. */
    private static final int MAX_INPUT = 4096;

    private Fuzzing() {}

    /** Fails with the input when a target throws, hangs, or does what Jazzer's own checks know to be dangerous. */
    public static void run(Class<?>... targets) throws Exception {
        for (Class<?> target : targets) {
            seeds(target);
        }
        if (LONG_SECONDS > 0) {
            for (Class<?> target : targets) {
                jazzer(target, LONG_SECONDS, seedFolder(target), "");
            }
            return;
        }
        // The first byte chooses the target.
        Path seeds = Path.of("target/fuzz/AnyTarget/seeds");
        Files.createDirectories(seeds);
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < targets.length; i++) {
            names.append(i == 0 ? "" : ",").append(targets[i].getName());
            try (Stream<Path> files = Files.list(seedFolder(targets[i]))) {
                for (Path seed : files.toList()) {
                    byte[] input = Files.readAllBytes(seed);
                    byte[] chosen = new byte[input.length + 1];
                    chosen[0] = (byte) i;
                    System.arraycopy(input, 0, chosen, 1, input.length);
                    Files.write(seeds.resolve(targets[i].getSimpleName() + "-" + seed.getFileName()), chosen);
                }
            }
        }
        jazzer(AnyTarget.class, SHORT_SECONDS, seeds, names.toString());
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

    private static void jazzer(Class<?> target, int seconds, Path seeds, String among)
            throws IOException, InterruptedException {
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
                "-D" + AnyTarget.TARGETS + "=" + among,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=org.macemu.webrtc.**",
                "--custom_hook_includes=org.macemu.webrtc.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + seconds,
                "-max_len=" + MAX_INPUT,
                "-timeout=10",
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                folder.resolve("corpus").toString(),
                seeds.toAbsolutePath().toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(seconds + GRACE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(log);
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError(target.getSimpleName() + (ended ? " found something" : " hangs")
                    + "; the input and the log are in " + folder + "; once it is mended, the input is a seed in " + seeds
                    + ":\n"
                    + said.substring(Math.max(0, said.length() - 6_000)));
        }
        System.out.println("FUZZ " + (among.isEmpty() ? target.getSimpleName() : among) + " " + seconds + " s: "
                + figure(said, "stat::number_of_executed_units:") + " tries, "
                + figure(said, "stat::new_units_added:") + " new inputs kept, nothing found");
    }

    private static String figure(String log, String name) {
        return log.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElse("?");
    }
}
