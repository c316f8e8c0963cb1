package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much a disk still takes. */
interface FreeSpace {

    /** As the operating system says. */
    FreeSpace OF_DISK = folder -> Files.getFileStore(existing(folder)).getUsableSpace();

    /** Bytes on the disk of this folder. */
    long free(Path folder) throws IOException;

    /** Whether two folders share a disk. */
    default boolean same(Path one, Path other) throws IOException {
        return Files.getFileStore(existing(one)).equals(Files.getFileStore(existing(other)));
    }

    /** The folder itself, or where it would be made. */
    static Path existing(Path folder) {
        Path path = folder.toAbsolutePath();
        while (path.getParent() != null && !Files.exists(path)) {
            path = path.getParent();
        }
        return path;
    }
}
