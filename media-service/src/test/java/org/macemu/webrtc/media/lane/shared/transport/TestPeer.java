package org.macemu.webrtc.media.lane.shared.transport;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;
import org.ice4j.attribute.FingerprintAttribute;
import org.ice4j.attribute.MessageIntegrityAttribute;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.logging2.LoggerImpl;

/**
 * A receiver for tests, in place of a browser: offers, checks, shakes hands, decrypts what arrives, and sends whatever
 * RTCP a test wants. Over UDP or TCP.
 */
public final class TestPeer implements AutoCloseable {

    /** A decrypted packet. */
    public record Packet(byte[] bytes) {

        public int sequence() {
            return (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        }

        public int timestamp() {
            return ByteBuffer.wrap(bytes).getInt(4);
        }

        public int ssrc() {
            return ByteBuffer.wrap(bytes).getInt(8);
        }

        public boolean marker() {
            return (bytes[1] & 0x80) != 0;
        }

        public int payloadType() {
            return bytes[1] & 0x7f;
        }

        /** Index of the payload behind header and extension. */
        public int payload() {
            return 12 + ((bytes[0] & 0x10) != 0 ? 4 + 4 * ((bytes[14] & 0xff) << 8 | bytes[15] & 0xff) : 0);
        }

        /** Whether a VP8 key frame begins here (RFC 7741 section 4.3, four bytes of descriptor). */
        public boolean startsKeyFrame() {
            return (bytes[payload()] & 0x10) != 0 && (bytes[payload() + 4] & 1) == 0;
        }
    }

    /** Everything a browser's certificate needs exists in the server's class. */
    private static final DtlsServer IDENTITY = new DtlsServer(4);

    private final boolean tcp;
    private final SrtpSession.Profile[] profiles;
    private final DatagramSocket udpSocket;
    private final BlockingQueue<byte[]> dtls = new ArrayBlockingQueue<>(64);
    private final BlockingQueue<byte[]> stun = new ArrayBlockingQueue<>(64);
    private final BlockingQueue<Packet> rtp = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> rtcp = new LinkedBlockingQueue<>();
    private IceCredentials credentials = IceCredentials.random();
    private Socket tcpSocket;
    private DataOutputStream tcpOut;
    private InetSocketAddress server;
    private String remoteUfrag;
    private byte[] remotePassword;
    private String remoteFingerprint;
    private int videoSsrc;
    private int audioSsrc;
    private SrtpSession.Profile profile;
    private volatile SrtpContextFactory inbound;
    private SrtpContextFactory outbound;
    private SrtcpCryptoContext outboundRtcp;
    private final java.util.Map<Integer, SrtpCryptoContext> contexts = new java.util.HashMap<>();
    private final java.util.Map<Integer, SrtcpCryptoContext> controlContexts = new java.util.HashMap<>();
    private DTLSTransport transport;
    private volatile boolean closed;
    private volatile double loss;
    private volatile boolean paused;
    private volatile boolean answered;
    private final CountDownLatch keys = new CountDownLatch(1);

    public TestPeer(boolean tcp) throws IOException {
        this(tcp, SrtpSession.PROFILES);
    }

    TestPeer(boolean tcp, SrtpSession.Profile... profiles) throws IOException {
        this.tcp = tcp;
        this.profiles = profiles;
        this.udpSocket = tcp ? null : new DatagramSocket(0, InetAddress.getLoopbackAddress());
        if (!tcp) {
            udpSocket.setReceiveBufferSize(4 << 20);
        }
    }

    /** An offer as Chromium makes it, with video, audio and an application section. */
    public String offer() {
        return offer(IDENTITY.fingerprint().value());
    }

