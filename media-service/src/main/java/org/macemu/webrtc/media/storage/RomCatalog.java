package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was found in each ROM, so that a list reads only those that are new. Thread-safe. */
final class RomCatalog {

    /** Entries; a few hundred ROMs were ever made. */
    private static final int CAPACITY = 512;

    private final Map<String, RomIdentity> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RomIdentity> eldest) {
            return size() > CAPACITY;
        }
    };

    RomIdentity identify(OpenFolder folder, FileName name, FileFacts facts) throws IOException, StorageException {
        String etag = facts.etag();
        synchronized (known) {
            RomIdentity identity = known.get(etag);
            if (identity != null) {
                return identity;
            }
        }
        RomIdentity identity;
        try (FileChannel file = folder.read(name.text(), facts)) {
            identity = RomIdentity.read(file);
        }
        synchronized (known) {
            known.put(etag, identity);
        }
        return identity;
    }
}
