package org.macemu.webrtc.api.access;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key of the key file, and the one algorithm that tokens checked with it must name: a token cannot choose how it is
 * checked (RFC 8725 section 3.1).
 */
sealed interface AccessKey {

    SignatureAlgorithm algorithm();

    /** A secret of this server's own: signs and checks. */
    record Secret(SecretKey key) implements AccessKey {

        private static final int MIN_BYTES = 32;

        @Override
        public SignatureAlgorithm algorithm() {
            return SignatureAlgorithm.HS256;
        }

        /** @throws IOException when it is no base64 of at least 32 bytes */
        static Secret read(String text) throws IOException {
            try {
                String unpadded = text.replaceAll("=+$", "").replace('+', '-').replace('/', '_');
                byte[] bytes = Base64.getUrlDecoder().decode(unpadded);
                if (bytes.length >= MIN_BYTES) {
                    return new Secret(new SecretKeySpec(bytes, "HmacSHA256"));
                }
            } catch (IllegalArgumentException e) {
                throw new IOException("no base64url; at least " + MIN_BYTES + " random bytes of it are expected", e);
            }
            throw new IOException("too short; base64url of at least " + MIN_BYTES + " random bytes is expected");
        }
    }

    /** The public key of somebody else who signs tokens: checks only. */
    record Public(PublicKey key, SignatureAlgorithm algorithm) implements AccessKey {

        private static final int MIN_RSA_BITS = 2048;

        /**
         * Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7): RSA or an elliptic curve of RFC 7518 section 3.4.
         *
         * @throws IOException when it is none
         */
        static Public read(String base64) throws IOException {
            byte[] encoded;
            try {
                encoded = Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new IOException("no base64", e);
            }
            for (String family : new String[] {"RSA", "EC"}) {
                try {
                    return of(KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(encoded)));
                } catch (InvalidKeySpecException e) {
                    // Of the other family, perhaps.
                    continue;
                } catch (GeneralSecurityException e) {
                    throw new IOException(e);
                }
            }
            throw new IOException("neither an RSA nor an elliptic-curve public key");
        }

        private static Public of(PublicKey key) throws IOException {
            if (key instanceof RSAPublicKey rsa) {
                if (rsa.getModulus().bitLength() < MIN_RSA_BITS) {
                    throw new IOException("an RSA key of " + rsa.getModulus().bitLength() + " bits; at least "
                            + MIN_RSA_BITS + " are expected");
                }
                return new Public(key, SignatureAlgorithm.RS256);
            }
            int bits = ((ECPublicKey) key).getParams().getCurve().getField().getFieldSize();
            return new Public(key, switch (bits) {
                case 256 -> SignatureAlgorithm.ES256;
                case 384 -> SignatureAlgorithm.ES384;
                case 521 -> SignatureAlgorithm.ES512;
                default -> throw new IOException("a curve of " + bits + " bits; P-256, P-384 or P-521 is expected");
            });
        }
    }
}
