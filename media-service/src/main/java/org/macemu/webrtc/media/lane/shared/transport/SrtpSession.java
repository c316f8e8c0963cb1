package org.macemu.webrtc.media.lane.shared.transport;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.bouncycastle.tls.SRTPProtectionProfile;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.srtp.crypto.Aes;
import org.jitsi.utils.logging2.Logger;
import org.jitsi.utils.logging2.LoggerImpl;

/**
 * The SRTP and SRTCP contexts of one peer, keyed by its DTLS handshake (RFC 5764 section 4.2). Made by the handshake's
 * thread, then used by the event loop's thread only.
 */
public final class SrtpSession {

    /**
     * How a profile lays out its keys.
     *
     * @param keyBytes master key
     * @param saltBytes master salt
     */
    record Profile(int id, int keyBytes, int saltBytes, boolean gcm) {

        SrtpPolicy policy() {
            SrtpPolicy policy = gcm
                    ? new SrtpPolicy(SrtpPolicy.AESGCM_ENCRYPTION, keyBytes, SrtpPolicy.NULL_AUTHENTICATION, 0, 16, 12)
                    : new SrtpPolicy(
                            SrtpPolicy.AESCM_ENCRYPTION, keyBytes, SrtpPolicy.HMACSHA1_AUTHENTICATION, 20, 10, 14);
            // Lost packets are sent again under their own number.
            policy.setSendReplayEnabled(false);
            return policy;
        }

        int keyingMaterialBytes() {
            return 2 * (keyBytes + saltBytes);
        }
    }

    /** In order of preference: GCM costs less than half of counter mode with HMAC. */
    static final Profile[] PROFILES = {
        new Profile(SRTPProtectionProfile.SRTP_AEAD_AES_128_GCM, 16, 12, true),
        new Profile(SRTPProtectionProfile.SRTP_AEAD_AES_256_GCM, 32, 12, true),
        new Profile(SRTPProtectionProfile.SRTP_AES128_CM_HMAC_SHA1_80, 16, 14, false)
    };

    /** A receiver uses one SSRC per track, and new ones after it was reloaded under the same keys: never many. */
    private static final int MAX_REMOTE_SOURCES = 8;

    private static final Logger LOG = new LoggerImpl("org.macemu.webrtc.media.srtp");

    /** Kept, because java.util.logging forgets the level of a logger nobody holds. */
    private static final java.util.logging.Logger JITSI = java.util.logging.Logger.getLogger("org.jitsi");

    static {
        // At debug level jitsi-srtp formats its replay window for every packet: a tenth of the whole send path.
        JITSI.setLevel(java.util.logging.Level.WARNING);
        // Without this the first viewer waits for a benchmark of every cipher implementation.
        Aes.setFactoryClassName("org.jitsi.srtp.crypto.Aes$SunJCECipherFactory");
    }

    private final SrtpContextFactory local;
    private final SrtpContextFactory remote;
    private final int[] remoteSources = new int[MAX_REMOTE_SOURCES];
    private final SrtcpCryptoContext[] remoteContexts = new SrtcpCryptoContext[MAX_REMOTE_SOURCES];
    private int remoteCount;

    /** Splits the keying material of a DTLS server (RFC 5764 section 4.2). */
    SrtpSession(Profile profile, byte[] material) {
        int k = profile.keyBytes();
        int s = profile.saltBytes();
        SrtpPolicy policy = profile.policy();
        byte[] clientKey = Arrays.copyOfRange(material, 0, k);
        byte[] serverKey = Arrays.copyOfRange(material, k, 2 * k);
        byte[] clientSalt = Arrays.copyOfRange(material, 2 * k, 2 * k + s);
        byte[] serverSalt = Arrays.copyOfRange(material, 2 * k + s, 2 * (k + s));
        local = new SrtpContextFactory(true, serverKey, serverSalt, policy, policy, LOG);
        remote = new SrtpContextFactory(false, clientKey, clientSalt, policy, policy, LOG);
    }

