package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.FrameReader.Result;
import org.macemu.webrtc.synthetic.HostileEmulator;

/** What counts as new, what fits, and that no picture is ever made of two. */
class FrameReaderTest {

    @TempDir
    Path folder;

    private Path file;
    private PictureWriter writer;
    private VideoSegment segment;
    private FrameReader reader;

    @BeforeEach
    void open() throws Exception {
        file = folder.resolve("video");
        writer = new PictureWriter(file);
        segment = VideoSegment.open(file);
        reader = new FrameReader(segment);
    }

    @AfterEach
    void close() {
        reader.close();
        segment.close();
        writer.close();
    }

    private int pixel(int x, int y) {
        return reader.pixels().get(ValueLayout.JAVA_INT, 4L * (y * reader.width() + x));
    }

    /** The one colour of the whole picture. */
    private int color() {
        int first = pixel(0, 0);
        for (long at = 0; at < reader.pixels().byteSize(); at += 4) {
            int other = reader.pixels().get(ValueLayout.JAVA_INT, at);
            if (other != first) {
                throw new AssertionError("torn at pixel %d: %08x after %08x".formatted(at / 4, other, first));
            }
        }
        return first;
    }

    @Test
    void anEmptySegmentHoldsNothingNew() {
        assertFalse(reader.isNew());
        assertEquals(Result.NOTHING_NEW, reader.read());
        assertFalse(reader.hasPicture());
    }

    @Test
    void readsAPictureOnceAndTellsWhetherItChanged() {
        writer.show(0x11223344, 40, 30);
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(0x11223344, color());
        assertEquals(writer.index(), segmentReadIndex());
        assertEquals(Result.NOTHING_NEW, reader.read());
        writer.show(0x11223344, 40, 30);
        assertEquals(Result.UNCHANGED, reader.read());
        writer.show(0x11223345, 40, 30);
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(0x11223345, color());
    }

