package org.macemu.webrtc.media.storage;

import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * A file as it was a moment ago.
 *
 * @param size in bytes
 * @param modified when it was last written
 * @param identity which file it is, whatever its name
 */
record FileFacts(long size, Instant modified, Object identity) {

    static FileFacts of(BasicFileAttributes attributes) {
        return new FileFacts(
                attributes.size(), attributes.lastModifiedTime().toInstant(), String.valueOf(attributes.fileKey()));
    }

    /** Changes when the file is written or replaced. */
    String etag() {
        return Integer.toHexString(identity.hashCode())
                + "-" + Long.toHexString(size)
                + "-" + Long.toHexString(modified.getEpochSecond())
                + Integer.toHexString(modified.getNano());
    }
}
