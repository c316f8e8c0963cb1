package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/**
 * Files that are arriving. What is known of them is on the disk, in two hidden files each, so that they outlive this
 * process; here are only the calls that write just now. Thread-safe.
 */
public final class Uploads {

    private static final Logger LOG = Logger.getLogger(Uploads.class);

    private final StorageSettings settings;
    private final FileStorage storage;
    private final Map<String, UploadWriter> writers = new HashMap<>();
    private final WriterSupport support = new WriterSupport();

    Uploads(StorageSettings settings, FileStorage storage) {
        this.settings = settings;
        this.storage = storage;
    }

    /** Makes room for a file and a place to collect it in. */
    public synchronized Upload create(StorageFolder folder, String text, long length, Upload.Replace replace)
            throws StorageException {
        FileName name = FileName.fresh(text);
        if (length < 1) {
            throw new StorageException(Kind.INVALID_REQUEST, "An upload has at least one byte; found " + length + ".");
        }
        if (length > settings.maxSize(folder)) {
            throw new StorageException(
                    Kind.FILE_TOO_LARGE,
                    name + " has " + length + " bytes; at most " + settings.maxSize(folder) + " are taken.");
        }
        expire();
        if (list().size() >= settings.maxUploads()) {
            throw new StorageException(
                    Kind.TOO_MANY_UPLOADS,
                    settings.maxUploads() + " uploads have begun and not ended; finish or cancel one.");
        }
        storage.makeFolder(folder);
        storage.checkReplace(folder, name, replace);
        storage.checkFits(folder, length);
        String id = UploadRecord.newId();
        UploadRecord record = new UploadRecord(name, length, replace);
        return storage.in(folder, open -> {
            try {
                open.create(UploadRecord.partName(id)).close();
                record.write(open, id);
                open.sync();
                return find(open, folder, id).orElseThrow(() -> new NoSuchFileException(id));
            } catch (IOException e) {
                open.deleteIfThere(UploadRecord.partName(id));
                open.deleteIfThere(UploadRecord.recordName(id));
                throw e;
            }
        });
    }

