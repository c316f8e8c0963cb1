package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.macemu.webrtc.media.storage.FileUsage.InUse;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/**
 * The files of one Mac. Its methods block on the disk, and where it matters whether a file is in use, on the emulator's
 * answer. Thread-safe: names change under one lock, bytes are written without it.
 *
 * <p>A file appears complete or not at all: its bytes are collected in a hidden file of the same folder, are forced to the
 * disk, and get their name by a rename, which is forced to the disk, too.
 */
public final class FileStorage {

    /** Files that are listed of a folder; more than this is no collection any more. */
    private static final int MAX_FILES = 10_000;

    private static final int SECTOR = 512;

    private final StorageSettings settings;
    private final FileUsage usage;
    private final FreeSpace space;
    private final HfsVolume hfs;
    private final RomCatalog roms = new RomCatalog();
    private final ReentrantLock names = new ReentrantLock();
    private final Uploads uploads;

    public FileStorage(StorageSettings settings, FileUsage usage, HfsVolume hfs) {
        this(settings, usage, hfs, FreeSpace.OF_DISK);
    }

    FileStorage(StorageSettings settings, FileUsage usage, HfsVolume hfs, FreeSpace space) {
        this.settings = settings;
        this.usage = usage;
        this.hfs = hfs;
        this.space = space;
        this.uploads = new Uploads(settings, this);
    }

    /**
     * Everything that is there.
     *
     * @param usageKnown whether it is known what the running emulator uses
     */
    public record Listing(
            List<StoredFile> files, List<Upload> uploads, List<FolderFacts> folders, boolean usageKnown) {}

    /**
     * What fits into a folder.
     *
     * @param available bytes that may be uploaded now
     * @param minFileSize bytes of a new image at least
     */
    public record FolderFacts(
            StorageFolder folder, long available, long maxFileSize, long minFileSize, boolean writable) {}

    /** Uploads are found here. */
    public Uploads uploads() {
        return uploads;
    }

    /** Everything that is there, by folder and name. */
    public Listing list() throws StorageException {
        Optional<InUse> inUse = usage.inUse();
        List<StoredFile> files = new ArrayList<>();
        List<FolderFacts> folders = new ArrayList<>();
        for (StorageFolder folder : StorageFolder.values()) {
            files.addAll(list(folder, inUse.orElse(InUse.NOTHING)));
            folders.add(new FolderFacts(
                    folder,
                    available(folder),
                    settings.maxSize(folder),
                    folder == StorageFolder.ROMS ? 1 : StorageSettings.MIN_IMAGE_SIZE,
                    Files.isWritable(FreeSpace.existing(settings.path(folder)))));
        }
        return new Listing(files, uploads.list(), folders, inUse.isPresent());
    }

    private List<StoredFile> list(StorageFolder folder, InUse inUse) throws StorageException {
        try (OpenFolder open = OpenFolder.open(settings.path(folder))) {
            List<StoredFile> files = new ArrayList<>();
            for (String text : open.names()) {
                FileName name;
                try {
                    name = FileName.existing(text);
                } catch (StorageException e) {
                    continue; // hidden, or a name that cannot be told
                }
                Optional<FileFacts> facts = open.facts(text);
                if (facts.isPresent() && files.size() < MAX_FILES) {
                    files.add(describe(open, folder, name, facts.get(), inUse));
                }
            }
            files.sort(Comparator.comparing(f -> f.name().text(), String.CASE_INSENSITIVE_ORDER));
            return files;
        } catch (NoSuchFileException e) {
            return List.of(); // nothing has been stored yet
        } catch (IOException e) {
            throw explain(folder, e);
        }
    }

    private StoredFile describe(OpenFolder open, StorageFolder folder, FileName name, FileFacts facts, InUse inUse)
            throws IOException, StorageException {
        boolean rom = folder == StorageFolder.ROMS;
        return new StoredFile(
                folder,
                name,
                rom ? StoredFile.Kind.ROM : ImageKind.of(open, name, facts),
                facts.size(),
                facts.modified(),
                facts.etag(),
                inUse.contains(folder, name),
                rom ? Optional.of(roms.identify(open, name, facts)) : Optional.empty());
    }

    /** One file. */
    public StoredFile file(StorageFolder folder, String text) throws StorageException {
        FileName name = FileName.existing(text);
        InUse inUse = usage.inUse().orElse(InUse.NOTHING);
        return in(folder, open -> describe(open, folder, name, facts(open, name), inUse));
    }

