package org.macemu.webrtc.api.shm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.synthetic.HostileEmulator;

/** What may stand at a segment's path: each is refused with words that name it, and left as it was. */
class SegmentBadInputTest {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final long CAPACITY = 16 * 16 * 4;
    private static final long VIDEO_SIZE = VideoLayout.V1.fileSize(CAPACITY);

    @TempDir
    Path folder;

    /** Puts something at the path. */
    private interface Maker {
        void make(Path path) throws IOException;
    }

    /**
     * One thing that is no segment.
     *
     * @param words that the refusal must hold
     */
    private record Case(String name, Maker maker, String... words) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case file(String name, int magic, int version, long size, String... words) {
        return new Case(name, path -> HostileEmulator.file(path, magic, version, size), words);
    }

    static List<Case> noVideo() {
        int magic = VideoLayout.V1.magic();
        return List.of(
                file("wrong magic", 0x12345678, 1, VIDEO_SIZE, "0x12345678", "expected magic 0x4D454D55"),
                file("magic of the other byte order", 0x554D454D, 1, VIDEO_SIZE, "0x554D454D"),
                file("version 2", magic, 2, VIDEO_SIZE, "version 2", "expected magic 0x4D454D55, version 1"),
                file("version 0", magic, 0, VIDEO_SIZE, "version 0"),
                file("version without magic", 0, 1, VIDEO_SIZE, "0x00000000"),
                file("header alone", magic, 1, 48, "48 bytes", "expected 48 + 3 x MAX_FRAME_SIZE"),
                file("half a header", magic, 1, 20, "20 bytes"),
                file("one byte", 0, 0, 1, "1 bytes"),
                file("less than a pixel each", magic, 1, 59, "59 bytes"),
                file("a gibibyte", magic, 1, 1L << 30, "1073741824 bytes"),
                file("larger than memory", magic, 1, 1L << 40, "1099511627776 bytes"),
                file("v4", 0x4D454D34, 4, 24_898_880, "protocol v4", "0x4D454D34"),
                file("another v4", 0x4D454D34, 4, 24_898_816, "variant of protocol v4 that is not known"),
                file("an audio segment", AudioSegment.MAGIC, 1, AudioSegment.Layout.V1.fileSize(), "an audio segment"),
                new Case("a folder", Files::createDirectory, "is no regular file"),
                new Case("a link to a segment", SegmentBadInputTest::link, "is no regular file"),
                new Case(
                        "a link to nothing",
                        path -> Files.createSymbolicLink(path, path.resolveSibling("nothing")),
                        "is no regular file"),
                new Case("a pipe", SegmentBadInputTest::pipe, "is no regular file"));
    }

    static List<Case> noAudio() {
        int magic = AudioSegment.MAGIC;
        long size = AudioSegment.Layout.V1.fileSize();
        return List.of(
                file("wrong magic", 0x12345678, 1, size, "0x12345678", "expected magic 0x4D415544"),
                file("version 3", magic, 3, size, "version 3", "version 1"),
                file("short", magic, 1, size - 1, "65567 bytes", "expected 65568"),
                file("long", magic, 1, size + 1, "65569 bytes"),
                file("empty ring", magic, 1, 32, "32 bytes"),
                file("a video segment", VideoLayout.V1.magic(), 1, VIDEO_SIZE, "expected 65568"),
                new Case(
                        "a ring of another size",
                        path -> {
                            HostileEmulator.file(path, magic, 1, size);
                            HostileEmulator.poke(path, AudioSegment.OFFSET_BUFFER_SIZE, -1);
                        },
                        "4294967295 bytes",
                        "expected 65536"),
                new Case("a folder", Files::createDirectory, "is no regular file"),
                new Case("a link", SegmentBadInputTest::link, "is no regular file"));
    }

    private static void link(Path path) throws IOException {
        Path target = path.resolveSibling("target");
        VideoSegment.openOrCreate(target, CAPACITY, OWNER_ONLY).close();
        Files.createSymbolicLink(path, target);
    }

