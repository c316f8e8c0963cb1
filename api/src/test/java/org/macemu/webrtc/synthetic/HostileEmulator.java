package org.macemu.webrtc.synthetic;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * An emulator that lies: segments with impossible headers, files that shrink under the reader's mapping, and bytes on
 * the control socket that are no messages. Writes to the files from outside, without a mapping of its own.
 */
public final class HostileEmulator {

    private HostileEmulator() {}

    /** Makes a sparse file of {@code size} bytes that begins with these two words. */
    public static void file(Path path, int magic, int version, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            if (size > 0) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            if (size >= 8) {
                channel.write(little(8).putInt(magic).putInt(version).flip(), 0);
            }
        }
    }

    /** Overwrites a 32-bit word of a segment. */
    public static void poke(Path segment, long offset, int value) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.write(little(4).putInt(value).flip(), offset);
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Claims a picture of this geometry and makes the reader look, by raising {@code frame_count}. */
    public static void geometry(Path video, int width, int height, int stride) throws IOException {
        poke(video, VideoLayout.V1.width(), width);
        poke(video, VideoLayout.V1.height(), height);
        poke(video, VideoLayout.V1.stride(), stride);
        raiseFrameCount(video);
    }

    /** A geometry whose {@code stride * height} is zero in 32 bits: 65,536 x 16,384 pixels, 262,144 bytes a row. */
    public static void overflowingGeometry(Path video) throws IOException {
        geometry(video, 65_536, 16_384, 262_144);
    }

    /** Claims that picture {@code index}, such as 7, is complete. */
    public static void writeIndex(Path video, int index) throws IOException {
        poke(video, VideoLayout.V1.latestIndex(), index);
        raiseFrameCount(video);
    }

    private static void raiseFrameCount(Path video) throws IOException {
        try (FileChannel channel =
                FileChannel.open(video, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer count = little(8);
            channel.read(count, VideoLayout.V1.frameCount());
            long next = count.flip().getLong() + 1;
            channel.write(count.clear().putLong(next).flip(), VideoLayout.V1.frameCount());
        }
    }

    /** Claims that sound was written up to {@code position}. */
    public static void writePosition(Path audio, int position) throws IOException {
        poke(audio, AudioSegment.Layout.V1.writePosition(), position);
    }

    /** Claims a sound format, such as 0 Hz, 255 channels or format 9. */
    public static void soundFormat(Path audio, int sampleRate, int channels, int format) throws IOException {
        poke(audio, AudioSegment.OFFSET_SAMPLE_RATE, sampleRate);
        poke(audio, AudioSegment.OFFSET_CHANNELS, channels);
        poke(audio, AudioSegment.OFFSET_FORMAT, format);
    }

    /** Cuts the file, mapped or not; pages beyond {@code bytes} fault from now on. */
    public static void shrink(Path segment, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    /** The beginning of a message, without its end and its newline. */
    public static byte[] halfLine() {
        return "{\"type\":\"status\",\"runn".getBytes(StandardCharsets.UTF_8);
    }

    /** One line of so many bytes, newline included; a valid message but for its length. */
    public static byte[] longLine(int bytes) {
        byte[] start = "{\"type\":\"error\",\"message\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] end = "\"}\n".getBytes(StandardCharsets.UTF_8);
        byte[] line = Arrays.copyOf(start, bytes);
        Arrays.fill(line, start.length, bytes - end.length, (byte) 'x');
        System.arraycopy(end, 0, line, bytes - end.length, end.length);
        return line;
    }

    /** Random bytes, newlines among them; the same for the same seed. */
    public static byte[] binary(long seed, int bytes) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    /** Connects to a server's control socket without keeping to the protocol. */
    public static Connection connect(Path controlSocket) throws IOException {
        AFUNIXSocket socket = AFUNIXSocket.newInstance();
        try {
            socket.connect(AFUNIXSocketAddress.of(controlSocket));
            return new Connection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** A connection that sends any bytes. Used by one thread. */
    public static final class Connection implements AutoCloseable {

        private static final int LONGEST_LINE = 1 << 20;

        private final AFUNIXSocket socket;
        private final InputStream in;

        private Connection(AFUNIXSocket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        /** Sends all bytes at once. */
        public void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** Sends a line of text; its newline is added. */
        public void send(String line) throws IOException {
            send((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        /** Sends byte by byte, each in a write of its own. */
        public void sendByteByByte(byte[] bytes) throws IOException {
            for (byte b : bytes) {
                send(new byte[] {b});
            }
        }

        /**
         * The next line of the server without its newline.
         *
         * @return null when the server closed the connection
         * @throws SocketTimeoutException when neither came in time
         */
        public String readLine(Duration timeout) throws IOException {
            long deadline = System.nanoTime() + timeout.toNanos();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (line.size() < LONGEST_LINE) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw new SocketTimeoutException("No line within " + timeout.toMillis() + " ms after " + line);
                }
                socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                if (b == '\n') {
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(b);
            }
            throw new IOException("A line of the server is longer than " + LONGEST_LINE + " bytes");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
