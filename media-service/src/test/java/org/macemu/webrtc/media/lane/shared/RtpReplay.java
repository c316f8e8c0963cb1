package org.macemu.webrtc.media.lane.shared;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends a {@link Recording} as plain RTP, in packets of the same sizes as the shared lane's, to servers that take RTP in:
 * {@code RtpReplay RECORDING AUDIO_PORT VIDEO_PORT}. Runs until it is killed.
 */
final class RtpReplay {

    private static final int MAX_PAYLOAD = 1160;

    private RtpReplay() {}

    public static void main(String[] args) throws Exception {
        List<Recording.Unit> units = Recording.read(Path.of(args[0]));
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        int audioPort = Integer.parseInt(args[1]);
        int videoPort = Integer.parseInt(args[2]);
        int length = units.get(units.size() - 1).millis() + 20;
        int audioSequence = 0;
        int videoSequence = 0;
        int picture = 0;
        try (DatagramSocket socket = new DatagramSocket()) {
            long begin = System.nanoTime();
            for (long round = 0; ; round++) {
                for (Recording.Unit unit : units) {
                    long millis = round * length + unit.millis();
                    long wait = begin + millis * 1_000_000L - System.nanoTime();
                    if (wait > 0) {
                        LockSupport.parkNanos(wait);
                    }
                    byte[] data = unit.data();
                    if (unit.kind() == Recording.SOUND) {
                        ByteBuffer b = header(111, false, audioSequence++, (int) (millis * 48), 1);
                        b.put(data);
                        socket.send(new DatagramPacket(b.array(), b.position(), loopback, audioPort));
                        continue;
                    }
                    int count = (data.length + MAX_PAYLOAD - 1) / MAX_PAYLOAD;
                    int size = (data.length + count - 1) / count;
                    for (int i = 0; i < count; i++) {
                        ByteBuffer b = header(96, i == count - 1, videoSequence++, (int) (millis * 90), 2);
                        b.put((byte) (0x80 | (i == 0 ? 0x10 : 0))).put((byte) 0x80);
                        b.putShort((short) (0x8000 | picture & 0x7fff));
                        b.put(data, i * size, Math.min(size, data.length - i * size));
                        socket.send(new DatagramPacket(b.array(), b.position(), loopback, videoPort));
                    }
                    picture++;
                }
            }
        }
    }

    private static ByteBuffer header(int payloadType, boolean marker, int sequence, int time, int ssrc) {
        return ByteBuffer.allocate(1500)
                .put((byte) 0x80)
                .put((byte) (payloadType | (marker ? 0x80 : 0)))
                .putShort((short) sequence)
                .putInt(time)
                .putInt(ssrc);
    }
}
