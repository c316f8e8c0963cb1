package org.macemu.webrtc.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SoundFrames;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.testing.CProgram;

/** Segments that C programs wrote in the layouts of other emulators are told apart and read exactly. */
class DialectBytesIT {

    private static final int WIDTH = 61;
    private static final int HEIGHT = 47;

    @TempDir
    static Path folder;

    private static CProgram dialects;

    @BeforeAll
    static void compile() throws Exception {
        Path source = Path.of(System.getProperty("basedir", ""), "src/test/c/dialects.c").toAbsolutePath();
        dialects = CProgram.compile(folder.resolve("dialects"), source.toString());
    }

    private static Path written(String what) throws Exception {
        Path path = folder.resolve(what);
        dialects.run("", what, path.toString());
        return path;
    }

    /** Every pixel of the picture of test_colour in dialects.h, its bytes in the order of the format. */
    private static void assertTestPicture(VideoSegment video) {
        PixelFormat format = video.layout().formats().get(video.format());
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                StringBuilder found = new StringBuilder();
                for (char part : "RGB".toCharArray()) {
                    long at = (long) y * video.stride() + x * 4L + format.name().indexOf(part);
                    found.append(video.frame(video.latestIndex()).get(ValueLayout.JAVA_BYTE, at) & 0xFF).append(' ');
                }
                String expected = (x * 3 + 10 & 0xFF) + " " + (y * 5 + 20 & 0xFF) + " " + ((x + y) * 7 + 30 & 0xFF) + " ";
                assertEquals(expected, found.toString(), format + " at " + x + "," + y);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"first-coded-rgba,RGBA", "first-coded-bgra,BGRA"})
    void theFirstCodesPicturesAreReadExactly(String what, PixelFormat format) throws Exception {
        try (VideoSegment video = VideoSegment.open(written(what))) {
            assertEquals(VideoLayout.V1_AS_FIRST_CODED, video.layout());
            assertEquals(format, video.layout().formats().get(video.format()));
            assertEquals(WIDTH, video.width());
            assertEquals(HEIGHT, video.height());
            assertEquals(256, video.stride());
            assertEquals(2, video.latestIndex());
            assertEquals(2, video.latestIndexWord().get(ValueLayout.JAVA_INT, 0), "what a futex waits on");
            assertEquals(0x0000000500000002L, video.frameCount());
            assertEquals(0x0102030405060708L, video.timestampMicros());
            assertEquals(3840 * 2160 * 4, video.frameCapacity());
            assertTrue(video.description().contains("as first coded"), video.description());
            assertTestPicture(video);
        }
    }

    @ParameterizedTest
    @CsvSource({"v4-argb,ARGB", "v4-bgra,BGRA"})
    void v4sPicturesAreReadExactly(String what, PixelFormat format) throws Exception {
        Path path = written(what);
        try (VideoSegment video = VideoSegment.open(path, VideoLayout.V4)) {
            assertEquals(format, video.layout().formats().get(video.format()));
            assertEquals(WIDTH, video.width());
            assertEquals(HEIGHT, video.height());
            assertEquals(7680, video.stride());
            assertEquals(1, video.latestIndex(), "the complete one, not the one being written");
            assertEquals(0x0000000500000002L, video.frameCount());
            assertEquals(0x0102030405060708L, video.timestampMicros());
            assertEquals(1920 * 1080 * 4, video.frameCapacity());
            assertTestPicture(video);
        }
        String refused = assertThrows(SegmentException.class, () -> VideoSegment.open(path)).getMessage();
        assertTrue(refused.contains("(protocol v4)"), refused);
    }

    @Test
    void theFirstCodesSoundIsReadExactly() throws Exception {
        Path path = written("first-coded-audio");
        try (AudioSegment audio = AudioSegment.open(path)) {
            assertTrue(audio.description().contains("as first coded"), audio.description());
            assertEquals(22_050, audio.sampleRate());
            assertEquals(1, audio.channels());
            assertEquals(AudioSegment.FORMAT_S16LE, audio.format());
            assertEquals(0xFFFFFFF0, audio.writePosition());
            assertEquals(0x00010004, audio.readPosition());
            for (int i = 0; i < AudioSegment.RING_SIZE; i++) {
                assertEquals((byte) (i * 7 + (i >> 8)), audio.ring().get(ValueLayout.JAVA_BYTE, i), "byte " + i);
            }
            audio.readPosition(0x1234);
        }
        assertEquals(0x1234, word(path, 36), "read_pos");
    }

    @Test
    void v4sSoundIsReadExactly() throws Exception {
        Path path = written("v4-argb");
        try (SoundFrames sound = SoundFrames.open(path)) {
            assertEquals(1, sound.writeIndex());
            assertEquals(2, sound.readIndex());
            for (int f = 0; f < SoundFrames.FRAMES; f++) {
                assertEquals(22_050 + f, sound.sampleRate(f));
                assertEquals(1 + f % 2, sound.channels(f));
                assertEquals(441 + f, sound.samples(f));
                for (int i = 0; i < SoundFrames.FRAME_CAPACITY; i++) {
                    assertEquals(
                            (byte) (f * 85 + i * 7), sound.data(f).get(ValueLayout.JAVA_BYTE, i), "byte " + i + " of " + f);
                }
            }
            sound.readIndex(1);
        }
        assertEquals(1, word(path, 176), "read index");
    }

    private static int word(Path path, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(word, at);
            return word.getInt(0);
        }
    }

    /** Any size but its own under v4's magic, and anything else under its names. */
    @ParameterizedTest
    @CsvSource({
        "4D454D34,4,24898816,a variant of protocol v4 that is not known",
        "4D454D34,4,24898888,a variant of protocol v4 that is not known",
        "4D454D34,4,64,a variant of protocol v4 that is not known",
        "4D454D34,3,24898880,a variant of protocol v4 that is not known",
        "4D454D55,1,99532856,protocol v1 as first coded",
        "4D454D55,1,24883248,protocol v1",
        "0,0,24898880,magic 0x00000000",
        "4D454D34,4,4,4 bytes",
    })
    void onlyItsOwnSizeIsV4(String magic, int version, long size, String words) throws IOException {
        Path path = folder.resolve("wrong");
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
            ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            head.putInt(Integer.parseUnsignedInt(magic, 16)).putInt(version).flip();
            channel.write(head.limit((int) Math.min(size, 8)), 0);
        }
        String message = assertThrows(SegmentException.class, () -> VideoSegment.open(path, VideoLayout.V4))
                .getMessage();
        assertTrue(message.contains(words) && message.contains("24898880"), message);
    }

    /** Either side may make a segment of version 1, in either layout. */
    @ParameterizedTest
    @EnumSource(value = VideoLayout.class, names = "V4", mode = EnumSource.Mode.EXCLUDE)
    void aSegmentOfOursHasTheLayoutThatWasAskedFor(VideoLayout layout) throws Exception {
        var owner = PosixFilePermissions.fromString("rw-------");
        Path path = folder.resolve("made-" + layout);
        VideoSegment.openOrCreate(path, layout, 64, owner).close();
        try (VideoSegment again = VideoSegment.openOrCreate(path, VideoLayout.V1, 64, owner)) {
            assertEquals(layout, again.layout());
        }
    }
}
