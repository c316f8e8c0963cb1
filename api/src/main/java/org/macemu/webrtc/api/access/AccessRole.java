package org.macemu.webrtc.api.access;

import java.util.Locale;
import java.util.Optional;

/** What somebody may do; each role may do what those before it may. */
public enum AccessRole {
    /** Watches. */
    GUEST,
    /** May hold keyboard and mouse. */
    CONTROLLER,
    /** May do everything. */
    OWNER;

    /** As it is written: {@code guest}, {@code controller}, {@code owner}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this role may do what {@code needed} may. */
    public boolean covers(AccessRole needed) {
        return compareTo(needed) >= 0;
    }

    /** The role of exactly this name. */
    public static Optional<AccessRole> of(String text) {
        for (AccessRole role : values()) {
            if (role.text().equals(text)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