    /** Loads and warms up what the first packet would otherwise wait for. */
    static void warmUp() {
        try {
            SrtpSession session = new SrtpSession(PROFILES[0], new byte[PROFILES[0].keyingMaterialBytes()]);
            Outgoing stream = session.stream(1);
            PacketBuffer packet = new PacketBuffer();
            packet.getBuffer()[0] = (byte) 0x80;
            packet.set(100);
            stream.protect(packet);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not available", e);
        }
    }

    /** One stream we send. */
    public static final class Outgoing {
        private static final int SEQUENCE = 2;
        private static final int SSRC = 8;

        private final SrtpCryptoContext rtp;
        private final SrtcpCryptoContext rtcp;
        private final PacketBuffer spare = new PacketBuffer(64);
        private int lastSequence = -1;

        private Outgoing(SrtpCryptoContext rtp, SrtcpCryptoContext rtcp) {
            this.rtp = rtp;
            this.rtcp = rtcp;
        }

        /** Encrypts an RTP packet in place. The same packet may be encrypted again. */
        public void protect(PacketBuffer packet) throws GeneralSecurityException {
            byte[] b = packet.getBuffer();
            int sequence = (b[SEQUENCE] & 0xff) << 8 | b[SEQUENCE + 1] & 0xff;
            if (sequence == lastSequence) {
                forgetNonce(b, sequence);
            }
            lastSequence = sequence;
            transform(packet);
        }

        private void transform(PacketBuffer packet) throws GeneralSecurityException {
            int plain = packet.getLength();
            require(rtp.transformPacket(packet));
            // jitsi-srtp reports success even when the cipher refused, and leaves the packet as it was.
            if (packet.getLength() != plain + rtp.getAuthTagLength()) {
                throw new GeneralSecurityException("the packet was not encrypted");
            }
        }

        /** JCE refuses to encrypt under one nonce twice in a row: a packet nobody gets is encrypted in between. */
        private void forgetNonce(byte[] b, int sequence) throws GeneralSecurityException {
            byte[] other = spare.getBuffer();
            other[0] = (byte) 0x80;
            other[SEQUENCE] = (byte) (sequence - 1 >> 8);
            other[SEQUENCE + 1] = (byte) (sequence - 1);
            System.arraycopy(b, SSRC, other, SSRC, Integer.BYTES);
            spare.set(SSRC + 2 * Integer.BYTES);
            transform(spare);
        }

        /** Encrypts an RTCP packet in place. */
        public void protectRtcp(PacketBuffer packet) throws GeneralSecurityException {
            require(rtcp.transformPacket(packet));
        }

        private static void require(SrtpErrorStatus status) throws GeneralSecurityException {
            if (status != SrtpErrorStatus.OK) {
                throw new GeneralSecurityException("SRTP: " + status);
            }
        }
    }

    /** Contexts for a stream we send. */
    public Outgoing stream(int ssrc) throws GeneralSecurityException {
        return new Outgoing(local.deriveContext(ssrc, 0), local.deriveControlContext(ssrc));
    }

    static boolean looksLikeSrtcp(byte[] b, int length) {
        // Header, SSRC, index and the shortest tag.
        return length >= 8 + 4 + 10 && (b[1] & 0xff) >= 192 && (b[1] & 0xff) <= 223;
    }

    /** Decrypts an RTCP packet in place. @return false when it is not authentic */
    boolean unprotectRtcp(PacketBuffer packet) {
        byte[] b = packet.getBuffer();
        int at = packet.getOffset() + 4;
        int ssrc = (b[at] & 0xff) << 24 | (b[at + 1] & 0xff) << 16 | (b[at + 2] & 0xff) << 8 | b[at + 3] & 0xff;
        try {
            int known = 0;
            while (known < remoteCount && remoteSources[known] != ssrc) {
                known++;
            }
            SrtcpCryptoContext context =
                    known < remoteCount ? remoteContexts[known] : remote.deriveControlContext(ssrc);
            if (context.reverseTransformPacket(packet) != SrtpErrorStatus.OK) {
                return false;
            }
            if (known == remoteCount && remoteCount < MAX_REMOTE_SOURCES) {
                // Kept only once a packet of it was authentic.
                remoteSources[remoteCount] = ssrc;
                remoteContexts[remoteCount++] = context;
            }
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
