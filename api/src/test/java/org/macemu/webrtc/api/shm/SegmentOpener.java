package org.macemu.webrtc.api.shm;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Opens or creates a segment in a process of its own, as another user or in another locale, and prints what happens.
 * Takes a folder and a name in percent encoding, because a locale that cannot write a letter cannot pass it either.
 */
final class SegmentOpener {

    private SegmentOpener() {}

    public static void main(String[] arguments) {
        try {
            Path path = SegmentFile.path(
                    Path.of(arguments[0]), URLDecoder.decode(arguments[1], StandardCharsets.UTF_8));
            VideoSegment.openOrCreate(path, 1024, PosixFilePermissions.fromString("rw-------")).close();
            System.out.println("opened");
        } catch (SegmentException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