    /** An upload as it is now. */
    public Upload get(String id) throws StorageException {
        if (UploadRecord.isId(id)) {
            for (StorageFolder folder : StorageFolder.values()) {
                Optional<Upload> found = inExisting(folder, open -> find(open, folder, id)).orElse(Optional.empty());
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new StorageException(
                Kind.UPLOAD_UNKNOWN,
                "There is no upload " + FileName.quoted(id) + ": it is complete, was cancelled, or rested too long.");
    }

    /** Every upload, in no order that is promised. */
    public List<Upload> list() throws StorageException {
        List<Upload> uploads = new ArrayList<>();
        for (StorageFolder folder : StorageFolder.values()) {
            for (String id : ids(folder)) {
                inExisting(folder, open -> find(open, folder, id)).flatMap(u -> u).ifPresent(uploads::add);
            }
        }
        return uploads;
    }

    /** Bytes that the uploads on the disk of this folder still need. */
    long outstanding(StorageFolder folder) throws StorageException, IOException {
        long bytes = 0;
        for (Upload upload : list()) {
            if (storage.onSameDisk(folder, upload.folder())) {
                bytes += upload.length() - upload.offset();
            }
        }
        return bytes;
    }

    /**
     * Goes on with an upload; an earlier writer of it is ended.
     *
     * @param offset where the next bytes belong, which must be where the last ones ended
     */
    public synchronized UploadWriter append(String id, long offset) throws StorageException {
        UploadWriter before = writers.get(id);
        if (before != null) {
            before.takeOver();
        }
        Upload upload = get(id);
        if (offset != upload.offset()) {
            throw new StorageException(
                    Kind.UPLOAD_OFFSET_MISMATCH,
                    "The upload of " + upload.name() + " has " + upload.offset() + " bytes; what begins at " + offset
                            + " does not follow.");
        }
        FileChannel part = storage.in(upload.folder(), open -> open.write(UploadRecord.partName(id)));
        UploadWriter writer = new UploadWriter(support, upload, part);
        writers.put(id, writer);
        return writer;
    }

    /** Forgets an upload and its bytes. */
    public synchronized void cancel(String id) throws StorageException {
        UploadWriter writer = writers.get(id);
        if (writer != null) {
            writer.takeOver();
        }
        Upload upload = get(id);
        storage.in(upload.folder(), open -> {
            remove(open, id);
            open.sync();
            return null;
        });
    }

    /** Forgets what has rested too long, and what an end of this process left of an upload that had just begun. */
    public synchronized void expire() throws StorageException {
        Instant limit = Instant.now().minus(settings.uploadExpiry());
        for (StorageFolder folder : StorageFolder.values()) {
            for (String id : ids(folder)) {
                if (writers.containsKey(id)) {
                    continue;
                }
                inExisting(folder, open -> {
                    Optional<FileFacts> part = open.facts(UploadRecord.partName(id));
                    Optional<FileFacts> newest = part.isPresent() ? part : open.facts(UploadRecord.recordName(id));
                    if (newest.isPresent() && newest.get().modified().isBefore(limit)) {
                        remove(open, id);
                        LOG.infof("Upload %s rested longer than %s and is forgotten", id, settings.uploadExpiry());
                    }
                    return null;
                });
            }
        }
    }

    private static void remove(OpenFolder open, String id) throws IOException, StorageException {
        open.deleteIfThere(UploadRecord.partName(id));
        open.deleteIfThere(UploadRecord.recordName(id));
    }

    private Set<String> ids(StorageFolder folder) throws StorageException {
        Set<String> ids = new LinkedHashSet<>();
        for (String name : inExisting(folder, OpenFolder::names).orElse(List.of())) {
            UploadRecord.idOf(name).ifPresent(ids::add);
        }
        return ids;
    }

    private Optional<Upload> find(OpenFolder open, StorageFolder folder, String id)
            throws IOException, StorageException {
        Optional<UploadRecord> record = UploadRecord.read(open, id);
        Optional<FileFacts> part = open.facts(UploadRecord.partName(id));
        if (record.isEmpty() || part.isEmpty()) {
            return Optional.empty();
        }
        UploadRecord known = record.get();
        FileFacts facts = part.get();
        return Optional.of(new Upload(
                id,
                folder,
                known.name(),
                known.length(),
                known.replace(),
                facts.size(),
                facts.modified(),
                facts.modified().plus(settings.uploadExpiry())));
    }

    /** Empty when the folder has not been made yet. */
    private <T> Optional<T> inExisting(StorageFolder folder, FileStorage.Work<T> work) throws StorageException {
        try {
            return Optional.ofNullable(storage.in(folder, work));
        } catch (StorageException e) {
            if (e.kind() == Kind.FILE_UNKNOWN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private final class WriterSupport implements UploadWriter.Owner {

        @Override
        public void checkSpace(StorageFolder folder) throws StorageException {
            storage.checkReserve(folder);
        }

        @Override
        public StorageException explain(StorageFolder folder, IOException e) {
            return storage.explain(folder, e);
        }

        @Override
        public StoredFile publish(Upload upload) throws StorageException {
            return storage.publish(upload);
        }

        @Override
        public Upload current(Upload upload, long offset) {
            Instant now = Instant.now();
            return new Upload(
                    upload.id(),
                    upload.folder(),
                    upload.name(),
                    upload.length(),
                    upload.replace(),
                    offset,
                    now,
                    now.plus(settings.uploadExpiry()));
        }

        @Override
        public void closed(UploadWriter writer) {
            forget(writer);
        }
    }

    private synchronized void forget(UploadWriter writer) {
        writers.remove(writer.id(), writer);
    }
}