    private int segmentReadIndex() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(word, VideoLayout.V1.readIndex());
            return word.getInt(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Three, six and nine pictures leave write_index where it was. */
    @ParameterizedTest
    @CsvSource({"3", "6", "9", "300"})
    void exactMultiplesOfThreePicturesAreNew(int pictures) {
        writer.show(1, 16, 16);
        reader.read();
        for (int i = 0; i < pictures; i++) {
            writer.show(100 + i, 16, 16);
        }
        assertTrue(reader.isNew());
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(100 + pictures - 1, color());
    }

    /** A driver that does not count is followed by its index. */
    @Test
    void aChangeOfTheIndexAloneIsNew() throws Exception {
        writer.show(1, 16, 16);
        reader.read();
        writer.draw(2, 16, 16, 64);
        HostileEmulator.poke(file, VideoLayout.V1.latestIndex(), writer.index());
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(2, color());
    }

    /**
     * frame_count first, write_index later: the old picture is not taken for the new one, and the new one not missed.
     */
    @Test
    void theCountRunsAheadOfTheIndex() throws Exception {
        writer.show(1, 16, 16);
        reader.read();
        writer.draw(2, 16, 16, 64);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(segment.frameCount() + 1)
                            .flip(),
                    VideoLayout.V1.frameCount());
        }
        assertEquals(Result.UNCHANGED, reader.read());
        assertEquals(1, color());
        HostileEmulator.poke(file, VideoLayout.V1.latestIndex(), writer.index());
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(2, color());
    }

    /** Wherever it is, a changed pixel is seen, and the rest of the picture is whole. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 2560", "639, 24, 2560", "0, 25, 2560", "17, 26, 2560", "320, 240, 2560", "639, 479, 2560",
        "0, 0, 2564", "320, 240, 2564", "639, 479, 2564"
    })
    void seesOneChangedPixel(int x, int y, int stride) {
        int height = stride > 2_560 ? 479 : 480;
        int at = Math.min(y, height - 1);
        for (int color : new int[] {7, 7, 8}) {
            writer.draw(1, 640, height, stride);
            writer.dot(color, x, at, stride);
            writer.announce(640, height, stride);
            writer.publish();
            boolean first = !reader.hasPicture();
            Result expected = first || color == 8 ? Result.CHANGED : Result.UNCHANGED;
            assertEquals(expected, reader.read());
            if (expected == Result.CHANGED) {
                assertEquals(first ? 0 : at / 16 * 16, reader.changedFrom());
                assertEquals(first ? height : Math.min(height, at / 16 * 16 + 16), reader.changedTo());
            }
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < 640; column++) {
                    assertEquals(column == x && row == at ? color : 1, pixel(column, row));
                }
            }
        }
    }

    @Test
    void changesAreInARangeOfRows() {
        writer.show(1, 64, 100);
        assertEquals(Result.CHANGED, reader.read());
        writer.draw(1, 64, 100, 256);
        writer.dot(2, 5, 20, 256);
        writer.dot(3, 5, 99, 256);
        writer.publish();
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(16, reader.changedFrom());
        assertEquals(100, reader.changedTo());
        assertEquals(2, pixel(5, 20));
        assertEquals(3, pixel(5, 99));
        assertEquals(1, pixel(5, 21));
    }

    @Test
    void leavesThePaddingOfOddStridesOut() {
        for (int stride : new int[] {4 * 33, 4 * 33 + 1, 4 * 33 + 3, 256, 1000}) {
            writer.draw(0x01010101 * (stride % 200), 33, 17, stride);
            writer.announce(33, 17, stride);
            writer.publish();
            assertEquals(Result.CHANGED, reader.read(), "stride " + stride);
            assertEquals(33L * 17 * 4, reader.pixels().byteSize());
            assertEquals(0x01010101 * (stride % 200), color());
        }
    }

    @Test
    void followsAResize() {
        int[][] sizes = {{640, 480}, {480, 640}, {1, 1}, {320, 200}, {640, 480}};
        for (int[] size : sizes) {
            writer.show(size[0], size[0], size[1]);
            assertEquals(Result.CHANGED, reader.read());
            assertEquals(size[0], reader.width());
            assertEquals(size[1], reader.height());
            assertEquals(size[0], color());
        }
    }

    /** A driver announces the new size, is held up for a millisecond, and publishes: no old pixels in the new size. */
    @Test
    void aSizeThatIsAnnouncedEarlyIsNotAppliedToTheOldPicture() throws Exception {
        int inTime = 0;
        for (int i = 0; i < 200 && inTime < 10; i++) {
            int wide = i % 2 == 0 ? 64 : 32;
            // A picture the reader has not seen, then the size of the next.
            writer.show(7, 96 - wide, wide);
            writer.draw(8 + i % 100, wide, 96 - wide, 4 * wide);
            writer.announce(wide, 96 - wide, 4 * wide);
            AtomicLong published = new AtomicLong();
            Thread publisher = Thread.ofPlatform().start(() -> {
                LockSupport.parkNanos(500_000);
                writer.publish();
                published.set(System.nanoTime());
            });
            long begin = System.nanoTime();
            Result result = reader.read();
            publisher.join();
            // On a busy machine the publisher may be held up for longer than any reader would wait.
            boolean late = published.get() - begin > 1_500_000;
            if (!late) {
                inTime++;
            }
            if (!late && reader.width() == wide && result == Result.CHANGED) {
                assertEquals(8 + i % 100, color());
            }
            reader.read();
            assertEquals(8 + i % 100, color());
        }
        assertEquals(10, inTime, "rounds in which the publisher was in time");
    }

    @ParameterizedTest(name = "{0} x {1}, stride {2}: {3}")
    @CsvSource({
        "0, 480, 2560, 'the picture has 0 x 480 pixels'",
        "640, 0, 2560, 'the picture has 640 x 0 pixels'",
        "-1, 480, 2560, 'the picture has 4294967295 x 480 pixels'",
        "640, -2147483648, 2560, 'expected 1 to 32767 each'",
        "32768, 1, 131072, 'expected 1 to 32767 each'",
        "640, 480, 2559, 'stride is 2559 bytes: expected at least 2560 for 640 pixels'",
        "640, 480, 0, 'stride is 0 bytes'",
        "640, 480, -2560, 'stride is -2560 bytes'",
        "640, 480, 2147483647, 'does not fit a buffer of 1228800 bytes'",
        "640, 481, 2560, 'does not fit'",
        "32767, 32767, 131068, 'does not fit'",
        "65536, 16384, 262144, 'expected 1 to 32767 each'",
    })
    void refusesWhatDoesNotFitAndGoesOn(int width, int height, int stride, String words) throws Exception {
        writer.show(1, 640, 480);
        reader.read();
        HostileEmulator.geometry(file, width, height, stride);
        assertEquals(Result.INVALID, reader.read());
        assertTrue(reader.problem().contains(words), reader.problem());
        assertEquals(Result.NOTHING_NEW, reader.read(), "told once");
        writer.show(2, 640, 480);
        assertEquals(Result.CHANGED, reader.read());
        assertEquals(2, color());
    }

    @ParameterizedTest
    @CsvSource({"3", "7", "-1", "2147483647", "-2147483648"})
    void refusesAnIndexThatIsNone(int index) throws Exception {
        writer.show(1, 640, 480);
        reader.read();
        HostileEmulator.writeIndex(file, index);
        assertEquals(Result.INVALID, reader.read());
        assertTrue(reader.problem().contains("expected 0, 1 or 2"), reader.problem());
        writer.show(2, 640, 480);
        assertEquals(Result.CHANGED, reader.read());
    }

    /** A count that an emulator starts again at, or that lies, is at worst a picture read late. */
    @Test
    void survivesCountsThatJump() throws Exception {
        writer.show(1, 64, 64);
        reader.read();
        for (long count : new long[] {0, Long.MAX_VALUE, Long.MIN_VALUE, -1, 5}) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(
                        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(count).flip(),
                        VideoLayout.V1.frameCount());
            }
            writer.show((int) count, 64, 64);
            assertEquals(Result.CHANGED, reader.read());
            assertEquals((int) count, color());
        }
    }

    /**
     * A writer at full speed, thousands of pictures a second: whatever is read is one picture, and who follows the rows
     * that changed has it too, attempts that failed in between or not.
     */
    @ParameterizedTest(name = "{0} x {1}")
    @CsvSource({"640, 480", "64, 64"})
    void aWriterThatLapsTheReaderNeverTearsAPicture(int width, int height) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        writer.announce(width, height, 4 * width);
        Thread emulator = Thread.ofPlatform().start(() -> {
            for (int i = 0; !stop.get(); i++) {
                writer.drawFast(i, width, height);
                writer.publish();
            }
        });
        int pictures = 0;
        int torn = 0;
        long row = 4L * width;
        MemorySegment follower = MemorySegment.ofArray(new byte[(int) (row * height)]);
        try {
            long end = System.nanoTime() + 700_000_000L;
            while (System.nanoTime() < end || pictures < 10) {
                assertTrue(System.nanoTime() < end + 20_000_000_000L, "only " + pictures + " pictures, torn " + torn);
                switch (reader.read()) {
                    case CHANGED -> {
                        pictures++;
                        color();
                        long from = reader.changedFrom() * row;
                        MemorySegment.copy(reader.pixels(), from, follower, from, reader.changedTo() * row - from);
                        assertEquals(-1, follower.mismatch(reader.pixels()));
                    }
                    case TORN -> torn++;
                    default -> Thread.onSpinWait();
                }
            }
        } finally {
            stop.set(true);
            emulator.join();
        }
        System.out.printf(
                "lapping writer %dx%d: %d written, %d read whole, %d times none%n",
                width, height, segment.frameCount(), pictures, torn);
        assertTrue(segment.frameCount() > pictures, "the writer did not lap the reader");
    }

    /** The emulator is in the middle of a lap when the file is cut: an error that can be caught, and no crash. */
    @Test
    void aFileThatShrinksIsAnErrorThatCanBeCaught() throws Exception {
        writer.show(1, 640, 480);
        reader.read();
        writer.show(2, 640, 480);
        HostileEmulator.shrink(file, 4096);
        Throwable caught = null;
        try {
            for (int i = 0; i < 1_000; i++) {
                reader.read();
            }
        } catch (InternalError e) {
            caught = e;
        }
        assertTrue(caught instanceof InternalError, "no error");
    }
}
