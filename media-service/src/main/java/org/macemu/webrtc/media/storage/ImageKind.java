package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Whether an image is a disk or a CD, by its name or by what ISO 9660 begins with. */
final class ImageKind {

    private static final Set<String> CD_EXTENSIONS = Set.of("iso", "toast", "cdr", "cue");

    /** Sector 16, second byte (ECMA-119, section 8.1.2). */
    private static final int STANDARD_IDENTIFIER_AT = 16 * 2048 + 1;

    private static final ByteBuffer STANDARD_IDENTIFIER =
            ByteBuffer.wrap("CD001".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

    private ImageKind() {}

    static StoredFile.Kind of(OpenFolder folder, FileName name, FileFacts facts) throws IOException, StorageException {
        if (CD_EXTENSIONS.contains(name.extension())) {
            return StoredFile.Kind.CDROM;
        }
        if (facts.size() < STANDARD_IDENTIFIER_AT + STANDARD_IDENTIFIER.limit()) {
            return StoredFile.Kind.DISK;
        }
        ByteBuffer found = ByteBuffer.allocate(STANDARD_IDENTIFIER.limit());
        try (FileChannel file = folder.read(name.text(), facts)) {
            int count = file.read(found, STANDARD_IDENTIFIER_AT);
            return count == found.capacity() && found.flip().equals(STANDARD_IDENTIFIER.duplicate())
                    ? StoredFile.Kind.CDROM
                    : StoredFile.Kind.DISK;
        }
    }
}
