package org.macemu.webrtc.media.storage;

import java.time.Instant;

/**
 * A file that is arriving.
 *
 * @param id names it in every call
 * @param length bytes it will have
 * @param replace what happens to a file that has the name already
 * @param offset bytes that have arrived
 * @param modified when the last of them did
 * @param expires when it is forgotten, unless more arrive
 */
public record Upload(
        String id,
        StorageFolder folder,
        FileName name,
        long length,
        Replace replace,
        long offset,
        Instant modified,
        Instant expires) {

    /**
     * What happens to a file that has the name already.
     *
     * @param any it is replaced
     * @param etag it is replaced if it is this one; empty: never
     */
    public record Replace(boolean any, String etag) {

        /** Whatever is there stays. */
        public static final Replace NEVER = new Replace(false, "");
    }
}
