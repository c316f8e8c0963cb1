package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.jboss.logging.Logger;

/**
 * Our side of all DTLS handshakes: the certificate of this process, its key, and the limit on handshakes computing at
 * the same time. One per lane; any thread.
 */
public final class DtlsServer {

    private static final Logger LOG = Logger.getLogger(DtlsServer.class);
    private static final Duration VALIDITY = Duration.ofDays(365);

    private final JcaTlsCrypto crypto;
    private final PrivateKey privateKey;
    private final Certificate certificate;
    private final Fingerprint fingerprint;
    private final Semaphore computing;

    /**
     * Makes a key and a self-signed certificate (ECDSA P-256).
     *
     * @param concurrentHandshakes handshakes that may compute at the same time; others wait. A handshake waiting for
     *     its peer does not count
     */
    public DtlsServer(int concurrentHandshakes) {
        SecureRandom random = new SecureRandom();
        this.crypto = new JcaTlsCryptoProvider().create(random);
        this.computing = new Semaphore(concurrentHandshakes);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=macemu-webrtc");
            Instant now = Instant.now();
            X509Certificate x509 = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    name,
                                    new BigInteger(63, random).add(BigInteger.ONE),
                                    Date.from(now.minus(Duration.ofDays(1))),
                                    Date.from(now.plus(VALIDITY)),
                                    name,
                                    pair.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
            byte[] encoded = x509.getEncoded();
            this.privateKey = pair.getPrivate();
            this.certificate = new Certificate(new TlsCertificate[] {crypto.createCertificate(encoded)});
            this.fingerprint = Fingerprint.of("sha-256", encoded);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("a DTLS certificate could not be made", e);
        }
        Thread.ofPlatform().name("shared-lane-warm-up").daemon(true).start(this::warmUp);
    }

    /** Does once what the first viewer would otherwise wait several hundred milliseconds for. */
    private void warmUp() {
        SrtpSession.warmUp();
        try {
            HandshakeRehearsal.run(this);
        } catch (IOException e) {
            LOG.errorf("DTLS does not work on this machine, so viewers will not connect: %s", e.getMessage());
        }
    }

    /** What our answers promise. */
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    /**
     * Starts a handshake on a virtual thread of its own.
     *
     * @param expected fingerprint of the certificate the peer must show
     * @param out takes records to send; called by that thread
     */
    DtlsSession accept(
            String name, Fingerprint expected, Consumer<byte[]> out, DtlsSession.Listener listener) {
        DtlsSession session = new DtlsSession(this, expected, out, listener);
        session.start(name);
        return session;
    }

    JcaTlsCrypto crypto() {
        return crypto;
    }

    /** Our certificate and the means to sign with its key, in a handshake. */
    TlsCredentialedSigner credentials(TlsContext context) {
        return new JcaDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                crypto,
                privateKey,
                certificate,
                new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }

    Semaphore computing() {
        return computing;
    }
}