    /**
     * Opens a file to read.
     *
     * @param etag which it has to be, empty for any
     */
    public FileReader read(StorageFolder folder, String text, long offset, long length, String etag)
            throws StorageException {
        FileName name = FileName.existing(text);
        return in(folder, open -> {
            FileFacts facts = facts(open, name);
            checkEtag(name, facts, etag);
            if (offset < 0 || length < 0 || offset > facts.size() || length > facts.size() - offset) {
                throw new StorageException(
                        Kind.INVALID_REQUEST,
                        name + " has " + facts.size() + " bytes; " + length + " from " + offset + " are not among them.");
            }
            return new FileReader(name, open.read(name.text(), facts), offset, length);
        });
    }

    /**
     * Deletes a file that the running emulator does not use.
     *
     * @param etag which it has to be, empty for any
     */
    public void delete(StorageFolder folder, String text, String etag) throws StorageException {
        FileName name = FileName.existing(text);
        names.lock();
        try {
            in(folder, open -> {
                checkEtag(name, facts(open, name), etag);
                checkUnused(folder, name);
                open.delete(name.text());
                open.sync();
                return null;
            });
        } finally {
            names.unlock();
        }
    }

    /**
     * Creates an empty disk image; it takes no space until the Mac writes to it.
     *
     * @param format none, or hfs
     * @param label name of the volume, when it has a format
     */
    public StoredFile createImage(String text, long size, String format, String label) throws StorageException {
        FileName name = FileName.fresh(text);
        if (size < StorageSettings.MIN_IMAGE_SIZE || size > settings.maxImageSize() || size % SECTOR != 0) {
            throw new StorageException(
                    Kind.INVALID_REQUEST,
                    "The size is " + size + " bytes; a multiple of " + SECTOR + " from " + StorageSettings.MIN_IMAGE_SIZE
                            + " to " + settings.maxImageSize() + " is expected.");
        }
        boolean formatted = hfs.check(format, label, size);
        StorageFolder folder = StorageFolder.IMAGES;
        checkFits(folder, size);
        String part = UploadRecord.partName(UploadRecord.newId());
        names.lock();
        try {
            makeFolder(folder);
            checkFree(folder, name);
            return in(folder, open -> {
                try {
                    try (FileChannel file = open.create(part)) {
                        file.write(ByteBuffer.allocate(1), size - 1);
                        file.force(true);
                    }
                    if (formatted) {
                        hfs.format(settings.path(folder).resolve(part), label);
                    }
                    open.renameNew(part, name.text());
                } finally {
                    open.deleteIfThere(part);
                }
                open.sync();
                return describe(open, folder, name, facts(open, name), InUse.NOTHING);
            });
        } finally {
            names.unlock();
        }
    }

    /** Puts a complete upload in its place. */
    StoredFile publish(Upload upload) throws StorageException {
        StorageFolder folder = upload.folder();
        names.lock();
        try {
            checkReplace(folder, upload.name(), upload.replace());
            return in(folder, open -> {
                open.rename(UploadRecord.partName(upload.id()), upload.name().text());
                open.deleteIfThere(UploadRecord.recordName(upload.id()));
                open.sync();
                return describe(open, folder, upload.name(), facts(open, upload.name()), InUse.NOTHING);
            });
        } finally {
            names.unlock();
        }
    }

    /** Fails when a file of this name is there and may not be replaced. */
    void checkReplace(StorageFolder folder, FileName name, Upload.Replace replace) throws StorageException {
        Optional<FileFacts> there = in(folder, open -> open.facts(name.text()));
        if (there.isEmpty() || !replace.any() && replace.etag().isEmpty()) {
            if (!replace.etag().isEmpty()) {
                throw new StorageException(Kind.PRECONDITION_FAILED, name + " is not there any more.");
            }
            checkFree(folder, name);
            return;
        }
        if (!replace.any()) {
            checkEtag(name, there.get(), replace.etag());
        }
        checkUnused(folder, name);
    }

    /** Fails when a file has this name, or one that cannot be told from it everywhere. */
    private void checkFree(StorageFolder folder, FileName name) throws StorageException {
        String key = name.key();
        for (String other : in(folder, OpenFolder::names)) {
            if (other.equals(name.text())) {
                throw new StorageException(
                        Kind.FILE_EXISTS,
                        name + " is there already; choose another name, delete it first, or ask for it to be replaced.");
            }
            if (new FileName(other).key().equals(key)) {
                throw new StorageException(
                        Kind.FILE_EXISTS,
                        FileName.quoted(other) + " is there already, which differs from " + name
                                + " only in case or in how its letters are composed; choose another name.");
            }
        }
    }

