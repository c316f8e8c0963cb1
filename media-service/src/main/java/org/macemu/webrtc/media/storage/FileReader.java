package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/** Bytes of a file in order. Owned by one call; used by one thread at a time. */
public final class FileReader implements AutoCloseable {

    private final FileName name;
    private final FileChannel file;
    private final long end;
    private long position;

    FileReader(FileName name, FileChannel file, long offset, long length) {
        this.name = name;
        this.file = file;
        this.position = offset;
        this.end = offset + length;
    }

    /** The next bytes, at most so many; null after the last. */
    public byte[] next(int limit) throws StorageException {
        int count = (int) Math.min(limit, end - position);
        if (count == 0) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(count);
        try {
            while (bytes.hasRemaining()) {
                int read = file.read(bytes, position);
                if (read < 0) {
                    throw new StorageException(Kind.PRECONDITION_FAILED, name + " became shorter while it was read.");
                }
                position += read;
            }
        } catch (IOException e) {
            throw new StorageException(
                    Kind.STORAGE_UNAVAILABLE, name + " cannot be read: " + FileStorage.reason(e), e);
        }
        return bytes.array();
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // It was only read.
            position = end;
        }
    }
}
