package org.macemu.webrtc.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.AudioSegment;

class SyntheticEmulatorMainTest {

    private static SyntheticOptions parse(String commandLine, Map<String, String> environment) {
        String[] words = commandLine.isEmpty() ? new String[0] : commandLine.split(" ");
        return SyntheticEmulatorMain.parse(words, environment);
    }

    @Test
    void theDefaultsAreTheDesigns() {
        SyntheticOptions o = parse("", Map.of());
        assertEquals("/macemu-video", o.videoShm());
        assertEquals("/macemu-audio", o.audioShm());
        assertEquals(Path.of("/tmp/macemu-control.sock"), o.controlSocket());
        assertEquals(Path.of("./storage/roms"), o.roms());
        assertEquals(Path.of("./storage/images"), o.images());
        assertEquals("640x480@60.0", o.width() + "x" + o.height() + "@" + o.fps());
    }

    @Test
    void theEnvironmentChangesThemAndTheCommandLineDecides() {
        Map<String, String> environment = Map.of(
                "MACEMU_VIDEO_SHM", "/v", "MACEMU_AUDIO_SHM", "/a", "MACEMU_CONTROL_SOCK", "/c",
                "BASILISK_ROMS", "/r", "BASILISK_IMAGES", "/i");
        SyntheticOptions o = parse("--audio-shm /b --roms /s", environment);
        assertEquals("/v", o.videoShm());
        assertEquals("/b", o.audioShm());
        assertEquals(Path.of("/c"), o.controlSocket());
        assertEquals(Path.of("/s"), o.roms());
        assertEquals(Path.of("/i"), o.images());
    }

    @Test
    void everyOptionIsUnderstood() {
        SyntheticOptions o = parse(
                "--size 800x600 --fps 25 --scene dither --tone 1000 --level 0.5 --bar-code --no-marks --symbols --drift -5"
                        + " --sample-rate 22050 --channels 1 --format f32 --shm-dir /x --images /y"
                        + " --video-shm /v --control-sock /c",
                Map.of());
        assertEquals(800, o.width());
        assertEquals(600, o.height());
        assertEquals(25, o.fps());
        assertEquals(SceneKind.DITHER, o.scene());
        assertEquals(1000, o.tone());
        assertTrue(o.symbols());
        assertEquals(0.5, o.level());
        assertTrue(o.barCode() && !o.marks());
        assertEquals(-0.05, o.drift());
        assertEquals(22_050, o.sampleRate());
        assertEquals(1, o.channels());
        assertEquals(AudioSegment.FORMAT_F32LE, o.format());
        assertEquals(Path.of("/x"), o.shmDirectory());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --size              | --size: expected a value after it
            --size 640          | --size: expected WIDTHxHEIGHT, found 640
            --size 0x480        | --size: expected WIDTHxHEIGHT, found 0x480
            --size 9999x9999    | size: expected 1x1 to 7680x4320, found 9999x9999
            --size -1x5         | --size: expected WIDTHxHEIGHT, found -1x5
            --fps fast          | --fps: expected a number, found fast
            --fps NaN           | fps: expected above 0, at most 1000, found NaN
            --fps 0             | fps: expected above 0
            --scene film        | --scene: expected desktop, typing, drag, scroll, motion or dither, found film
            --tone -1           | tone: expected 0 to 20000 Hz, found -1.0
            --level 2           | level: expected 0 to 1, found 2.0
            --drift 6           | drift: expected -0.05 to 0.05, found 0.06
            --channels 3        | channels: expected 1 or 2, found 3
            --sample-rate 1     | sample rate: expected 4000 to 192000, found 1
            --format mp3        | --format: expected s16 or f32, found mp3
            --fast              | unknown option --fast
            """)
    void whatIsNotUnderstoodIsNamed(String commandLine, String expected) {
        String message = assertThrows(IllegalArgumentException.class, () -> parse(commandLine, Map.of())).getMessage();
        assertTrue(message.startsWith(expected), message);
    }
}
