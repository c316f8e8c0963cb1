package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.synthetic.HostileEmulator;

/** Formats, positions, and headers that lie. */
class RingReaderTest {

    /** A ramp: every sample tells its number. */
    private static final LongToDoubleFunction RAMP = n -> (n % 30_000) / 32_767.0;

    @TempDir
    Path folder;

    private Path file;
    private AudioSegment segment;
    private RingReader reader;

    @BeforeEach
    void open() throws Exception {
        file = folder.resolve("audio");
        segment = AudioSegment.openOrCreate(file, PosixFilePermissions.fromString("rw-------"));
        reader = new RingReader(segment);
    }

    @AfterEach
    void close() {
        segment.close();
    }

    /** Reads everything and checks that it goes on with sample {@code expected}; the number after the last one. */
    private long drain(long expected, boolean stereo) {
        while (reader.next()) {
            assertEquals(expected % 30_000, reader.left(), 0.6, "sample " + expected);
            assertEquals(stereo ? -reader.left() : reader.left(), reader.right(), 0.6);
            expected++;
        }
        return expected;
    }

    @ParameterizedTest(name = "{0} Hz, {1} channels, format {2}, free running: {3}")
    @CsvSource({
        "44100, 2, 0, false",
        "44100, 2, 0, true",
        "44100, 1, 0, false",
        "44100, 2, 1, true",
        "22050, 1, 1, false",
        "8000, 1, 0, true",
        "192000, 2, 1, false",
        "11025, 1, 0, false",
    })
    void readsEverySampleOnceRoundAndRoundTheRing(int rate, int channels, int format, boolean freeRunning) {
        RingWriter writer = new RingWriter(segment, rate, channels, format, freeRunning, RAMP);
        assertTrue(reader.refresh());
        assertEquals(rate, reader.rate());
        assertEquals(channels, reader.channels());
        long read = 0;
        for (int burst = 1; writer.written() < 100_000; burst = burst * 7 % 1_013 + 1) {
            writer.write(burst);
            assertTrue(reader.refresh());
            assertEquals(burst, reader.available());
            read = drain(read, channels == 2);
        }
        assertEquals(writer.written(), read);
        assertEquals(segment.writePosition() & 0xFFFF, segment.readPosition());
    }

    /** Positions that pass 2^31 and 2^32 are like any other. */
    @Test
    void freeRunningPositionsMayOverflow() {
        for (int start : new int[] {Integer.MAX_VALUE - 4003, -4004}) {
            RingWriter writer = new RingWriter(segment, 44_100, 2, 0, true, RAMP);
            writer.position(start & ~3);
            reader.discard();
            assertTrue(reader.refresh());
            long read = 0;
            for (int i = 0; i < 100; i++) {
                writer.write(441);
                reader.refresh();
                read = drain(read, true);
            }
            assertEquals(44_100, read);
        }
    }

    @Test
    void takesWholeSampleFramesOnly() {
        RingWriter writer = new RingWriter(segment, 44_100, 2, 1, false, RAMP);
        reader.refresh();
        long[] read = {0};
        for (int portion : new int[] {1, 3, 7, 5}) {
            writer.writeInPortions(200, portion, () -> {
                reader.refresh();
                read[0] = drain(read[0], true);
            });
        }
        assertEquals(800, read[0]);
    }

    /** A position left behind by another format: the writer's is where a frame begins. */
    @Test
    void beginsWhereTheWriterIs() {
        segment.readPosition(3);
        segment.writePosition(7_001);
        RingWriter writer = new RingWriter(segment, 44_100, 2, 1, false, RAMP);
        assertTrue(reader.refresh());
        assertEquals(0, reader.available(), "sound of unknown age");
        writer.write(100);
        reader.refresh();
        assertEquals(100, drain(0, true));
    }

    @Test
    void aChangeOfFormatDropsWhatIsOld() {
        new RingWriter(segment, 44_100, 1, 0, false, RAMP).write(333);
        reader.refresh();
        RingWriter stereo = new RingWriter(segment, 22_050, 2, 1, false, RAMP);
        assertTrue(reader.refresh());
        assertEquals(22_050, reader.rate());
        stereo.write(50);
        reader.refresh();
        assertEquals(50, drain(0, true));
    }

    @ParameterizedTest(name = "{0} Hz, {1} channels, format {2}")
    @CsvSource({
        "0, 2, 0",
        "-44100, 2, 0",
        "2147483647, 2, 0",
        "3999, 2, 0",
        "192001, 2, 0",
        "44100, 0, 0",
        "44100, 3, 0",
        "44100, -1, 0",
        "44100, 255, 0",
        "44100, 2, 2",
        "44100, 2, -1",
        "44100, 2, 9"
    })
    void anUnknownFormatIsSilence(int rate, int channels, int format) throws Exception {
        RingWriter writer = new RingWriter(segment, 44_100, 2, 0, false, RAMP);
        reader.refresh();
        HostileEmulator.soundFormat(file, rate, channels, format);
        assertFalse(reader.refresh());
        assertEquals(0, reader.available());
        assertEquals(0, reader.rate());
        assertEquals(0, reader.channels());
        assertFalse(reader.next());
        HostileEmulator.soundFormat(file, 44_100, 2, 0);
        assertTrue(reader.refresh());
        writer.write(10);
        reader.refresh();
        assertEquals(10, reader.available());
    }

    /** Whatever write_pos claims, no more than a ring is read, and the read position stays in it. */
    @Test
    void aLyingPositionIsWrongSoundAtWorst() throws Exception {
        RingWriter writer = new RingWriter(segment, 44_100, 2, 0, false, RAMP);
        reader.refresh();
        int[] positions = {1, 3, 65_535, 65_536, 65_537, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x7FFF0003};
        for (int position : positions) {
            HostileEmulator.writePosition(file, position);
            assertTrue(reader.refresh());
            assertTrue(reader.available() <= 65_536 / 4);
            while (reader.next()) {
                assertTrue(Math.abs(reader.left()) <= 32_768);
            }
            assertTrue(segment.readPosition() >= 0 && segment.readPosition() < 65_536);
        }
        writer.position(0);
        reader.discard();
        writer.write(20);
        reader.refresh();
        assertEquals(20, reader.available());
    }

    @Test
    void floatsThatAreNoSoundAreBounded() {
        double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e30, -1e30, 2, -2, 0.5};
        RingWriter writer = new RingWriter(segment, 48_000, 1, 1, false, n -> odd[(int) (n % odd.length)]);
        reader.refresh();
        writer.write(odd.length);
        reader.refresh();
        float[] expected = {0, 32_767, -32_768, 32_767, -32_768, 32_767, -32_768, 16_383.5f};
        for (float e : expected) {
            assertTrue(reader.next());
            assertEquals(e, reader.left(), 0.5);
        }
    }
}
