package org.macemu.webrtc.media.lane.shared.transport;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * ICE user name fragment and password (RFC 8445 section 5.3).
 *
 * @param ufrag 8 characters of ours, 4 to 256 of a peer's
 * @param password 24 characters of ours (142 bits), 22 to 256 of a peer's
 */
public record IceCredentials(String ufrag, String password) {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** New random credentials. */
    public static IceCredentials random() {
        return new IceCredentials(text(8), text(24));
    }

    byte[] key() {
        return password.getBytes(StandardCharsets.US_ASCII);
    }

    /** Never the password. */
    @Override
    public String toString() {
        return "IceCredentials[" + ufrag + "]";
    }

    private static String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
