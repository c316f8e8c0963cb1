package org.macemu.webrtc.control.sessions;

import java.util.Locale;

/** What was asked for. */
enum Desired {
    /** Its pod is to be there. */
    RUNNING,
    /** No pod until somebody visits. */
    SUSPENDED,
    /** No pod until somebody asks for it. */
    STOPPED,
    /** Nothing is to be left, but perhaps the disks. */
    DELETED;

    /** As in the annotation. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a hand may have written there by mistake is no reason to start or to delete anything. */
    static Desired of(String text) {
        for (Desired desired : values()) {
            if (desired.text().equals(text)) {
                return desired;
            }
        }
        return STOPPED;
    }
}
