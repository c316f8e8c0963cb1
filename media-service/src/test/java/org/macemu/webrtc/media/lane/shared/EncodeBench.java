package org.macemu.webrtc.media.lane.shared;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.macemu.webrtc.media.capture.CapturedPictures;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.FrameWish;
import org.macemu.webrtc.media.lane.shared.encode.VideoEncoder;
import org.macemu.webrtc.media.lane.shared.encode.VideoEncoderSettings;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.ScenePixels;

/**
 * CPU time of the capture thread at 30 pictures a second, from shared memory to the encoded frame: {@code EncodeBench
 * KILOBITS SECONDS SIZE...}.
 */
final class EncodeBench {

    private static final int FRAMES_PER_SECOND = 30;

    private EncodeBench() {}

    public static void main(String[] args) throws Exception {
        int kilobits = Integer.parseInt(args[0]);
        int frames = Integer.parseInt(args[1]) * FRAMES_PER_SECOND;
        for (int i = 2; i < args.length; i++) {
            String[] size = args[i].split("x");
            for (SceneKind scene : SceneKind.values()) {
                measure(scene, Integer.parseInt(size[0]), Integer.parseInt(size[1]), kilobits, frames);
            }
        }
    }

    private static void measure(SceneKind scene, int width, int height, int kilobits, int frames) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        AtomicLong clock = new AtomicLong();
        try (CapturedPictures captured = new CapturedPictures(width, height);
                VideoEncoder encoder = new VideoEncoder(
                        VpxLibrary.load(), LibYuv.load(), VideoEncoderSettings.of(kilobits, 1), clock::get)) {
            ScenePixels pixels = new ScenePixels(scene, width, height);
            EncodedFrame encoded = new EncodedFrame();
            long cpu = 0;
            long sent = 0;
            int encodes = 0;
            int largest = 0;
            int warmUp = FRAMES_PER_SECOND;
            for (int i = 0; i < frames + warmUp; i++) {
                long nanos = i * 1_000_000_000L / FRAMES_PER_SECOND;
                int[] drawn = pixels.draw(nanos);
                clock.set(nanos + 1_000_000_000L);
                captured.publish(drawn, nanos);
                long begin = threads.getCurrentThreadCpuTime();
                VideoFrame frame = captured.read(nanos + 1_000_000_000L);
                boolean made = encoder.encode(frame, i == 0 ? FrameWish.KEY_FRAME : FrameWish.NEWS, encoded);
                if (i >= warmUp) {
                    cpu += threads.getCurrentThreadCpuTime() - begin;
                    if (made) {
                        encodes++;
                        sent += encoded.length();
                        largest = Math.max(largest, encoded.length());
                    }
                }
            }
            double millis = cpu / 1e6 / frames;
            System.out.printf(
                    Locale.ROOT,
                    "RESULT encode scene=%s size=%dx%d ms_per_frame=%.2f cores=%.3f kbits=%d encoded=%d/%d"
                            + " largest_bytes=%d%n",
                    scene.name().toLowerCase(Locale.ROOT),
                    width,
                    height,
                    millis,
                    millis * FRAMES_PER_SECOND / 1000,
                    sent * 8 * FRAMES_PER_SECOND / 1000 / frames,
                    encodes,
                    frames,
                    largest);
        }
    }
}
