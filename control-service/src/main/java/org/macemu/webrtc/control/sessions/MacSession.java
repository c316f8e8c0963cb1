package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * A session as its StatefulSet's annotations have it. Immutable.
 *
 * @param object name of the StatefulSet; pod and claim follow from it
 * @param edges at most
 */
record MacSession(
        String name,
        String object,
        String title,
        Desired desired,
        boolean deleteDisks,
        Optional<String> rom,
        Optional<String> screen,
        Optional<String> diskSize,
        int edges,
        Duration idleTimeout,
        Instant lastActive,
        Instant created,
        int port) {

    /** On everything that belongs to a session. */
    static final String LABEL = "macemu.org/session";

    static final String TITLE = "macemu.org/title";
    static final String DESIRED = "macemu.org/desired";
    static final String DELETE_DISKS = "macemu.org/delete-disks";
    static final String ROM = "macemu.org/rom";
    static final String SCREEN = "macemu.org/screen";
    static final String DISK_SIZE = "macemu.org/disk-size";
    static final String EDGES = "macemu.org/edges";
    static final String IDLE_SECONDS = "macemu.org/idle-seconds";
    static final String LAST_ACTIVE = "macemu.org/last-active";
    static final String PORT = "macemu.org/rtc-port";

    /** @param idleTimeout where the annotation names none */
    static MacSession of(StatefulSet set, Duration idleTimeout) {
        ObjectMeta metadata = set.getMetadata();
        Map<String, String> notes = metadata.getAnnotations() == null ? Map.of() : metadata.getAnnotations();
        Map<String, String> labels = metadata.getLabels() == null ? Map.of() : metadata.getLabels();
        String name = labels.getOrDefault(LABEL, metadata.getName());
        Instant created = instant(metadata.getCreationTimestamp(), Instant.EPOCH);
        return new MacSession(
                name,
                metadata.getName(),
                notes.getOrDefault(TITLE, name),
                Desired.of(notes.getOrDefault(DESIRED, "")),
                Boolean.parseBoolean(notes.get(DELETE_DISKS)),
                Optional.ofNullable(notes.get(ROM)),
                Optional.ofNullable(notes.get(SCREEN)),
                Optional.ofNullable(notes.get(DISK_SIZE)),
                (int) Math.min(Integer.MAX_VALUE, number(notes.get(EDGES), 0)),
                Duration.ofSeconds(number(notes.get(IDLE_SECONDS), idleTimeout.toSeconds())),
                instant(notes.get(LAST_ACTIVE), created),
                created,
                (int) number(notes.get(PORT), 0));
    }

    /** Whether its media port is one of those that the chart has for sessions. */
    boolean hasPortOf(SessionsConfig config) {
        return port >= config.firstPort() && port <= config.lastPort();
    }

    /** Name of its one pod. */
    String pod() {
        return object + "-0";
    }

    /** Name of its disks' claim. */
    String claim() {
        return object + "-disks";
    }

    /** Whether it is to be suspended now if nobody watches. */
    boolean idleAt(Instant now) {
        return !idleTimeout.isZero() && lastActive.plus(idleTimeout).isBefore(now);
    }

    private static long number(String text, long otherwise) {
        try {
            return text == null ? otherwise : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static Instant instant(String text, Instant otherwise) {
        try {
            return text == null ? otherwise : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return otherwise;
        }
    }
}
