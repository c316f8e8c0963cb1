package org.macemu.webrtc.media.lane.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.macemu.webrtc.media.capture.TestFrames;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.shared.encode.AudioEncoder;
import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.FrameWish;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;
import org.macemu.webrtc.media.lane.shared.encode.VideoEncoder;
import org.macemu.webrtc.media.lane.shared.encode.VideoEncoderSettings;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;
import org.macemu.webrtc.synthetic.SceneKind;
import org.macemu.webrtc.synthetic.ScenePixels;

/**
 * Encoded picture and sound in a file, so that a benchmark gives every server the same bytes.
 *
 * <pre>
 * per record, big-endian: u8 kind (0 sound, 1 picture, 2 key frame), u32 milliseconds, u32 length, data
 * </pre>
 */
final class Recording {

    static final int SOUND = 0;
    static final int PICTURE = 1;
    static final int KEY_FRAME = 2;

    private static final int SECONDS = 20;
    private static final int FRAMES_PER_SECOND = 30;

    /** A packet of sound or a frame. */
    record Unit(int kind, int millis, byte[] data) {}

    private Recording() {}

    /** Reads a recording, in the order of time. */
    static List<Unit> read(Path file) throws IOException {
        List<Unit> units = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                int kind = in.readUnsignedByte();
                int millis = in.readInt();
                byte[] data = new byte[in.readInt()];
                in.readFully(data);
                units.add(new Unit(kind, millis, data));
            }
        } catch (EOFException e) {
            return units;
        }
    }

    /** Records {@code FILE KILOBITS SCENE}: 20 s at 640x480, a key frame every 5 s, and a tone. */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        int kilobits = Integer.parseInt(args[1]);
        SceneKind scene = SceneKind.valueOf(args[2]);
        AtomicLong clock = new AtomicLong();
        try (Arena arena = Arena.ofConfined();
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
                VideoEncoder video = new VideoEncoder(
                        VpxLibrary.load(), LibYuv.load(), VideoEncoderSettings.of(kilobits, 1), clock::get);
                AudioEncoder audio = new AudioEncoder(OpusEncoder.Library.load(), 96_000)) {
            ScenePixels pixels = new ScenePixels(scene, 640, 480);
            MemorySegment rgba = arena.allocate(640 * 480 * 4, 64);
            VideoFrame frame = new VideoFrame();
            EncodedFrame encoded = new EncodedFrame();
            EncodedSound sound = new EncodedSound();
            short[] pcm = new short[960];
            int block = 0;
            for (int i = 0; i < SECONDS * FRAMES_PER_SECOND; i++) {
                long nanos = i * 1_000_000_000L / FRAMES_PER_SECOND;
                for (; block * 10_000_000L < nanos; block++) {
                    for (int k = 0; k < 960; k++) {
                        pcm[k] = (short) (8_000 * Math.sin((block * 480 + k / 2) * 2 * Math.PI * 440 / 48_000));
                    }
                    if (audio.encode(pcm, block * 480L, false, 0, sound)) {
                        write(out, SOUND, block * 10, sound.data(), sound.length());
                    }
                }
                clock.set(nanos + 1_000_000_000L);
                MemorySegment.copy(pixels.draw(nanos), 0, rgba, JAVA_INT, 0, 640 * 480);
                TestFrames.set(frame, rgba, 640, 480, true, nanos + 1_000_000_000L, i);
                if (video.encode(frame, i % (5 * FRAMES_PER_SECOND) == 0 ? FrameWish.KEY_FRAME : FrameWish.NEWS, encoded)) {
                    write(
                            out,
                            encoded.keyFrame() ? KEY_FRAME : PICTURE,
                            (int) (nanos / 1_000_000),
                            encoded.data(),
                            encoded.length());
                }
            }
        }
        System.out.printf("recorded %s, %d kbit/s%n", file, Files.size(file) * 8 / 1000 / SECONDS);
    }

    private static void write(DataOutputStream out, int kind, int millis, byte[] data, int length)
            throws IOException {
        out.writeByte(kind);
        out.writeInt(millis);
        out.writeInt(length);
        out.write(data, 0, length);
    }
}