    private static void pipe(Path path) throws IOException {
        try {
            assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("noVideo")
    void refusesWhatIsNoVideoSegment(Case c) throws IOException {
        Path path = folder.resolve("video");
        c.maker.make(path);
        assertRefused(c, path, () -> VideoSegment.openOrCreate(path, CAPACITY, OWNER_ONLY));
        assertRefused(c, path, () -> VideoSegment.open(path));
    }

    @ParameterizedTest
    @MethodSource("noAudio")
    void refusesWhatIsNoAudioSegment(Case c) throws IOException {
        Path path = folder.resolve("audio");
        c.maker.make(path);
        assertRefused(c, path, () -> AudioSegment.openOrCreate(path, OWNER_ONLY));
        assertRefused(c, path, () -> AudioSegment.open(path));
    }

    private static void assertRefused(Case c, Path path, Executable open) throws IOException {
        Object before = attributes(path);
        String message = assertThrows(SegmentException.class, open).getMessage();
        assertTrue(message.contains(path.toString()), message);
        for (String word : c.words) {
            assertTrue(message.contains(word), "\"" + word + "\" in: " + message);
        }
        assertEquals(before, attributes(path), "left as it was");
    }

    private static Object attributes(Path path) throws IOException {
        return Files.readAttributes(path, "unix:ino,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "macemu-video", "/a/b", "//a", "/..", "/.", "..", "/../etc/passwd", "/a/", "/nul\0name", "nul\0"
    })
    void refusesNamesThatAreNoneOfSharedMemory(String name) {
        String message =
                assertThrows(SegmentException.class, () -> SegmentFile.path(folder, name)).getMessage();
        assertTrue(message.contains("\"" + name + "\"") && message.contains("/macemu-video"), message);
    }

    @Test
    void refusesNamesThatAreTooLong() throws SegmentException {
        assertEquals(folder.resolve("x".repeat(254)), SegmentFile.path(folder, "/" + "x".repeat(254)));
        assertThrows(SegmentException.class, () -> SegmentFile.path(folder, "/" + "x".repeat(255)));
        // 254 characters, but more bytes than a file system takes: refused by the kernel, with our words around it.
        String wide = "/" + "\u00e9".repeat(254);
        assertThrows(SegmentException.class, () -> VideoSegment.openOrCreate(
                SegmentFile.path(folder, wide), CAPACITY, OWNER_ONLY));
    }

    @Test
    void saysWhatIsMissing() {
        String absent = assertThrows(SegmentException.class, () -> VideoSegment.open(folder.resolve("absent")))
                .getMessage();
        assertTrue(absent.contains("absent") && absent.contains("must exist"), absent);
        Path nowhere = folder.resolve("no/folder");
        String noFolder = assertThrows(
                        SegmentException.class, () -> VideoSegment.openOrCreate(nowhere, CAPACITY, OWNER_ONLY))
                .getMessage();
        assertTrue(noFolder.contains("Cannot create") && noFolder.contains("the folder must exist"), noFolder);
    }

    @Test
    void adoptsAFileThatItsCreatorHasNotSizedOrFilledYet() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThrows(SegmentException.class, () -> VideoSegment.open(empty), "open alone sizes nothing");
        try (VideoSegment video = VideoSegment.openOrCreate(empty, CAPACITY, OWNER_ONLY)) {
            assertTrue(video.file().created());
            assertEquals(CAPACITY, video.frameCapacity());
        }
        Path zeros = folder.resolve("zeros");
        HostileEmulator.file(zeros, 0, 0, AudioSegment.Layout.V1.fileSize());
        AudioSegment.open(zeros).close();
        try (AudioSegment audio = AudioSegment.openOrCreate(zeros, OWNER_ONLY)) {
            assertFalse(audio.file().created());
        }
    }

    @Test
    void keepsTheSizeAndTheModeOfASegmentThatIsThere() throws IOException {
        Path path = folder.resolve("video");
        VideoSegment.openOrCreate(path, CAPACITY, PosixFilePermissions.fromString("rw-rw----")).close();
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        try (VideoSegment again = VideoSegment.openOrCreate(path, 4 * CAPACITY, OWNER_ONLY)) {
            assertEquals(CAPACITY, again.frameCapacity(), "the file decides");
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            assertFalse(again.file().isReplaced());
            Files.delete(path);
            assertTrue(again.file().isReplaced(), "gone");
            VideoSegment.openOrCreate(path, CAPACITY, OWNER_ONLY).close();
            assertTrue(again.file().isReplaced(), "another");
        }
    }

    /** A compiler rounds the design's structure up to eight bytes; 641 x 481 pixels leave four to round. */
    @Test
    void ignoresTheRoundingOfTheStructure() throws IOException {
        long frame = 641 * 481 * 4;
        long size = (48 + 3 * frame + 7) / 8 * 8;
        assertEquals(4, size - VideoLayout.V1.fileSize(frame));
        Path path = folder.resolve("odd");
        HostileEmulator.file(path, VideoLayout.V1.magic(), 1, size);
        try (VideoSegment video = VideoSegment.open(path)) {
            assertEquals(frame, video.frameCapacity());
            assertEquals(48 + 2 * frame, video.frame(2).address() - video.file().memory().address());
        }
    }

    /** Every field is shown as it is, however impossible: judging it is the reader's part. */
    @Test
    void readsLiesAsTheyAre() throws IOException {
        Path path = folder.resolve("video");
        try (VideoSegment video = VideoSegment.openOrCreate(path, CAPACITY, OWNER_ONLY)) {
            HostileEmulator.overflowingGeometry(path);
            assertEquals(65_536, video.width());
            assertEquals(16_384, video.height());
            assertEquals(262_144, video.stride());
            assertEquals(1L << 32, (long) video.stride() * video.height());
            HostileEmulator.geometry(path, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
            assertEquals(-1, video.width());
            assertEquals(Integer.MIN_VALUE, video.height());
            assertEquals(Integer.MAX_VALUE, video.stride());
            HostileEmulator.writeIndex(path, 7);
            assertEquals(7, video.latestIndex());
            assertEquals(3, video.frameCount());
            assertThrows(IndexOutOfBoundsException.class, () -> video.frame(video.latestIndex()));
        }
        Path sound = folder.resolve("audio");
        try (AudioSegment audio = AudioSegment.openOrCreate(sound, OWNER_ONLY)) {
            HostileEmulator.writePosition(sound, -3);
            assertEquals(-3, audio.writePosition());
            HostileEmulator.soundFormat(sound, -1, 255, 9);
            assertEquals(-1, audio.sampleRate());
            assertEquals(255, audio.channels());
            assertEquals(9, audio.format());
        }
    }
}
