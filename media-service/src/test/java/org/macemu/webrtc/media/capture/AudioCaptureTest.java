package org.macemu.webrtc.media.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.synthetic.HostileEmulator;

/** The sound thread on a real file in shared memory, in real time. */
class AudioCaptureTest {

    private record Block(long index, boolean silent, long at) {}

    private final Path file = SegmentFile.SHM_DIRECTORY.resolve("macemu-sound-" + UUID.randomUUID());
    private final CountingMetrics metrics = new CountingMetrics();
    private final List<Block> blocks = new CopyOnWriteArrayList<>();
    private final AtomicBoolean sinkFails = new AtomicBoolean();
    private AudioCapture capture;

    @BeforeEach
    void open() throws Exception {
        capture = new AudioCapture(() -> new AudioInput(AudioSegment.openOrCreate(file, PictureWriter.OWNER)), this::take, metrics);
        capture.start();
    }

    private void take(short[] pcm, long sampleIndex, boolean silent) {
        if (sinkFails.get()) {
            throw new IllegalStateException("as the test wants");
        }
        assertEquals(AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS, pcm.length);
        blocks.add(new Block(sampleIndex, silent, System.nanoTime()));
    }

    @AfterEach
    void close() throws IOException {
        capture.close();
        boolean mapped = Files.readString(Path.of("/proc/self/maps")).contains(file.getFileName().toString());
        Files.deleteIfExists(file);
        assertTrue(!mapped, "still mapped after close");
    }

    /** Writes a tone for so long. */
    private void play(RingWriter writer, long millis) {
        long next = System.nanoTime();
        for (int i = 0; i < millis / 10; i++) {
            writer.write(441);
            next += 10_000_000;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private static RingWriter tone(AudioSegment segment) {
        return new RingWriter(segment, 44_100, 2, AudioSegment.FORMAT_S16LE, false, RingWriter.sine(440, 44_100, 0.5));
    }

    @Test
    void deliversOnTimeWhileWatchedAndNothingElse() throws Exception {
        try (AudioSegment segment = AudioSegment.openOrCreate(file, PictureWriter.OWNER)) {
            RingWriter writer = tone(segment);
            play(writer, 100);
            assertTrue(blocks.isEmpty(), "nobody watches");
            capture.watched(true);
            play(writer, 700);
            assertEquals(44_100, capture.sampleRate());
            assertEquals(2, capture.channels());
            Await.until("sound", () -> blocks.stream().anyMatch(b -> !b.silent));
            capture.watched(false);
            Thread.sleep(60);
            int count = blocks.size();
            Thread.sleep(60);
            assertEquals(count, blocks.size(), "it goes on");
            for (int i = 1; i < count; i++) {
                assertEquals(
                        0,
                        (blocks.get(i).index - blocks.get(i - 1).index) % AudioSink.BLOCK_FRAMES,
                        "index " + blocks.get(i).index);
                assertTrue(blocks.get(i).index > blocks.get(i - 1).index);
            }
            // The index keeps to the clock, late wake-ups or not.
            Block first = blocks.get(0);
            Block last = blocks.get(count - 1);
            double seconds = (last.at - first.at) / 1e9;
            assertEquals(seconds * AudioSink.SAMPLE_RATE, last.index - first.index, 0.12 * AudioSink.SAMPLE_RATE);
        }
    }

    @Test
    void silenceIsDeliveredToo() throws Exception {
        capture.watched(true);
        Await.until("20 blocks", () -> blocks.size() >= 20);
        assertTrue(blocks.stream().allMatch(Block::silent));
        assertEquals(0, metrics.underruns.get());
    }

    @Test
    void survivesAFileThatShrinksAndTakesTheNext() throws Exception {
        capture.watched(true);
        try (AudioSegment segment = AudioSegment.openOrCreate(file, PictureWriter.OWNER)) {
            play(tone(segment), 300);
            HostileEmulator.shrink(file, 16);
            Await.until("no format", () -> capture.sampleRate() == 0);
        }
        Files.delete(file);
        blocks.clear();
        try (AudioSegment segment = AudioSegment.openOrCreate(file, PictureWriter.OWNER)) {
            RingWriter writer = tone(segment);
            for (int i = 0; i < 50 && blocks.stream().allMatch(Block::silent); i++) {
                play(writer, 100);
            }
            assertTrue(blocks.stream().anyMatch(b -> !b.silent), "no sound from the new file");
        }
    }

    @Test
    void aSinkThatFailsDoesNotEndSound() throws Exception {
        sinkFails.set(true);
        capture.watched(true);
        Thread.sleep(50);
        sinkFails.set(false);
        Await.until("blocks", () -> !blocks.isEmpty());
    }
}
