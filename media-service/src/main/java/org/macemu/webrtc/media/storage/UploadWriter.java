package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/**
 * Appends bytes to an upload. Owned by one call, whose thread may change but is one at a time; {@link #takeOver} comes
 * from another call for the same upload.
 */
public final class UploadWriter implements AutoCloseable {

    /** How often the free space is looked at, in bytes written. */
    private static final long SPACE_CHECK = 4 * 1024 * 1024;

    /** What the storage does for a writer. */
    interface Owner {

        /** Fails when the reserve would be touched. */
        void checkSpace(StorageFolder folder) throws StorageException;

        /** What an error of the operating system means. */
        StorageException explain(StorageFolder folder, IOException e);

        /** Puts the complete file in its place. */
        StoredFile publish(Upload upload) throws StorageException;

        /** The upload as it is now. */
        Upload current(Upload upload, long offset);

        /** The writer has ended. */
        void closed(UploadWriter writer);
    }

    /**
     * What became of the bytes.
     *
     * @param file present when they were the last ones
     */
    public record Appended(Upload upload, Optional<StoredFile> file) {}

    private final Owner owner;
    private final Upload upload;
    private final FileChannel part;
    private long offset;
    private long unchecked = SPACE_CHECK;
    private boolean takenOver;
    private boolean closed;

    UploadWriter(Owner owner, Upload upload, FileChannel part) {
        this.owner = owner;
        this.upload = upload;
        this.part = part;
        this.offset = upload.offset();
    }

    String id() {
        return upload.id();
    }

    /** Writes all of it; what was written before a failure stays. */
    public synchronized void write(ByteBuffer data) throws StorageException {
        checkOwned();
        if (data.remaining() > upload.length() - offset) {
            throw new StorageException(
                    Kind.FILE_TOO_LARGE,
                    "The upload of " + upload.name() + " was announced with " + upload.length() + " bytes and more come.");
        }
        unchecked += data.remaining();
        if (unchecked >= SPACE_CHECK) {
            owner.checkSpace(upload.folder());
            unchecked = 0;
        }
        try {
            while (data.hasRemaining()) {
                offset += part.write(data, offset);
            }
        } catch (IOException e) {
            throw owner.explain(upload.folder(), e);
        }
    }

    /** Waits until the bytes are on the disk, and puts the file in its place when it is complete. */
    public synchronized Appended finish() throws StorageException {
        checkOwned();
        try {
            part.force(true);
        } catch (IOException e) {
            throw owner.explain(upload.folder(), e);
        }
        Upload now = owner.current(upload, offset);
        return new Appended(now, offset < upload.length() ? Optional.empty() : Optional.of(owner.publish(now)));
    }

    private void checkOwned() throws StorageException {
        if (takenOver || closed) {
            throw new StorageException(
                    Kind.UPLOAD_TAKEN_OVER, "Another request goes on with the upload of " + upload.name() + ".");
        }
    }

    /** Another call goes on; waits for what is being written. */
    synchronized void takeOver() {
        takenOver = true;
        end();
    }

    @Override
    public void close() {
        end();
        // Without this writer's lock: who forgets writers takes theirs first.
        owner.closed(this);
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        try (part) {
            part.force(false);
        } catch (IOException e) {
            // The bytes were not acknowledged; the sender asks how many there are before it goes on.
            offset = upload.offset();
        }
    }
}
