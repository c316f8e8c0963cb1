package org.macemu.webrtc.media.lane.shared.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.logging2.LoggerImpl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SrtpSessionTest {

    private static byte[] material(SrtpSession.Profile profile) {
        byte[] material = new byte[profile.keyingMaterialBytes()];
        new Random(4).nextBytes(material);
        return material;
    }

    private static byte[] packet(int sequence) {
        byte[] packet = new byte[200];
        ByteBuffer.wrap(packet).putShort((short) 0x8060).putShort((short) sequence).putInt(1).putInt(0x55667788);
        Arrays.fill(packet, 12, 200, (byte) sequence);
        return packet;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void thePeerReadsWhatWasProtectedAndNothingEverLeavesInClear(int index) throws Exception {
        SrtpSession.Profile profile = SrtpSession.PROFILES[index];
        byte[] material = material(profile);
        SrtpSession.Outgoing out = new SrtpSession(profile, material).stream(0x55667788);
        int k = profile.keyBytes();
        int s = profile.saltBytes();
        SrtpPolicy policy = profile.policy();
        policy.setReceiveReplayEnabled(false);
        var in = new SrtpContextFactory(
                        false,
                        Arrays.copyOfRange(material, k, 2 * k),
                        Arrays.copyOfRange(material, 2 * k + s, 2 * k + 2 * s),
                        policy,
                        policy,
                        new LoggerImpl("test"))
                .deriveContext(0x55667788, 0);
        // Repeated at once, repeated later, across the wrap of the sequence number.
        int[] sequences = {65_533, 65_533, 65_533, 65_534, 65_535, 65_534, 0, 0, 1, 65_535, 65_535, 1, 2};
        PacketBuffer buffer = new PacketBuffer();
        for (int sequence : sequences) {
            byte[] plain = packet(sequence);
            buffer.set(plain, 0, plain.length);
            out.protect(buffer);
            byte[] sent = Arrays.copyOf(buffer.getBuffer(), buffer.getLength());
            assertFalse(Arrays.equals(plain, 12, 200, sent, 12, 200), "packet " + sequence + " in clear");
            assertEquals(SrtpErrorStatus.OK, in.reverseTransformPacket(buffer, false), "packet " + sequence);
            assertArrayEquals(plain, Arrays.copyOf(buffer.getBuffer(), buffer.getLength()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void onlyAuthenticRtcpIsRead(int index) throws Exception {
        SrtpSession.Profile profile = SrtpSession.PROFILES[index];
        byte[] material = material(profile);
        SrtpSession session = new SrtpSession(profile, material);
        int k = profile.keyBytes();
        int s = profile.saltBytes();
        SrtcpCryptoContext peer = new SrtpContextFactory(
                        true,
                        Arrays.copyOf(material, k),
                        Arrays.copyOfRange(material, 2 * k, 2 * k + s),
                        profile.policy(),
                        profile.policy(),
                        new LoggerImpl("test"))
                .deriveControlContext(9);
        byte[] plain = ByteBuffer.allocate(12).putInt(0x81ce0002).putInt(9).putInt(7).array();
        PacketBuffer buffer = new PacketBuffer();
        buffer.set(plain, 0, plain.length);
        peer.transformPacket(buffer);
        byte[] good = Arrays.copyOf(buffer.getBuffer(), buffer.getLength());
        for (int i = 0; i < good.length; i++) {
            byte[] forged = good.clone();
            forged[i] ^= 1;
            buffer.set(forged, 0, forged.length);
            assertFalse(session.unprotectRtcp(buffer), "byte " + i);
        }
        for (int length = 22; length < good.length; length++) {
            buffer.set(good, 0, length);
            assertFalse(session.unprotectRtcp(buffer), "length " + length);
        }
        buffer.set(good, 0, good.length);
        assertTrue(session.unprotectRtcp(buffer));
        assertArrayEquals(plain, Arrays.copyOf(buffer.getBuffer(), buffer.getLength()));
        buffer.set(good, 0, good.length);
        assertFalse(session.unprotectRtcp(buffer), "replayed");
    }
}
