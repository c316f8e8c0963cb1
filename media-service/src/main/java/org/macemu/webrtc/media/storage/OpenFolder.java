package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/**
 * A folder that is held open, and its files by their names in it (openat, renameat, unlinkat). Links are not followed, and
 * only regular files exist: whatever somebody makes of the path to the folder or of a name meanwhile, nothing outside is
 * reached. Held for one operation; used by one thread.
 */
final class OpenFolder implements AutoCloseable {

    private final Path path;
    private final SecureDirectoryStream<Path> stream;

    private OpenFolder(Path path, SecureDirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
    }

    /** The folder itself may be a link: where it leads is the owner's choice. */
    static OpenFolder open(Path path) throws IOException {
        DirectoryStream<Path> opened = Files.newDirectoryStream(path);
        if (opened instanceof SecureDirectoryStream<Path> secure) {
            return new OpenFolder(path, secure);
        }
        opened.close();
        throw new IOException("This system has no openat, without which " + path + " cannot be used safely");
    }

    /** Every name in it, hidden ones too. Once. */
    List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try {
            for (Path entry : stream) {
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** Empty when there is no regular file of this name. */
    Optional<FileFacts> facts(String name) throws IOException, StorageException {
        try {
            BasicFileAttributes attributes = stream.getFileAttributeView(
                            relative(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            return attributes.isRegularFile() ? Optional.of(FileFacts.of(attributes)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether anything has this name, a link or a folder included. */
    boolean has(String name) throws IOException, StorageException {
        try {
            stream.getFileAttributeView(relative(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Opens a regular file to read. The facts are those of the file that was opened. */
    FileChannel read(String name, FileFacts expected) throws IOException, StorageException {
        FileChannel channel = channel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        // What was a file when it was looked at may have become something else before it was opened.
        if (facts(name).map(f -> f.identity().equals(expected.identity())).orElse(false)) {
            return channel;
        }
        channel.close();
        throw new NoSuchFileException(name);
    }

    /** A new file that only this user and group can read; fails when anything has the name. */
    FileChannel create(String name) throws IOException, StorageException {
        return channel(
                name,
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.READ,
                        LinkOption.NOFOLLOW_LINKS));
    }

    /** Opens an existing file to write; its end is found by the caller. */
    FileChannel write(String name) throws IOException, StorageException {
        return channel(name, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    private FileChannel channel(String name, Set<OpenOption> options) throws IOException, StorageException {
        SeekableByteChannel channel = stream.newByteChannel(
                relative(name),
                options,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw----")));
        if (channel instanceof FileChannel file) {
            return file;
        }
        channel.close();
        throw new IOException("This system opens files relative to a folder as " + channel.getClass());
    }

    /** Atomically; a file of the new name is replaced. */
    void rename(String from, String to) throws IOException, StorageException {
        stream.move(relative(from), stream, relative(to));
    }

    /** Atomically; fails when anything has the new name. */
    void renameNew(String from, String to) throws IOException, StorageException {
        if (has(to)) {
            throw new FileAlreadyExistsException(to);
        }
        rename(from, to);
    }

    void delete(String name) throws IOException, StorageException {
        stream.deleteFile(relative(name));
    }

    boolean deleteIfThere(String name) throws IOException, StorageException {
        try {
            delete(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Makes names that were created, changed or deleted outlive a power cut. */
    void sync() throws IOException {
        try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static Path relative(String name) throws StorageException {
        // The last line of defence: whatever callers do, a name has one element and stays in the folder.
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
            throw new StorageException(
                    Kind.FILE_NAME_INVALID, FileName.quoted(name) + " is no name of a file in the storage.");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new StorageException(
                    Kind.FILE_NAME_INVALID,
                    FileName.quoted(name) + " cannot be a file name on this system (" + e.getReason()
                            + "); the media-service's locale must be UTF-8 for other letters than ASCII.");
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
