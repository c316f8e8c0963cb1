package org.macemu.webrtc.signaling.service;

import java.security.SecureRandom;
import java.util.Base64;

/** Viewer ids: 96 random bits, so that knowing one id tells nothing about another. */
final class ViewerId {

    private static final int BYTES = 12;
    private static final SecureRandom RANDOM = new SecureRandom();

    private ViewerId() {}

    /** A new id: {@code v-} and 16 characters of base64url (RFC 4648, section 5). */
    static String next() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return "v-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
