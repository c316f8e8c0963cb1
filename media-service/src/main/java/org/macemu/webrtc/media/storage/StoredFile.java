package org.macemu.webrtc.media.storage;

import java.time.Instant;
import java.util.Optional;

/**
 * A file of the storage.
 *
 * @param etag changes with the file
 * @param inUse the running emulator's configuration names it
 * @param rom what it is as a ROM; empty for images
 */
public record StoredFile(
        StorageFolder folder,
        FileName name,
        Kind kind,
        long size,
        Instant modified,
        String etag,
        boolean inUse,
        Optional<RomIdentity> rom) {

    /** What a file is for. */
    public enum Kind {
        ROM,
        DISK,
        CDROM
    }
}
