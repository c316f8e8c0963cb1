package org.macemu.webrtc.media.lane.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.capture.CaptureControl;
import org.macemu.webrtc.media.capture.TestFrames;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.Lane;

/**
 * Plays capture for a lane under test: a desktop with a window that is dragged around, 30 pictures a second, and a tone
 * of 440 Hz. Picture and sound thread behave as capture's do: repetitions after a change, then nothing.
 */
final class GeneratedSource implements CaptureControl, AutoCloseable {

    private static final int REPETITIONS = 12;

    private final Arena arena = Arena.ofShared();
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile boolean running = true;
    private volatile boolean moving = true;
    private volatile boolean silent;
    private volatile int width;
    private volatile int height;
    private volatile int framesPerSecond = 30;
    private Thread video;
    private Thread audio;

    GeneratedSource(int width, int height) {
        this.width = width;
        this.height = height;
    }

    void start(Lane lane) {
        video = Thread.ofPlatform().name("test-video").start(() -> video(lane));
        audio = Thread.ofPlatform().name("test-audio").start(() -> audio(lane));
    }

    @Override
    public void requestFrame() {
        asked.set(true);
        if (video != null) {
            LockSupport.unpark(video);
        }
    }

    void moving(boolean value) {
        moving = value;
    }

    void silent(boolean value) {
        silent = value;
    }

    void framesPerSecond(int value) {
        framesPerSecond = value;
    }

    void size(int newWidth, int newHeight) {
        width = newWidth;
        height = newHeight;
    }

    private void video(Lane lane) {
        VideoFrame frame = new VideoFrame();
        BufferedImage image = null;
        MemorySegment rgba = null;
        int still = 0;
        long sequence = 0;
        long next = System.nanoTime();
        for (long n = 0; running; n++) {
            boolean changed = moving;
            if (image == null || image.getWidth() != width || image.getHeight() != height) {
                image = new BufferedImage(width, height, BufferedImage.TYPE_INT_BGR);
                rgba = arena.allocate((long) image.getWidth() * image.getHeight() * 4, 64);
                changed = true;
            }
            if (changed) {
                draw(image, n);
                int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
                MemorySegment.copy(pixels, 0, rgba, JAVA_INT, 0, pixels.length);
                still = 0;
            } else {
                still++;
            }
            if (changed || still <= REPETITIONS || asked.get()) {
                asked.set(false);
                TestFrames.set(
                        frame, rgba, image.getWidth(), image.getHeight(), changed, System.nanoTime(), ++sequence);
                lane.video(frame);
            }
            next += 1_000_000_000L / framesPerSecond;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            } else {
                next = System.nanoTime();
            }
        }
    }

    private void audio(Lane lane) {
        short[] pcm = new short[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];
        long index = 0;
        long next = System.nanoTime();
        while (running) {
            boolean quiet = silent;
            for (int i = 0; i < AudioSink.BLOCK_FRAMES; i++) {
                short s = quiet
                        ? 0
                        : (short) (8000 * Math.sin((index + i) * 2 * Math.PI * 440 / AudioSink.SAMPLE_RATE));
                pcm[2 * i] = s;
                pcm[2 * i + 1] = s;
            }
            lane.audio(pcm, index, quiet);
            index += AudioSink.BLOCK_FRAMES;
            next += 10_000_000;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
    }

    /** A dithered desktop and a window whose place depends on the number of the picture. */
    static void draw(BufferedImage image, long n) {
        int w = image.getWidth();
        int h = image.getHeight();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                pixels[y * w + x] = (x + y & 1) == 0 ? 0xa8a8a8 : 0x989898;
            }
        }
        Graphics2D g = image.createGraphics();
        int ww = Math.max(1, w / 2);
        int wh = Math.max(1, h / 2);
        int x = (int) (w / 4.0 + w * 0.22 * Math.cos(n / 25.0));
        int y = (int) (h / 4.0 + h * 0.2 * Math.sin(n / 18.0));
        g.setColor(Color.WHITE);
        g.fillRect(x, y, ww, wh);
        g.setColor(Color.BLACK);
        g.drawRect(x, y, ww, wh);
        for (int line = 0; line * 14 < wh - 20; line++) {
            for (int c = 0; c * 6 < ww - 24; c++) {
                if ((line * 31 + c * 17) % 7 != 0) {
                    g.fillRect(x + 8 + c * 6, y + 8 + line * 14, 1 + (c * 7 + line) % 4, 8);
                }
            }
        }
        g.dispose();
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        if (video != null) {
            LockSupport.unpark(video);
            video.join();
            audio.join();
        }
        arena.close();
    }
}