    public String offer(String fingerprint) {
        String common = "c=IN IP4 0.0.0.0\r\na=ice-ufrag:" + credentials.ufrag() + "\r\na=ice-pwd:"
                + credentials.password() + "\r\na=fingerprint:sha-256 " + fingerprint
                + "\r\na=setup:actpass\r\na=rtcp-mux\r\na=recvonly\r\n";
        return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
                + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n" + common + "a=mid:0\r\n"
                + "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
                + "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n"
                + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
                + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + common + "a=mid:1\r\na=rtpmap:111 opus/48000/2\r\n"
                + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" + common + "a=mid:2\r\na=sctp-port:5000\r\n";
    }

    /** Takes our side of the answer. */
    public void answer(String sdp) {
        remoteUfrag = find(sdp, "a=ice-ufrag:(\\S+)");
        remotePassword = find(sdp, "a=ice-pwd:(\\S+)").getBytes(StandardCharsets.US_ASCII);
        remoteFingerprint = find(sdp, "a=fingerprint:sha-256 (\\S+)");
        Matcher candidate = Pattern.compile(
                        "a=candidate:\\d+ 1 " + (tcp ? "tcp" : "udp") + " \\d+ (\\S+) (\\d+) typ host")
                .matcher(sdp);
        if (!candidate.find()) {
            throw new IllegalStateException("no candidate in " + sdp);
        }
        server = new InetSocketAddress(candidate.group(1), Integer.parseInt(candidate.group(2)));
        Matcher ssrc = Pattern.compile("a=ssrc:(\\d+) ").matcher(sdp);
        ssrc.find();
        videoSsrc = Integer.parseUnsignedInt(ssrc.group(1));
        ssrc.find();
        audioSsrc = Integer.parseUnsignedInt(ssrc.group(1));
    }

    public int videoSsrc() {
        return videoSsrc;
    }

    public int audioSsrc() {
        return audioSsrc;
    }

    /** Loses this share of the RTP packets that arrive. */
    public void loss(double share) {
        loss = share;
    }

    /** Checks the path and shakes hands. */
    public void connect() throws Exception {
        openSocket();
        check(true);
        Client client = new Client();
        transport = new DTLSClientProtocol().connect(client, new Link());
        SrtpSession.Profile p = profile;
        byte[] m = client.material;
        int k = p.keyBytes();
        int s = p.saltBytes();
        LoggerImpl log = new LoggerImpl("test");
        SrtpPolicy receive = p.policy();
        // Packets sent again on request have numbers that were seen.
        receive.setReceiveReplayEnabled(false);
        outbound = new SrtpContextFactory(
                true, Arrays.copyOf(m, k), Arrays.copyOfRange(m, 2 * k, 2 * k + s), p.policy(), p.policy(), log);
        outboundRtcp = outbound.deriveControlContext(1);
        inbound = new SrtpContextFactory(
                false,
                Arrays.copyOfRange(m, k, 2 * k),
                Arrays.copyOfRange(m, 2 * k + s, 2 * k + 2 * s),
                receive,
                receive,
                log);
        keys.countDown();
    }

    /** Checks the path and does nothing more. */
    public void checkOnly() throws Exception {
        openSocket();
        check(true);
    }

    /** A check with any user name and password. */
    public static byte[] forgedCheck(String user, String password) {
        return request(user, password.getBytes(StandardCharsets.US_ASCII), true);
    }

    void openSocket() throws IOException {
        if (tcp) {
            tcpSocket = new Socket(server.getAddress(), server.getPort());
            tcpSocket.setTcpNoDelay(true);
            tcpOut = new DataOutputStream(tcpSocket.getOutputStream());
        }
        Thread.ofVirtual().start(this::receive);
    }

    /** Sends a connectivity check and waits for its answer. */
    public void check(boolean nominate) throws Exception {
        byte[] request = request(remoteUfrag + ":" + credentials.ufrag(), remotePassword, nominate);
        for (int i = 0; i < 10; i++) {
            send(request, request.length);
            byte[] response = stun.poll(500, TimeUnit.MILLISECONDS);
            if (response != null) {
                if (response[0] != 1 || response[1] != 1) {
                    throw new IOException("check answered with type " + response[0] + "." + response[1]);
                }
                return;
            }
        }
        throw new IOException("check not answered");
    }

