package org.macemu.webrtc.media.lane.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.capture.TestFrames;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLane;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLaneMetrics;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLaneSettings;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.ScenePixels;

/**
 * The adaptive lane, given the pictures and the tone a {@link Recording} is made of, for a comparison with the shared
 * lane. Pictures are drawn before anybody is served, because the processor time of this whole process is measured. Runs
 * until it is killed: {@code AdaptiveServer HTTP_PORT KILOBITS VIEWERS}.
 */
final class AdaptiveServer {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int FRAMES_PER_SECOND = 30;

    /** 5 s, 184 MB; then they begin again. */
    private static final int FRAMES = 150;

    private AdaptiveServer() {}

    public static void main(String[] args) throws Exception {
        int kilobits = Integer.parseInt(args[1]);
        MemorySegment[] pictures = draw();
        AdaptiveLane lane = new AdaptiveLane(
                new AdaptiveLaneSettings(Integer.parseInt(args[2]), kilobits, kilobits, 0, 0),
                () -> {},
                AdaptiveLaneMetrics.NONE);
        WhepServer whep = new WhepServer(lane, Integer.parseInt(args[0]));
        Thread.ofPlatform().name("audio").daemon().start(() -> sound(lane));
        System.out.println("ready " + whep.url());
        VideoFrame frame = new VideoFrame();
        long begin = System.nanoTime();
        for (long i = 0; ; i++) {
            long due = begin + i * 1_000_000_000L / FRAMES_PER_SECOND;
            sleepUntil(due);
            TestFrames.set(frame, pictures[(int) (i % FRAMES)], WIDTH, HEIGHT, true, due, i);
            lane.video(frame);
        }
    }

    private static MemorySegment[] draw() {
        MemorySegment[] pictures = new MemorySegment[FRAMES];
        ScenePixels pixels = new ScenePixels(SceneKind.MOTION, WIDTH, HEIGHT);
        for (int i = 0; i < FRAMES; i++) {
            pictures[i] = Arena.global().allocate(WIDTH * HEIGHT * 4, 64);
            MemorySegment.copy(
                    pixels.draw(i * 1_000_000_000L / FRAMES_PER_SECOND), 0, pictures[i], JAVA_INT, 0, WIDTH * HEIGHT);
        }
        return pictures;
    }

    private static void sound(Lane lane) {
        short[] pcm = new short[AudioSink.BLOCK_FRAMES * AudioSink.CHANNELS];
        long begin = System.nanoTime();
        for (long block = 0; ; block++) {
            long index = block * AudioSink.BLOCK_FRAMES;
            for (int k = 0; k < pcm.length; k++) {
                pcm[k] = (short) (8_000 * Math.sin((index + k / 2) * 2 * Math.PI * 440 / AudioSink.SAMPLE_RATE));
            }
            sleepUntil(begin + block * 10_000_000L);
            lane.audio(pcm, index, false);
        }
    }

    private static void sleepUntil(long due) {
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }
}
