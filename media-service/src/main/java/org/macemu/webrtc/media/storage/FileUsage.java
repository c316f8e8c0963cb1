package org.macemu.webrtc.media.storage;

import java.util.Optional;
import java.util.Set;

/** What the running emulator uses. Asked by threads that may block. */
@FunctionalInterface
public interface FileUsage {

    /** Files by folder and name. */
    record InUse(Set<String> roms, Set<String> images) {

        /** Nothing runs. */
        public static final InUse NOTHING = new InUse(Set.of(), Set.of());

        boolean contains(StorageFolder folder, FileName name) {
            return (folder == StorageFolder.ROMS ? roms : images).contains(name.text());
        }
    }

    /** Empty when an emulator is there and does not say. */
    Optional<InUse> inUse();
}
