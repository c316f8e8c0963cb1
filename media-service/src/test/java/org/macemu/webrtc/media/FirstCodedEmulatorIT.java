package org.macemu.webrtc.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.testing.CProgram;

/** An emulator in C of version 1 as first coded, with the service's own capture and control socket. */
class FirstCodedEmulatorIT {

    @TempDir
    static Path programs;

    @TempDir
    Path folder;

    private static CProgram emulator;

    @BeforeAll
    static void compile() throws Exception {
        Path source = Path.of(System.getProperty("basedir", ""), "src/test/c/first_coded_emulator.c");
        emulator = CProgram.compile(programs.resolve("first"), source.toAbsolutePath().toString());
    }

    private Path lines() {
        return folder.resolve("lines");
    }

    private Process start(MacFixture fixture, String make, String format) throws Exception {
        return new ProcessBuilder(emulator.command(
                        fixture.video.toString(),
                        fixture.audio.toString(),
                        fixture.socket.toString(),
                        make,
                        format,
                        lines().toString()))
                .redirectErrorStream(true)
                .start();
    }

    private static void end(MacFixture fixture, Process process) throws Exception {
        fixture.close();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), "ends with the server");
        assertEquals(0, process.exitValue(), new String(process.getInputStream().readAllBytes()));
    }

    /** The server came first and made segments of the other layout; the emulator sizes them as it needs them. */
    @ParameterizedTest
    @ValueSource(strings = {"rgba", "bgra"})
    void isFoundWithoutAnySetting(String format) throws Exception {
        MacFixture fixture = new MacFixture(folder, Map.of());
        assertTrue(fixture.status().getVideoSegment().startsWith("protocol v1,"), fixture.status().toString());
        Process process = start(fixture, "make", format);
        try {
            fixture.assertTestPicture();
            fixture.assertTestTone();
            assertTrue(
                    fixture.status().getVideoSegment().startsWith("protocol v1 as first coded,"),
                    fixture.status().getVideoSegment());
            assertEquals(44_100, fixture.status().getAudioSampleRate());
            assertEquals(process.pid(), fixture.status().getEmulatorPid());
            fixture.mac.input().route("a", "{\"type\":\"key\",\"code\":65,\"pressed\":true}");
            Await.until(() -> "the key: " + MacFixture.said(lines()), () -> MacFixture.said(lines())
                    .contains("\"code\":65"));
            assertEquals(
                    "{\"type\":\"hello\",\"version\":1,\"video_shm\":\"/video\",\"audio_shm\":\"/audio\"}",
                    MacFixture.said(lines()).lines().findFirst().orElse(""),
                    "the server speaks first");
        } finally {
            end(fixture, process);
        }
    }

    /** An emulator that neither makes nor sizes segments finds what it needs when the setting says so. */
    @Test
    void opensWhatTheServerMadeForIt() throws Exception {
        MacFixture fixture = new MacFixture(folder, Map.of("macemu.emulator.protocol", "v1-as-first-coded"));
        Process process = start(fixture, "open", "bgra");
        try {
            fixture.assertTestPicture();
            fixture.assertTestTone();
            assertTrue(MacFixture.said(lines()).startsWith("{\"type\":\"hello\""), MacFixture.said(lines()));
        } finally {
            end(fixture, process);
        }
    }

    /** Without it such an emulator says what is wrong, and the server waits for another. */
    @Test
    void withoutTheSettingItFindsTheOtherLayout() throws Exception {
        try (MacFixture fixture = new MacFixture(folder, Map.of())) {
            Process process = start(fixture, "open", "rgba");
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            assertEquals(3, process.exitValue());
            assertTrue(fixture.status().getVideoSegment().startsWith("protocol v1,"));
        }
    }
}
