package org.macemu.webrtc.synthetic;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentFile;

/**
 * What a synthetic emulator is.
 *
 * @param shmDirectory folder of the segments
 * @param videoShm name of the video segment, with its slash
 * @param audioShm name of the audio segment, with its slash; empty for an emulator without sound
 * @param controlSocket path of the server's socket; null for an emulator without one
 * @param roms folder of ROM files; need not exist
 * @param images folder of disk images; need not exist
 * @param width pixels
 * @param height pixels
 * @param fps pictures a second
 * @param scene what is shown
 * @param barCode whether a {@link BarCode} is drawn
 * @param marks whether {@link InputMarks} are drawn
 * @param tone hertz; 0 for silence
 * @param symbols whether {@link Symbols} are heard instead of the tone
 * @param level peak of the sound, 0 to 1
 * @param sampleRate samples a second
 * @param channels 1 or 2
 * @param format {@link AudioSegment#FORMAT_S16LE} or {@link AudioSegment#FORMAT_F32LE}
 * @param drift how much faster than the system's clock the sound's clock runs: 0.05 is 5 % fast
 * @param freeRunning whether {@code write_pos} runs on past the ring's size; wrapped otherwise
 * @param restartTime how long a restart keeps the emulator away
 */
public record SyntheticOptions(
        Path shmDirectory,
        String videoShm,
        String audioShm,
        Path controlSocket,
        Path roms,
        Path images,
        int width,
        int height,
        double fps,
        SceneKind scene,
        boolean barCode,
        boolean marks,
        double tone,
        boolean symbols,
        double level,
        int sampleRate,
        int channels,
        int format,
        double drift,
        boolean freeRunning,
        Duration restartTime) {

    public SyntheticOptions {
        require(width >= 1 && width <= 7680 && height >= 1 && height <= 4320, "size", width + "x" + height,
                "1x1 to 7680x4320");
        require(fps > 0 && fps <= 1000, "fps", fps, "above 0, at most 1000");
        require(tone >= 0 && tone <= 20_000, "tone", tone, "0 to 20000 Hz");
        require(level >= 0 && level <= 1, "level", level, "0 to 1");
        require(sampleRate >= 4000 && sampleRate <= 192_000, "sample rate", sampleRate, "4000 to 192000");
        require(channels == 1 || channels == 2, "channels", channels, "1 or 2");
        require(format == AudioSegment.FORMAT_S16LE || format == AudioSegment.FORMAT_F32LE, "format", format, "0 or 1");
        require(Math.abs(drift) <= 0.05, "drift", drift, "-0.05 to 0.05");
    }

    private static void require(boolean condition, String name, Object found, String expected) {
        if (!condition) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", found " + found);
        }
    }

    /** The design's names and places, as the five environment variables change them. */
    public static Builder fromEnvironment(Map<String, String> environment) {
        Builder b = new Builder();
        b.videoShm = environment.getOrDefault("MACEMU_VIDEO_SHM", "/macemu-video");
        b.audioShm = environment.getOrDefault("MACEMU_AUDIO_SHM", "/macemu-audio");
        b.controlSocket = Path.of(environment.getOrDefault("MACEMU_CONTROL_SOCK", "/tmp/macemu-control.sock"));
        b.roms = Path.of(environment.getOrDefault("BASILISK_ROMS", "./storage/roms"));
        b.images = Path.of(environment.getOrDefault("BASILISK_IMAGES", "./storage/images"));
        return b;
    }

    /** Options of an emulator that shares nothing with another one: the names carry {@code name}. */
    public static Builder named(String name, Path socketDirectory) {
        Builder b = new Builder();
        b.videoShm = "/" + name + "-video";
        b.audioShm = "/" + name + "-audio";
        b.controlSocket = socketDirectory.resolve(name + ".sock");
        b.roms = socketDirectory.resolve("roms");
        b.images = socketDirectory.resolve("images");
        return b;
    }

    /** Collects options; the defaults are 640 x 480 at 60 Hz, a dragged window, 440 Hz, no bar code. */
    public static final class Builder {
        private Path shmDirectory = SegmentFile.SHM_DIRECTORY;
        private String videoShm;
        private String audioShm;
        private Path controlSocket;
        private Path roms;
        private Path images;
        private int width = 640;
        private int height = 480;
        private double fps = 60;
        private SceneKind scene = SceneKind.DRAG;
        private boolean barCode;
        private boolean marks = true;
        private double tone = 440;
        private boolean symbols;
        private double level = 0.25;
        private int sampleRate = 44_100;
        private int channels = 2;
        private int format = AudioSegment.FORMAT_S16LE;
        private double drift;
        private boolean freeRunning;
        private Duration restartTime = Duration.ofMillis(500);

        private Builder() {}

        public Builder shmDirectory(Path directory) {
            shmDirectory = directory;
            return this;
        }

        public Builder videoShm(String name) {
            videoShm = name;
            return this;
        }

        /** @param name empty for no sound */
        public Builder audioShm(String name) {
            audioShm = name;
            return this;
        }

        /** @param path null for no connection */
        public Builder controlSocket(Path path) {
            controlSocket = path;
            return this;
        }

        public Builder roms(Path folder) {
            roms = folder;
            return this;
        }

        public Builder images(Path folder) {
            images = folder;
            return this;
        }

        public Builder size(int w, int h) {
            width = w;
            height = h;
            return this;
        }

        public Builder fps(double rate) {
            fps = rate;
            return this;
        }

        public Builder scene(SceneKind kind) {
            scene = kind;
            return this;
        }

        public Builder barCode(boolean drawn) {
            barCode = drawn;
            return this;
        }

        public Builder marks(boolean drawn) {
            marks = drawn;
            return this;
        }

        /** @param hertz 0 for silence */
        public Builder tone(double hertz) {
            tone = hertz;
            return this;
        }

        public Builder symbols(boolean instead) {
            symbols = instead;
            return this;
        }

        public Builder level(double peak) {
            level = peak;
            return this;
        }

        /** Rate, channels and sample format of the sound. */
        public Builder sound(int rate, int channelCount, int sampleFormat) {
            sampleRate = rate;
            channels = channelCount;
            format = sampleFormat;
            return this;
        }

        public Builder drift(double faster) {
            drift = faster;
            return this;
        }

        public Builder freeRunning(boolean positions) {
            freeRunning = positions;
            return this;
        }

        public Builder restartTime(Duration time) {
            restartTime = time;
            return this;
        }

        /** @throws IllegalArgumentException when a value is out of range, in words that name it */
        public SyntheticOptions build() {
            return new SyntheticOptions(
                    shmDirectory, videoShm, audioShm, controlSocket, roms, images, width, height, fps, scene, barCode,
                    marks, tone, symbols, level, sampleRate, channels, format, drift, freeRunning, restartTime);
        }
    }
}
