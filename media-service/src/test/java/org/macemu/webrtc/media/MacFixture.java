package org.macemu.webrtc.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.shm.PixelFormat;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.config.MediaConfig;
import org.macemu.webrtc.media.testing.Await;

/** The whole emulator's side of the service, with real segments and sockets, in a folder of a test's own. */
final class MacFixture implements AutoCloseable {

    static final int WIDTH = 100;
    static final int HEIGHT = 40;

    final Path folder;
    final Path video;
    final Path audio;
    final Path socket;
    final LocalMac mac;

    /** Pictures that changed. */
    final AtomicInteger pictures = new AtomicInteger();

    /** The format of the last one. */
    final AtomicReference<PixelFormat> format = new AtomicReference<>();

    /** The colour in the middle of the last one, 0xRRGGBB. */
    final AtomicInteger middle = new AtomicInteger(-1);

    /** Largest sample. */
    final AtomicInteger peak = new AtomicInteger();

    /** Sign changes of the left channel in each block that was not silent. */
    final List<Integer> crossings = new CopyOnWriteArrayList<>();

    private boolean positive;

    /** Also looks at every picture that changed. */
    volatile Consumer<VideoFrame> eye = frame -> {};

    MacFixture(Path folder, Map<String, String> settings) throws Exception {
        this.folder = folder;
        this.video = folder.resolve("video");
        this.audio = folder.resolve("audio");
        this.socket = folder.resolve("c.sock");
        Map<String, String> all = new HashMap<>(settings);
        all.put("macemu.shm.directory", folder.toString());
        all.put("macemu.video-shm", "/video");
        all.put("macemu.audio-shm", "/audio");
        all.put("macemu.control-sock", socket.toString());
        all.put("macemu.control.timeout", "500ms");
        all.put("macemu.emulator.socket-directory", folder.toString());
        MediaConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .withMapping(MediaConfig.class)
                .build()
                .getConfigMapping(MediaConfig.class);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        mac = new LocalMac(
                config,
                new MediaMetrics(registry),
                registry,
                frame -> {
                    if (frame.changed()) {
                        long at = 4L * (frame.height() / 2 * frame.width() + frame.width() / 2);
                        int[] bytes = new int[4];
                        for (int i = 0; i < 4; i++) {
                            bytes[i] = frame.pixels().get(ValueLayout.JAVA_BYTE, at + i) & 0xFF;
                        }
                        middle.set(bytes[place(frame.format(), 'R')] << 16
                                | bytes[place(frame.format(), 'G')] << 8
                                | bytes[place(frame.format(), 'B')]);
                        format.set(frame.format());
                        eye.accept(frame);
                        pictures.incrementAndGet();
                    }
                },
                (pcm, index, silent) -> hear(pcm, silent),
                () -> {});
        mac.start();
        mac.watched(true);
    }

    private static int place(PixelFormat format, char part) {
        return format.name().indexOf(part);
    }

    private void hear(short[] pcm, boolean silent) {
        if (silent) {
            return;
        }
        int crossed = 0;
        for (int i = 0; i < pcm.length; i += 2) {
            peak.accumulateAndGet(Math.abs(pcm[i]), Math::max);
            if (pcm[i] > 0 != positive) {
                positive = !positive;
                crossed++;
            }
        }
        crossings.add(crossed);
    }

    SessionStatus status() throws Exception {
        return mac.status().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** What a pixel of the emulators' test picture looks like, 0xRRGGBB. */
    static int colour(int x, int y) {
        return (x * 3 + 10 & 0xFF) << 16 | (y * 5 + 20 & 0xFF) << 8 | (x + y) * 7 + 30 & 0xFF;
    }

    /** Every pixel of the screenshot, and the frames that lanes get. */
    void assertTestPicture() throws Exception {
        Await.until(() -> "pictures: " + mac.state(), () -> pictures.get() > 0 && middle.get() == colour(50, 20));
        AtomicReference<Snapshot> taken = new AtomicReference<>();
        Await.until("a screenshot, which there is none of while one emulator follows another", () -> {
            taken.set(mac.snapshot().join().orElse(null));
            return taken.get() != null;
        });
        BufferedImage png = ImageIO.read(new ByteArrayInputStream(taken.get().png()));
        assertEquals(WIDTH, png.getWidth());
        assertEquals(HEIGHT, png.getHeight());
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                assertEquals(colour(x, y), png.getRGB(x, y) & 0xFFFFFF, x + "," + y);
            }
        }
    }

    /** The emulators' square wave of 441 Hz and 8,192 in height: neither swapped nor at another speed. */
    void assertTestTone() throws Exception {
        // In most blocks of 10 ms, whatever a busy machine makes of the rest; 441 Hz change their sign 8.8 times.
        Await.until(() -> "a second of the tone: " + crossings, () -> {
            List<Integer> last = List.copyOf(crossings);
            last = last.subList(Math.max(0, last.size() - 100), last.size());
            int median = last.stream().sorted().skip(last.size() / 2).findFirst().orElse(0);
            return last.size() == 100 && (median == 8 || median == 9);
        });
        // The resampler overshoots at a square wave's edges.
        assertTrue(peak.get() > 7_500 && peak.get() < 12_000, "peak " + peak);
    }

    /** What is in a file so far. */
    static String said(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        mac.close();
    }
}
