package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.macemu.webrtc.media.lane.shared.rtp.RtcpReader;

/** Datagrams of anybody who knows the port: STUN, and RTCP as it is after decryption. */
public final class PacketFuzz {

    private static final byte[] PASSWORD = "0123456789012345678901".getBytes(StandardCharsets.US_ASCII);

    private PacketFuzz() {}

    /** The first byte chooses, the second one where in its buffer the packet lies. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < 2) {
            return;
        }
        byte[] packet = Arrays.copyOfRange(data, 2, data.length);
        if ((data[0] & 1) == 0) {
            stun(packet);
            return;
        }
        int at = data[1] & 0x3f;
        byte[] buffer = new byte[at + packet.length];
        System.arraycopy(packet, 0, buffer, at, packet.length);
        RtcpReader.isRtcp(buffer, at, packet.length);
        RtcpReader.read(buffer, at, packet.length, new Ignored());
    }

    private static void stun(byte[] packet) {
        if (StunBinding.username(packet, packet.length) == null) {
            // Whoever is not named is not looked at further: the ICE registry finds nobody.
            return;
        }
        StunBinding.authentic(packet, packet.length, PASSWORD);
        StunBinding.Check check = StunBinding.decode(packet, packet.length);
        if (check != null) {
            byte[] answer = StunBinding.success(check, new InetSocketAddress("192.0.2.1", 5000), PASSWORD);
            if (!StunBinding.authentic(answer, answer.length, PASSWORD)) {
                throw new AssertionError("our own answer is not authentic");
            }
            StunBinding.roleConflict(check, PASSWORD);
        }
    }

    private static final class Ignored implements RtcpReader.Handler {

        @Override
        public void report(
                    int ssrc, int fractionLost, int packetsLost, int highest, int lastSenderReport, int delaySinceLast) {}

        @Override
        public void nack(int ssrc, int sequence) {
            if (sequence < 0 || sequence > 0xffff) {
                throw new AssertionError("sequence number " + sequence);
            }
        }

        @Override
        public void pictureLost(int ssrc) {}

        @Override
        public void estimate(long bitsPerSecond) {
            if (bitsPerSecond < 0) {
                throw new AssertionError(bitsPerSecond + " bit/s");
            }
        }
    }
}
