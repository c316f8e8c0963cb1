package org.macemu.webrtc.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A C program of a test: compiled from its source, without warnings. */
public final class CProgram {

    private final Path program;

    private CProgram(Path program) {
        this.program = program;
    }

    /** Compiles {@code arguments}, sources and options of the compiler, to {@code program}. */
    public static CProgram compile(Path program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-o", program.toString()));
        try {
            run(program, command, "");
        } catch (IOException e) {
            fail("gcc is needed to check the protocol against C (Debian: apt-get install gcc libc6-dev): " + e);
        }
        return new CProgram(program);
    }

    /** Standard output of the program, which must succeed. */
    public String run(String input, String... arguments) throws IOException, InterruptedException {
        return run(program, command(arguments), input);
    }

    /** Program and arguments, for a process that goes on. */
    public List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private static String run(Path program, List<String> command, String input)
            throws IOException, InterruptedException {
        Path in = Files.writeString(program.resolveSibling("in"), input);
        Path out = program.resolveSibling("out");
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectErrorStream(true)
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "ends: " + command);
        String said = Files.readString(out);
        assertEquals(0, process.exitValue(), command + ": " + said);
        return said;
    }
}
