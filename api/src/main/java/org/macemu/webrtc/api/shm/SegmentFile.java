package org.macemu.webrtc.api.shm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A POSIX shared-memory object as the file it is under {@code /dev/shm}, mapped whole.
 *
 * <p>A file of any size is mapped; the segments check the size of the mapping before they read it, and {@link #isResized}
 * lets a reader notice a file that shrank. Between that check and an access the file may still shrink: the JVM turns such
 * a fault of its own copies ({@link MemorySegment#copy}) and of the segments' accessors into an {@link InternalError},
 * but native code would die of SIGBUS. Mapped memory is therefore only ever copied by the JVM or read by those accessors;
 * it is never handed to native code, nor compared or read in place by other means. The error may surface some time after
 * the access, at any place of the thread's loop: who catches it does so around the loop, and unmaps.
 */
public final class SegmentFile implements AutoCloseable {

    /** Where Linux keeps POSIX shared-memory objects. */
    public static final Path SHM_DIRECTORY = Path.of("/dev/shm");

    private final Path path;
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment memory;
    private final Object inode;
    private final boolean created;

    private SegmentFile(Path path, FileChannel channel, long size, boolean created) throws IOException {
        this.path = path;
        this.channel = channel;
        this.created = created;
        this.inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        this.arena = Arena.ofShared();
        this.memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
    }

    /**
     * The file of a shared-memory object.
     *
     * @param directory {@link #SHM_DIRECTORY}, or a folder of a test
     * @param name as for {@code shm_open}: a slash, then at most 254 characters without a slash
     * @throws SegmentException when the name is not of that form
     */
    public static Path path(Path directory, String name) throws SegmentException {
        if (!name.matches("/[^/\\x00]{1,254}") || name.equals("/.") || name.equals("/..")) {
            throw new SegmentException("Shared-memory name \"" + name + "\": expected a slash followed by 1 to 254"
                    + " characters without a slash, such as /macemu-video");
        }
        try {
            return directory.resolve(name.substring(1));
        } catch (InvalidPathException e) {
            throw new SegmentException("Shared-memory name \"" + name + "\" cannot be a file's name in this locale: "
                    + e.getReason(), e);
        }
    }

    /**
     * Opens the object, or creates it when it is not there. A file of zero bytes is one that its creator has not sized
     * yet; it is sized here.
     *
     * @param createSize bytes of a new object
     * @param permissions of a new object, exactly (no umask)
     * @throws SegmentException when it can be neither opened nor created
     */
    static SegmentFile openOrCreate(Path path, long createSize, Set<PosixFilePermission> permissions)
            throws SegmentException {
        try {
            return create(path, createSize, permissions);
        } catch (FileAlreadyExistsException e) {
            return open(path, createSize);
        } catch (IOException e) {
            throw new SegmentException(
                    "Cannot create shared memory " + path + " of " + createSize + " bytes (" + e
                            + "): the folder must exist, be writable and have that much room",
                    e);
        }
    }

    /**
     * Opens an object that is there.
     *
     * @throws SegmentException when it is missing, no regular file, or not accessible
     */
    static SegmentFile open(Path path) throws SegmentException {
        return open(path, 0);
    }

    private static SegmentFile create(Path path, long size, Set<PosixFilePermission> permissions) throws IOException {
        var attributes = PosixFilePermissions.asFileAttribute(permissions);
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(path, options, attributes);
        try {
            Files.setPosixFilePermissions(path, permissions);
            extend(channel, size);
            return new SegmentFile(path, channel, size, true);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static SegmentFile open(Path path, long sizeIfEmpty) throws SegmentException {
        FileChannel channel = null;
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                        ? new SegmentException(path + " is no regular file: expected a shared-memory object")
                        : new NoSuchFileException(path.toString());
            }
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            boolean empty = channel.size() == 0 && sizeIfEmpty > 0;
            if (empty) {
                extend(channel, sizeIfEmpty);
            }
            return new SegmentFile(path, channel, channel.size(), empty);
        } catch (IOException e) {
            if (channel != null) {
                closeQuietly(channel);
            }
            if (e instanceof SegmentException s) {
                throw s;
            }
            throw new SegmentException("Cannot open shared memory " + path + " (" + e
                    + "): it must exist and be readable and writable by this user", e);
        }
    }

    /** Sizes a new file; the pages stay unallocated until they are written. */
    private static void extend(FileChannel channel, long size) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The file was opened for nothing; there is no data to lose.
        }
    }

    /** The mapping; its size is the file's size when it was opened. */
    public MemorySegment memory() {
        return memory;
    }

    public Path path() {
        return path;
    }

    /** Whether this call made (or first sized) the object, so that its header is still zero. */
    public boolean created() {
        return created;
    }

    /**
     * Whether the file has another size than the mapping. A shorter file faults when it is accessed; a longer one was
     * sized again by its writer, whose second and third picture now lie elsewhere.
     */
    public boolean isResized() {
        try {
            return channel.size() != memory.byteSize();
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether another object stands at the path now, or none: its writer started anew. */
    public boolean isReplaced() {
        try {
            return !inode.equals(Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return true;
        }
    }

    /** The user that owns the object. */
    public int ownerUid() throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** Unmaps. The caller has made sure that no thread accesses {@link #memory} any more. */
    @Override
    public void close() {
        arena.close();
        closeQuietly(channel);
    }
}
