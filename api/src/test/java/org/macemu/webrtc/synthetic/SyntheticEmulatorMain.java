package org.macemu.webrtc.synthetic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.macemu.webrtc.api.shm.AudioSegment;

/** Runs a {@link SyntheticEmulator} as a process of its own until it is told to end. */
public final class SyntheticEmulatorMain {

    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,3})x([1-9][0-9]{0,3})");

    private static final String HELP = """
            Usage: synthetic-emulator [options]
            A complete emulator side of protocol v1: pictures, sound and answers without an emulator.

              --size WxH            screen (640x480)
              --fps N               pictures a second (60)
              --scene NAME          desktop, typing, drag, scroll, motion or dither (drag)
              --bar-code            draw the time stamp at the top left corner
              --no-marks            do not show mouse and keys in the picture
              --tone HZ             frequency of the sound, 0 for silence (440)
              --symbols             sixteen double tones in a known order instead
              --level N             its peak, 0 to 1 (0.25)
              --sample-rate HZ      samples a second (44100)
              --channels N          1 or 2 (2)
              --format NAME         s16 or f32 (s16)
              --drift PERCENT       how much faster the sound's clock runs, -5 to 5 (0)
              --video-shm NAME      MACEMU_VIDEO_SHM    (/macemu-video)
              --audio-shm NAME      MACEMU_AUDIO_SHM    (/macemu-audio); "" for no sound
              --control-sock PATH   MACEMU_CONTROL_SOCK (/tmp/macemu-control.sock)
              --roms FOLDER         BASILISK_ROMS       (./storage/roms)
              --images FOLDER       BASILISK_IMAGES     (./storage/images)
              --shm-dir FOLDER      where shared memory lies (/dev/shm)
              --help                this text

            Exit status: 0 after a shutdown by the server, 143 after SIGTERM, 1 when a segment cannot be used, 2 for
            a command line that is not understood.
            """;

    private SyntheticEmulatorMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.print(HELP);
            return;
        }
        SyntheticOptions options;
        try {
            options = parse(arguments, System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("synthetic-emulator: " + e.getMessage() + " (--help explains)");
            System.exit(2);
            return;
        }
        try {
            SyntheticEmulator emulator = SyntheticEmulator.start(options, SyntheticEmulatorMain::say);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(emulator::close));
            say("%dx%d, %s at %s pictures a second, %s".formatted(
                    options.width(), options.height(), options.scene().name().toLowerCase(Locale.ROOT), options.fps(),
                    options.videoShm()));
            System.exit(emulator.exit().join());
        } catch (IOException e) {
            System.err.println("synthetic-emulator: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void say(String line) {
        System.out.println("synthetic-emulator: " + line);
    }

    /**
     * The options of a command line.
     *
     * @throws IllegalArgumentException when it is not understood; the message says what was found and expected
     */
    static SyntheticOptions parse(String[] arguments, Map<String, String> environment) {
        SyntheticOptions.Builder builder = SyntheticOptions.fromEnvironment(environment);
        Deque<String> words = new ArrayDeque<>(Arrays.asList(arguments));
        int rate = 44_100;
        int channels = 2;
        int format = AudioSegment.FORMAT_S16LE;
        while (!words.isEmpty()) {
            String flag = words.removeFirst();
            switch (flag) {
                case "--size" -> {
                    String value = value(flag, words);
                    Matcher size = SIZE.matcher(value);
                    if (!size.matches()) {
                        throw new IllegalArgumentException("--size: expected WIDTHxHEIGHT, found " + value);
                    }
                    builder.size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
                }
                case "--fps" -> builder.fps(number(flag, words));
                case "--scene" -> builder.scene(scene(value(flag, words)));
                case "--bar-code" -> builder.barCode(true);
                case "--no-marks" -> builder.marks(false);
                case "--tone" -> builder.tone(number(flag, words));
                case "--symbols" -> builder.symbols(true);
                case "--level" -> builder.level(number(flag, words));
                case "--sample-rate" -> rate = (int) number(flag, words);
                case "--channels" -> channels = (int) number(flag, words);
                case "--format" -> format = switch (value(flag, words)) {
                    case "s16" -> AudioSegment.FORMAT_S16LE;
                    case "f32" -> AudioSegment.FORMAT_F32LE;
                    case String other -> throw new IllegalArgumentException("--format: expected s16 or f32, found "
                            + other);
                };
                case "--drift" -> builder.drift(number(flag, words) / 100);
                case "--video-shm" -> builder.videoShm(value(flag, words));
                case "--audio-shm" -> builder.audioShm(value(flag, words));
                case "--control-sock" -> builder.controlSocket(Path.of(value(flag, words)));
                case "--roms" -> builder.roms(Path.of(value(flag, words)));
                case "--images" -> builder.images(Path.of(value(flag, words)));
                case "--shm-dir" -> builder.shmDirectory(Path.of(value(flag, words)));
                default -> throw new IllegalArgumentException("unknown option " + flag);
            }
        }
        return builder.sound(rate, channels, format).build();
    }

    private static String value(String flag, Deque<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException(flag + ": expected a value after it");
        }
        return words.removeFirst();
    }

    private static double number(String flag, Deque<String> words) {
        String value = value(flag, words);
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(flag + ": expected a number, found " + value);
        }
    }

    private static SceneKind scene(String name) {
        for (SceneKind kind : SceneKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "--scene: expected desktop, typing, drag, scroll, motion or dither, found " + name);
    }
}
