package org.macemu.webrtc.media.lane.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers of other makers get picture and sound. */
class InteroperationIT {

    private static final Path RECEIVERS = Path.of(System.getProperty("repository.root"), "bench", "receivers");

    @TempDir
    Path folder;

    @Test
    void aiortc() throws Exception {
        assumeTrue(
                run(60, List.of("/usr/bin/python3", "-c", "import aiortc")).status() == 0,
                "aiortc is missing: apt-get install python3-aiortc");
        try (LaneFixture fixture = new LaneFixture();
                WhepServer whep = new WhepServer(fixture.lane, 0)) {
            Run run = run(
                    60, List.of("/usr/bin/python3", RECEIVERS.resolve("aiortc/receive.py").toString(), whep.url(), "60"));
            assertDecoded(run);
        }
    }

    @Test
    void gstreamer() throws Exception {
        String check = "import gi; gi.require_version('GstWebRTC', '1.0')";
        assumeTrue(
                run(60, List.of("/usr/bin/python3", "-c", check)).status() == 0,
                "webrtcbin is missing: apt-get install python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice");
        try (LaneFixture fixture = new LaneFixture();
                WhepServer whep = new WhepServer(fixture.lane, 0)) {
            Run run = run(
                    60,
                    List.of("/usr/bin/python3", RECEIVERS.resolve("gstreamer/receive.py").toString(), whep.url(), "60"));
            assertDecoded(run);
        }
    }

    private static void assertDecoded(Run run) {
        assertEquals(0, run.status(), run.output());
        assertTrue(run.figure("pictures") >= 60, run.output());
        assertTrue(run.figure("sounds") >= 60, run.output());
        assertEquals(320, run.figure("width"), run.output());
        assertEquals(240, run.figure("height"), run.output());
        // The tone has an amplitude of 8,000: 5,657 effective.
        assertEquals(5_657, run.figure("loudness"), 900, run.output());
        assertTrue(run.figure("contrast") > 20, run.output());
    }

    @Test
    void pion() throws Exception {
        assumeTrue(
                Files.isDirectory(Path.of("/usr/share/gocode/src/github.com/pion/webrtc"))
                        && run(20, List.of("go", "version")).status() == 0,
                "Pion is missing: apt-get install golang-go golang-github-pion-webrtc.v3-dev");
        Path receiver = folder.resolve("receiver");
        Run build = run(300, List.of(RECEIVERS.resolve("pion/build").toString(), receiver.toString()));
        assertEquals(0, build.status(), build.output());
        try (LaneFixture fixture = new LaneFixture();
                WhepServer whep = new WhepServer(fixture.lane, 0)) {
            Run run = run(
                    60,
                    List.of(receiver.toString(), "-url", whep.url(), "-viewers", "5", "-seconds", "4", "-settle", "1"));
            assertEquals(0, run.status(), run.output());
            assertEquals(5, run.figure("connected"), run.output());
            assertEquals(0, run.figure("gaps"), run.output());
            assertTrue(run.figure("pictures") > 5 * 80, run.output());
            assertTrue(run.figure("sounds") > 5 * 150, run.output());
        }
    }

    /** What a program said and how it ended. */
    private record Run(int status, String output) {

        double figure(String name) {
            Matcher m = Pattern.compile("\"" + name + "\": ?([-0-9.]+)").matcher(output);
            return m.find() ? Double.parseDouble(m.group(1)) : Double.NaN;
        }
    }

    private Run run(int seconds, List<String> command) throws InterruptedException {
        Path output = folder.resolve("output.txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Run(-1, "not finished within " + seconds + " s: " + Files.readString(output));
            }
            return new Run(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            return new Run(-1, e.getMessage());
        } catch (UncheckedIOException e) {
            return new Run(-1, String.valueOf(e.getMessage()));
        }
    }
}