    /** A binding request as a full, controlling agent sends it. */
    static byte[] request(String user, byte[] password, boolean nominate) {
        byte[] name = user.getBytes(StandardCharsets.US_ASCII);
        int padded = name.length + 3 & ~3;
        ByteBuffer b = ByteBuffer.allocate(20 + 4 + padded + 8 + 12 + (nominate ? 4 : 0) + 24 + 8);
        b.putShort((short) 1).putShort((short) 0).putInt(0x2112A442);
        byte[] id = new byte[12];
        ThreadLocalRandom.current().nextBytes(id);
        b.put(id);
        b.putShort((short) 6).putShort((short) name.length).put(name).position(24 + padded);
        b.putShort((short) 0x24).putShort((short) 4).putInt(1_845_501_695);
        b.putShort((short) 0x802a).putShort((short) 8).putLong(7);
        if (nominate) {
            b.putShort((short) 0x25).putShort((short) 0);
        }
        int at = b.position();
        b.putShort(2, (short) (at + 24 - 20));
        b.putShort((short) 8).putShort((short) 20);
        b.put(MessageIntegrityAttribute.calculateHmacSha1(b.array(), 0, at, password));
        at = b.position();
        b.putShort(2, (short) (at + 8 - 20));
        b.putShort((short) 0x8028).putShort((short) 4);
        b.put(FingerprintAttribute.calculateXorCRC32(b.array(), 0, at));
        return b.array();
    }

