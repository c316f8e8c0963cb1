package org.macemu.webrtc.media.lane.shared.transport;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * Hash of a certificate as SDP carries it (RFC 8122 section 5).
 *
 * @param algorithm {@code sha-256}, {@code sha-384} or {@code sha-512}
 * @param value upper-case hexadecimal, bytes separated by colons
 */
public record Fingerprint(String algorithm, String value) {

    private static final Map<String, String> DIGESTS =
            Map.of("sha-256", "SHA-256", "sha-384", "SHA-384", "sha-512", "SHA-512");
    private static final HexFormat HEX = HexFormat.ofDelimiter(":").withUpperCase();

    /** @throws IllegalArgumentException when the algorithm is not offered here or the value is not its hash */
    public Fingerprint {
        algorithm = algorithm.toLowerCase(Locale.ROOT);
        value = value.toUpperCase(Locale.ROOT);
        String digest = DIGESTS.get(algorithm);
        if (digest == null) {
            throw new IllegalArgumentException(
                    "fingerprint algorithm " + algorithm + "; sha-256, sha-384 or sha-512 was expected");
        }
        int bytes = Integer.parseInt(digest.substring(4)) / 8;
        if (value.length() != bytes * 3 - 1) {
            throw new IllegalArgumentException(
                    "fingerprint of " + value.length() + " characters; " + (bytes * 3 - 1) + " were expected");
        }
        HEX.parseHex(value);
    }

    /** Hash of a DER-encoded certificate. */
    public static Fingerprint of(String algorithm, byte[] certificate) {
        try {
            byte[] hash = MessageDigest.getInstance(DIGESTS.get(algorithm)).digest(certificate);
            return new Fingerprint(algorithm, HEX.formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether this is the hash of that certificate. */
    public boolean matches(byte[] certificate) {
        return of(algorithm, certificate).equals(this);
    }
}
