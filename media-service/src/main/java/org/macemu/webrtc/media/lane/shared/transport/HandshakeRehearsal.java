package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SRTPProtectionProfile;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;

/**
 * One handshake of the server with itself at start, in memory. It loads and compiles what the first viewer would
 * otherwise wait several hundred milliseconds for, and shows in the log, before anybody comes, when this machine cannot
 * shake hands. Runs on the thread that calls it.
 */
final class HandshakeRehearsal implements DatagramTransport, DtlsSession.Listener {

    private static final int LIMIT = 1200;

    /** A cold JVM on a busy core takes a second or two. */
    private static final int PATIENCE_MILLIS = 10_000;

    private final BlockingQueue<byte[]> toClient = new ArrayBlockingQueue<>(64);
    private final DtlsServer server;
    private final DtlsSession session;
    private volatile String failure;

    private HandshakeRehearsal(DtlsServer server) {
        this.server = server;
        this.session = server.accept("rehearsal", server.fingerprint(), toClient::offer, this);
    }

    /** @throws IOException when the handshake does not come to its end; the message says why */
    static void run(DtlsServer server) throws IOException {
        HandshakeRehearsal rehearsal = new HandshakeRehearsal(server);
        try {
            new DTLSClientProtocol().connect(rehearsal.new Client(), rehearsal).close();
        } catch (IOException e) {
            throw rehearsal.failure == null ? e : new IOException(rehearsal.failure, e);
        } finally {
            rehearsal.session.close();
        }
    }

    @Override
    public void established(SrtpSession keys, long nanos) {
        // Keys of a rehearsal protect nothing.
    }

    @Override
    public void failed(String reason, long nanos) {
        failure = reason;
    }

    @Override
    public void ended() {
        // The client closes first, always.
    }

    @Override
    public int getReceiveLimit() {
        return LIMIT;
    }

    @Override
    public int getSendLimit() {
        return LIMIT;
    }

    @Override
    public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
        try {
            byte[] record = toClient.poll(waitMillis, TimeUnit.MILLISECONDS);
            if (record == null) {
                return -1;
            }
            int count = Math.min(length, record.length);
            System.arraycopy(record, 0, buffer, offset, count);
            return count;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void send(byte[] buffer, int offset, int length) {
        session.received(Arrays.copyOfRange(buffer, offset, offset + length), length);
    }

    @Override
    public void close() {
        // Nothing is open but a queue.
    }

    /** Chooses as browsers do. */
    private final class Client extends DefaultTlsClient {

        Client() {
            super(server.crypto());
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
        public int getHandshakeTimeoutMillis() {
            return PATIENCE_MILLIS;
        }

        @Override
        public Hashtable<Integer, byte[]> getClientExtensions() throws IOException {
            Hashtable<Integer, byte[]> extensions = super.getClientExtensions();
            int[] profiles = {SRTPProtectionProfile.SRTP_AEAD_AES_128_GCM};
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(profiles, new byte[0]));
            return extensions;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // It is our own: there is nobody to be deceived by.
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    return server.credentials(context);
                }
            };
        }
    }
}
