package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Vector;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;

/**
 * One DTLS 1.2 association with a peer, we being the server: the handshake, the SRTP keys that come out of it, and the
 * goodbye at the end. Runs on a virtual thread of its own, which ends with the association.
 */
final class DtlsSession {

    /** What happens to the association. Called by its thread. */
    interface Listener {

        void established(SrtpSession keys, long nanos);

        void failed(String reason, long nanos);

        /** close_notify arrived, or the association broke after the handshake. */
        void ended();
    }

    /** Records waiting for the thread: a handshake flight of the peer is at most about ten datagrams. */
    private static final int QUEUE = 32;

    /** Larger than the ClientHello of a browser with post-quantum key shares, which comes in fragments. */
    private static final int RECEIVE_LIMIT = 1500;

    /** Fits every path with the headers of TCP or a relay around it. */
    private static final int SEND_LIMIT = 1200;

    private static final int HANDSHAKE_TIMEOUT_MILLIS = 15_000;
    private static final int RESEND_MILLIS = 200;
    private static final int IDLE_MILLIS = 60_000;

    private final DtlsServer server;
    private final Fingerprint expected;
    private final Consumer<byte[]> out;
    private final Listener listener;
    private final BlockingQueue<byte[]> in = new ArrayBlockingQueue<>(QUEUE);
    private final long begin = System.nanoTime();
    private volatile boolean closed;
    private volatile boolean ended;
    private Thread thread;
    private volatile DTLSTransport transport;

    DtlsSession(DtlsServer server, Fingerprint expected, Consumer<byte[]> out, Listener listener) {
        this.server = server;
        this.expected = expected;
        this.out = out;
        this.listener = listener;
    }

    void start(String name) {
        thread = Thread.ofVirtual().name("dtls-" + name).start(this::run);
    }

    /** A record from the peer; copied. Never blocks: what does not fit is lost, as on the network. */
    void received(byte[] b, int length) {
        in.offer(Arrays.copyOf(b, length));
    }

    /** Says goodbye, when there is anyone to say it to, and ends the thread. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        DTLSTransport established = transport;
        if (established != null && !ended) {
            try {
                established.close();
            } catch (IOException e) {
                // A goodbye is best effort.
            }
        }
        thread.interrupt();
    }

    private void run() {
        Server peer = new Server();
        try {
            server.computing().acquire();
            try {
                transport = new DTLSServerProtocol().accept(peer, new Link());
            } finally {
                server.computing().release();
            }
            long nanos = System.nanoTime() - begin;
            listener.established(new SrtpSession(peer.profile, peer.keyingMaterial), nanos);
        } catch (InterruptedException e) {
            return;
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                listener.failed(peer.reason(e), System.nanoTime() - begin);
            }
            return;
        }
        awaitEnd();
    }

    /** Browsers send nothing but a close_notify on a connection without data channels. */
    private void awaitEnd() {
        byte[] record = new byte[RECEIVE_LIMIT];
        try {
            while (!closed && !ended) {
                transport.receive(record, 0, record.length, IDLE_MILLIS);
            }
        } catch (IOException e) {
            ended = true;
        }
        if (!closed) {
            listener.ended();
        }
    }

    /** Datagrams in and out, as Bouncy Castle sees them. */
    private final class Link implements DatagramTransport {

        @Override
        public int getReceiveLimit() {
            return RECEIVE_LIMIT;
        }

        @Override
        public int getSendLimit() {
            return SEND_LIMIT;
        }

        @Override
        public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
            if (ended) {
                throw new IOException("the peer said goodbye");
            }
            // While waiting for the peer another handshake may compute.
            boolean handshaking = transport == null;
            if (handshaking) {
                server.computing().release();
            }
            try {
                byte[] record;
                try {
                    record = in.poll(waitMillis, TimeUnit.MILLISECONDS);
                } finally {
                    if (handshaking) {
                        server.computing().acquireUninterruptibly();
                    }
                }
                if (record == null) {
                    return -1;
                }
                int count = Math.min(length, record.length);
                System.arraycopy(record, 0, buffer, offset, count);
                return count;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("closed");
            }
        }

        @Override
        public void send(byte[] buffer, int offset, int length) {
            out.accept(Arrays.copyOfRange(buffer, offset, offset + length));
        }

        @Override
        public void close() {
            ended = true;
        }
    }

    /** Our choices in the handshake. */
    private final class Server extends DefaultTlsServer {

        private SrtpSession.Profile profile;
        private byte[] keyingMaterial;
        private String refusal;

        Server() {
            super(server.crypto());
        }

        /** Why the handshake failed, in words. */
        String reason(Exception e) {
            if (refusal != null) {
                return refusal;
            }
            return e instanceof org.bouncycastle.tls.TlsTimeoutException
                    ? "the DTLS handshake took longer than " + HANDSHAKE_TIMEOUT_MILLIS / 1000 + " s"
                    : "the DTLS handshake failed: " + e.getMessage();
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.DTLSv12.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
            };
        }

        @Override
        public int getHandshakeTimeoutMillis() {
            return HANDSHAKE_TIMEOUT_MILLIS;
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return RESEND_MILLIS;
        }

        @Override
        public void processClientExtensions(Hashtable extensions) throws IOException {
            super.processClientExtensions(extensions);
            UseSRTPData offered = extensions == null ? null : TlsSRTPUtils.getUseSRTPExtension(extensions);
            for (SrtpSession.Profile candidate : SrtpSession.PROFILES) {
                if (offered != null && contains(offered.getProtectionProfiles(), candidate.id())) {
                    profile = candidate;
                    return;
                }
            }
            refusal = "the peer offers no SRTP protection profile known here";
            throw new TlsFatalAlert(AlertDescription.handshake_failure, refusal);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Hashtable getServerExtensions() throws IOException {
            Hashtable extensions = super.getServerExtensions();
            if (extensions == null) {
                extensions = new Hashtable();
            }
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(new int[] {profile.id()}, new byte[0]));
            return extensions;
        }

        @Override
        protected TlsCredentialedSigner getECDSASignerCredentials() {
            return server.credentials(context);
        }

        @Override
        public CertificateRequest getCertificateRequest() {
            Vector<SignatureAndHashAlgorithm> algorithms = new Vector<>();
            algorithms.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
            algorithms.add(new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.rsa));
            return new CertificateRequest(
                    new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign}, algorithms, null);
        }

        @Override
        public void notifyClientCertificate(Certificate certificate) throws IOException {
            if (certificate == null || certificate.isEmpty()) {
                refusal = "the peer showed no certificate; its offer promised " + expected.value();
                throw new TlsFatalAlert(AlertDescription.bad_certificate, refusal);
            }
            byte[] encoded = certificate.getCertificateAt(0).getEncoded();
            if (!expected.matches(encoded)) {
                refusal = "the peer's certificate has the fingerprint "
                        + Fingerprint.of(expected.algorithm(), encoded).value() + "; its offer promised "
                        + expected.value();
                throw new TlsFatalAlert(AlertDescription.bad_certificate, refusal);
            }
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            keyingMaterial =
                    context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, profile.keyingMaterialBytes());
        }

        private static boolean contains(int[] values, int value) {
            return Arrays.stream(values).anyMatch(v -> v == value);
        }
    }
}