    private void checkUnused(StorageFolder folder, FileName name) throws StorageException {
        InUse inUse = usage.inUse()
                .orElseThrow(() -> new StorageException(
                        Kind.FILE_IN_USE,
                        "An emulator runs and does not say which files it uses: " + name + " is left alone."));
        if (inUse.contains(folder, name)) {
            throw new StorageException(
                    Kind.FILE_IN_USE,
                    "The running Mac uses " + name + "; shut it down, or take the file out of its settings and restart.");
        }
    }

    private static void checkEtag(FileName name, FileFacts facts, String etag) throws StorageException {
        if (!etag.isEmpty() && !etag.equals(facts.etag())) {
            throw new StorageException(
                    Kind.PRECONDITION_FAILED,
                    name + " is not the one that was asked for any more: its ETag is \"" + facts.etag() + "\".");
        }
    }

    private static FileFacts facts(OpenFolder open, FileName name) throws IOException, StorageException {
        return open.facts(name.text()).orElseThrow(() -> new NoSuchFileException(name.text()));
    }

    /** Bytes that may be uploaded into the folder now. */
    private long available(StorageFolder folder) throws StorageException {
        try {
            long free = space.free(settings.path(folder));
            return Math.max(0, free - settings.reserve() - uploads.outstanding(folder));
        } catch (IOException e) {
            throw explain(folder, e);
        }
    }

    /** Fails when so many bytes do not fit. */
    void checkFits(StorageFolder folder, long size) throws StorageException {
        long available = available(folder);
        if (size > available) {
            throw full(folder, size + " bytes are wanted, and " + available + " are free besides a reserve of "
                    + settings.reserve() + " and what other uploads need");
        }
    }

    /** Fails when the reserve is touched. */
    void checkReserve(StorageFolder folder) throws StorageException {
        try {
            long free = space.free(settings.path(folder));
            if (free < settings.reserve()) {
                throw full(folder, free + " bytes are free, and " + settings.reserve() + " are kept as a reserve");
            }
        } catch (IOException e) {
            throw explain(folder, e);
        }
    }

    private static StorageException full(StorageFolder folder, String why) {
        return new StorageException(
                Kind.STORAGE_FULL,
                "The disk of the " + folder.name().toLowerCase(Locale.ROOT) + " is full: " + why
                        + ". Delete something and go on.");
    }

    boolean onSameDisk(StorageFolder one, StorageFolder other) throws IOException {
        return one == other || space.same(settings.path(one), settings.path(other));
    }

    void makeFolder(StorageFolder folder) throws StorageException {
        try {
            Files.createDirectories(settings.path(folder));
        } catch (FileAlreadyExistsException e) {
            // A link to a folder is one, too; whatever else is there is told when it is opened.
            return;
        } catch (IOException e) {
            throw explain(folder, e);
        }
    }

    /** Work on an open folder. */
    interface Work<T> {
        T on(OpenFolder open) throws IOException, StorageException;
    }

    <T> T in(StorageFolder folder, Work<T> work) throws StorageException {
        try (OpenFolder open = OpenFolder.open(settings.path(folder))) {
            return work.on(open);
        } catch (IOException e) {
            throw explain(folder, e);
        }
    }

    /** What an error of the operating system means to the person who asked. */
    StorageException explain(StorageFolder folder, IOException e) {
        String where = folder.name().toLowerCase(Locale.ROOT);
        if (e instanceof NoSuchFileException missing) {
            return new StorageException(
                    Kind.FILE_UNKNOWN,
                    "No file " + FileName.quoted(nameOf(missing)) + " is among the " + where + ".");
        }
        if (e instanceof FileAlreadyExistsException) {
            return new StorageException(Kind.FILE_EXISTS, "A file of this name has just been put among the " + where + ".");
        }
        String reason = reason(e);
        if (reason.contains("No space left") || reason.contains("quota exceeded") || isExhausted(folder)) {
            return full(folder, reason);
        }
        if (reason.contains("File too large")) {
            return new StorageException(Kind.FILE_TOO_LARGE, "The disk of the " + where + " takes no file of this size.");
        }
        return new StorageException(
                Kind.STORAGE_UNAVAILABLE,
                "The folder of the " + where + ", " + settings.path(folder) + ", cannot be used: " + reason, e);
    }

    private static String nameOf(NoSuchFileException missing) {
        String file = missing.getFile() == null ? "" : missing.getFile();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** The words of the operating system may be in another language; an empty disk speaks for itself. */
    private boolean isExhausted(StorageFolder folder) {
        try {
            return space.free(settings.path(folder)) < SECTOR;
        } catch (IOException e) {
            return false;
        }
    }

    static String reason(IOException e) {
        if (e instanceof FileSystemException f) {
            return f.getReason() == null ? f.getClass().getSimpleName() : f.getReason();
        }
        return String.valueOf(e.getMessage());
    }
}
