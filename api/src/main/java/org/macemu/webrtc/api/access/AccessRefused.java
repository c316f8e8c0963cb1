package org.macemu.webrtc.api.access;

/** A token that gives no access; the message is made to be read by its bearer, and tells an attacker nothing. */
public final class AccessRefused extends Exception {

    private static final long serialVersionUID = 1L;

    AccessRefused(String message) {
        super(message, null, false, false);
    }
}