    /** The next RTP packet, or null when none comes. */
    public Packet packet(long millis) throws InterruptedException {
        return rtp.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** The next RTP packet of a stream. */
    public Packet packet(int ssrc, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (true) {
            Packet packet = rtp.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (packet == null || packet.ssrc() == ssrc) {
                return packet;
            }
        }
    }

    public byte[] control(long millis) throws InterruptedException {
        return rtcp.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** Encrypts and sends RTCP whose first packet has the sender SSRC 1. */
    public void sendControl(byte[] plain) throws Exception {
        PacketBuffer buffer = new PacketBuffer();
        buffer.set(plain, 0, plain.length);
        outboundRtcp.transformPacket(buffer);
        send(Arrays.copyOf(buffer.getBuffer(), buffer.getLength()), buffer.getLength());
    }

    public void sendRaw(byte[] bytes) throws IOException {
        send(bytes, bytes.length);
    }

    /** Leaves what arrives in the socket. */
    public void stopReading() {
        paused = true;
    }

    public void resumeReading() {
        paused = false;
    }

    /** Starts over with other ICE credentials; answer and {@link #check} follow. */
    public void restart() {
        credentials = IceCredentials.random();
    }

    /** Says goodbye. */
    @Override
    public void close() throws IOException {
        if (transport != null) {
            transport.close();
        }
        vanish();
    }

    /** Leaves without goodbye. */
    public void vanish() throws IOException {
        closed = true;
        if (udpSocket != null) {
            udpSocket.close();
        }
        if (tcpSocket != null) {
            tcpSocket.close();
        }
    }

    private synchronized void send(byte[] b, int length) throws IOException {
        if (tcp) {
            tcpOut.writeShort(length);
            tcpOut.write(b, 0, length);
            tcpOut.flush();
        } else {
            udpSocket.send(new DatagramPacket(b, length, server));
        }
    }

    private void receive() {
        try {
            DataInputStream in = tcp ? new DataInputStream(tcpSocket.getInputStream()) : null;
            byte[] buffer = new byte[4096];
            while (!closed) {
                while (paused && !closed) {
                    Thread.sleep(5);
                }
                byte[] packet;
                if (tcp) {
                    packet = new byte[in.readUnsignedShort()];
                    in.readFully(packet);
                } else {
                    DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                    udpSocket.receive(datagram);
                    packet = Arrays.copyOf(buffer, datagram.getLength());
                }
                dispatch(packet);
            }
        } catch (IOException e) {
            // Closed.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void dispatch(byte[] b) throws Exception {
        int first = b[0] & 0xff;
        if (first < 4) {
            answered = true;
            stun.offer(b);
        } else if (first < 64) {
            dtls.offer(b);
        } else if (answered) {
            // Before any answer: meant for a peer that had this port before and vanished.
            // The server has its keys a moment before we have ours.
            keys.await();
            PacketBuffer buffer = new PacketBuffer();
            buffer.set(b, 0, b.length);
            boolean control = (b[1] & 0xff) >= 192 && (b[1] & 0xff) <= 223;
            int ssrc = ByteBuffer.wrap(b).getInt(control ? 4 : 8);
            if (!control && loss > 0 && ThreadLocalRandom.current().nextDouble() < loss) {
                return;
            }
            SrtpErrorStatus status;
            if (control) {
                SrtcpCryptoContext context = controlContexts.get(ssrc);
                if (context == null) {
                    controlContexts.put(ssrc, context = inbound.deriveControlContext(ssrc));
                }
                status = context.reverseTransformPacket(buffer);
            } else {
                SrtpCryptoContext context = contexts.get(ssrc);
                if (context == null) {
                    contexts.put(ssrc, context = inbound.deriveContext(ssrc, 0));
                }
                status = context.reverseTransformPacket(buffer, false);
            }
            if (status != SrtpErrorStatus.OK) {
                throw new IllegalStateException(
                        (control ? "SRTCP " : "SRTP ") + status + ", SSRC " + Integer.toHexString(ssrc) + ", "
                                + java.util.HexFormat.of().formatHex(b, 0, 12) + ", " + b.length + " bytes");
            }
            byte[] plain = Arrays.copyOf(buffer.getBuffer(), buffer.getLength());
            if (control) {
                rtcp.offer(plain);
            } else {
                rtp.offer(new Packet(plain));
            }
        }
    }

    private static String find(String text, String pattern) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        if (!m.find()) {
            throw new IllegalStateException(pattern + " is not in " + text);
        }
        return m.group(1);
    }

    private final class Link implements DatagramTransport {

        @Override
        public int getReceiveLimit() {
            return 1500;
        }

        @Override
        public int getSendLimit() {
            return 1200;
        }

        @Override
        public int receive(byte[] buffer, int offset, int length, int wait) throws IOException {
            try {
                byte[] record = dtls.poll(wait, TimeUnit.MILLISECONDS);
                if (record == null) {
                    return -1;
                }
                System.arraycopy(record, 0, buffer, offset, Math.min(length, record.length));
                return Math.min(length, record.length);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void send(byte[] buffer, int offset, int length) throws IOException {
            TestPeer.this.send(Arrays.copyOfRange(buffer, offset, offset + length), length);
        }

        @Override
        public void close() {}
    }

    private final class Client extends DefaultTlsClient {

        private byte[] material;

        Client() {
            super(IDENTITY.crypto());
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.DTLSv12.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return 200;
        }

        @Override
        public int getHandshakeTimeoutMillis() {
            return 10_000;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Hashtable getClientExtensions() throws IOException {
            Hashtable extensions = super.getClientExtensions();
            int[] ids = Arrays.stream(profiles).mapToInt(SrtpSession.Profile::id).toArray();
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(ids, new byte[0]));
            return extensions;
        }

        @Override
        public void processServerExtensions(Hashtable extensions) throws IOException {
            super.processServerExtensions(extensions);
            int chosen = TlsSRTPUtils.getUseSRTPExtension(extensions).getProtectionProfiles()[0];
            profile = Arrays.stream(profiles).filter(p -> p.id() == chosen).findFirst().orElseThrow();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                    byte[] encoded = certificate.getCertificate().getCertificateAt(0).getEncoded();
                    if (!Fingerprint.of("sha-256", encoded).value().equals(remoteFingerprint)) {
                        throw new IOException("the answer promised another certificate");
                    }
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    return IDENTITY.credentials(context);
                }
            };
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            material = context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, profile.keyingMaterialBytes());
        }
    }
}
