package org.macemu.webrtc.media.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.macemu.webrtc.media.storage.FileUsage.InUse;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/** Files on a real disk: what is found, what is refused, and that nothing outside the folders is reached. */
class FileStorageTest {

    private static final String SECRET = "of no concern to anybody";

    @TempDir
    Path top;

    private Path roms;
    private Path images;
    private Path outside;
    private Optional<InUse> inUse = Optional.of(InUse.NOTHING);
    private FileStorage storage;

    @BeforeEach
    void start() throws IOException {
        roms = Files.createDirectories(top.resolve("roms"));
        images = Files.createDirectories(top.resolve("images"));
        outside = Files.writeString(top.resolve("outside.img"), SECRET);
        storage = new FileStorage(settings(), () -> inUse, HfsVolume.find(System.getenv("PATH")));
    }

    private StorageSettings settings() {
        return new StorageSettings(roms, images, 8 << 20, 1L << 32, 0, Duration.ofHours(1), 4);
    }

    private static StorageException refused(Kind kind, org.junit.jupiter.api.function.Executable what) {
        StorageException e = assertThrows(StorageException.class, what);
        assertEquals(kind, e.kind(), e.getMessage());
        return e;
    }

    private byte[] content(StorageFolder folder, String name) throws StorageException {
        long size = storage.file(folder, name).size();
        try (FileReader reader = storage.read(folder, name, 0, size, "")) {
            byte[] bytes = reader.next((int) size);
            return bytes == null ? new byte[0] : bytes;
        }
    }

    @Test
    void listsWhatIsThereAndSaysWhatItIs() throws Exception {
        Files.write(roms.resolve("q.rom"), RomIdentityTest.rom(1 << 20, 0x067C).array());
        Files.writeString(images.resolve("b.img"), "disk");
        Files.writeString(images.resolve("A.ISO"), "cd by name");
        byte[] cd = new byte[40_000];
        System.arraycopy("CD001".getBytes(), 0, cd, 16 * 2048 + 1, 5);
        Files.write(images.resolve("c.img"), cd);
        Files.writeString(images.resolve(".hidden"), "not shown");
        Files.createDirectory(images.resolve("folder"));
        Files.createSymbolicLink(images.resolve("link.img"), outside);
        Files.createSymbolicLink(images.resolve("inner.img"), images.resolve("b.img"));
        inUse = Optional.of(new InUse(Set.of(), Set.of("b.img")));
        FileStorage.Listing listing = storage.list();
        assertEquals(
                List.of("q.rom ROM false", "A.ISO CDROM false", "b.img DISK true", "c.img CDROM false"),
                listing.files().stream()
                        .map(f -> f.name().text() + " " + f.kind() + " " + f.inUse())
                        .toList());
        assertEquals(List.of("basilisk2"), listing.files().getFirst().rom().orElseThrow().emulators());
        assertTrue(listing.usageKnown());
        assertTrue(listing.folders().getFirst().available() > 0 && listing.folders().getFirst().writable());
        inUse = Optional.empty();
        assertFalse(storage.list().usageKnown());
    }

    @Test
    void foldersThatAreNotThereYetAreEmptyAndMadeWhenNeeded() throws Exception {
        Path none = top.resolve("a/b");
        storage = new FileStorage(
                new StorageSettings(none, none.resolve("c"), 8 << 20, 1 << 30, 0, Duration.ofHours(1), 4),
                () -> inUse,
                HfsVolume.find(""));
        assertEquals(List.of(), storage.list().files());
        refused(Kind.FILE_UNKNOWN, () -> storage.file(StorageFolder.ROMS, "x"));
        storage.createImage("d.img", 409_600, "none", "");
        assertEquals(409_600, Files.size(none.resolve("c/d.img")));
    }

    static Stream<String> tricks() {
        return Stream.of(
                "..", ".", "", "../outside.img", "../../etc/passwd", "/etc/passwd", "/", "images/../../outside.img",
                "x/../../outside.img", "./b.img", "link.img", "link-to-folder", "link-to-folder/passwd", "folder",
                "folder/deep.img", "pipe", "b.img\u0000.png", "\u0000", "b.img/", "b.img\n", "..\\outside.img",
                "\uFF0E\uFF0E/outside.img", "%2e%2e/outside.img", "..%2foutside.img", ".hidden", "~", "$HOME",
                "x".repeat(255), "x".repeat(256), "x".repeat(5000), "../".repeat(1500) + "etc/passwd", "B.IMG", "dangling");
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void noNameLeadsOutOrToWhatIsNoFile(String name) throws Exception {
        Files.writeString(images.resolve("b.img"), "inside");
        Files.writeString(images.resolve(".hidden"), "hidden");
        Files.createDirectory(images.resolve("folder"));
        Files.writeString(images.resolve("folder/deep.img"), "deep");
        Files.createSymbolicLink(images.resolve("link.img"), outside);
        Files.createSymbolicLink(images.resolve("link-to-folder"), Path.of("/etc"));
        Files.createSymbolicLink(images.resolve("dangling"), top.resolve("made-by-a-link"));
        assertEquals(0, new ProcessBuilder("mkfifo", images.resolve("pipe").toString()).start().waitFor());
        for (org.junit.jupiter.api.function.Executable what : List.<org.junit.jupiter.api.function.Executable>of(
                () -> storage.file(StorageFolder.IMAGES, name),
                () -> storage.read(StorageFolder.IMAGES, name, 0, 1, "").close(),
                () -> storage.delete(StorageFolder.IMAGES, name, ""))) {
            StorageException e = assertThrows(StorageException.class, what);
            assertTrue(e.kind() == Kind.FILE_NAME_INVALID || e.kind() == Kind.FILE_UNKNOWN, e.kind() + e.getMessage());
            assertFalse(e.getMessage().contains(SECRET) || e.getMessage().contains(top.toString()), e.getMessage());
        }
        // New files: a name that is taken by whatever is not replaced, not even when that is asked for.
        for (Upload.Replace replace : List.of(Upload.Replace.NEVER, new Upload.Replace(true, ""))) {
            try {
                Upload upload = storage.uploads().create(StorageFolder.IMAGES, name, 3, replace);
                try (UploadWriter writer = storage.uploads().append(upload.id(), 0)) {
                    writer.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}));
                    writer.finish();
                }
                assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(images.resolve(name)));
                Files.delete(images.resolve(name));
            } catch (StorageException e) {
                assertTrue(e.kind() == Kind.FILE_NAME_INVALID || e.kind() == Kind.FILE_EXISTS, e.kind() + e.getMessage());
            }
        }
        assertEquals(SECRET, Files.readString(outside));
        assertEquals("inside", Files.readString(images.resolve("b.img")));
        assertTrue(Files.isSymbolicLink(images.resolve("link.img")));
        assertFalse(Files.exists(top.resolve("made-by-a-link")));
        try (Stream<Path> all = Files.list(top)) {
            assertEquals(3, all.count());
        }
    }

    @Test
    void aLinkSwappedInWhileWritingIsNotFollowed() throws Exception {
        Upload upload = storage.uploads().create(StorageFolder.IMAGES, "a.img", 10, Upload.Replace.NEVER);
        Path part = images.resolve("." + upload.id() + ".part");
        try (UploadWriter writer = storage.uploads().append(upload.id(), 0)) {
            writer.write(java.nio.ByteBuffer.wrap("12345".getBytes()));
        }
        Files.delete(part);
        Files.createSymbolicLink(part, outside);
        refused(Kind.UPLOAD_UNKNOWN, () -> storage.uploads().append(upload.id(), 5));
        assertEquals(SECRET, Files.readString(outside));
    }

    /** Another process makes a name a file, a link and nothing in turn, as fast as it can. */
    @Test
    void aRaceOfLinksNeverShowsWhatIsOutside() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Path name = images.resolve("race.img");
        Thread swapper = Thread.ofPlatform().start(() -> {
            try {
                while (!stop.get()) {
                    Files.deleteIfExists(name);
                    Files.writeString(name, "i");
                    Files.delete(name);
                    Files.createSymbolicLink(name, outside);
                }
            } catch (IOException e) {
                // The storage has deleted it: that is allowed for the file that was there.
                stop.set(true);
            }
        });
        int reads = 0;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
        while (System.nanoTime() < end) {
            try {
                String found = new String(content(StorageFolder.IMAGES, "race.img"));
                assertTrue(found.isEmpty() || found.equals("i"), found);
                reads++;
            } catch (StorageException e) {
                assertTrue(
                        Set.of(Kind.FILE_UNKNOWN, Kind.STORAGE_UNAVAILABLE, Kind.INVALID_REQUEST, Kind.PRECONDITION_FAILED)
                                .contains(e.kind()),
                        e.getMessage());
                assertFalse(e.getMessage().contains(SECRET));
            }
        }
        stop.set(true);
        swapper.join();
        assertTrue(reads > 0);
        assertEquals(SECRET, Files.readString(outside));
    }

    @Test
    void readsAnyPartOfAFile() throws Exception {
        Files.writeString(images.resolve("a.img"), "0123456789");
        String etag = storage.file(StorageFolder.IMAGES, "a.img").etag();
        try (FileReader reader = storage.read(StorageFolder.IMAGES, "a.img", 3, 5, etag)) {
            assertEquals("345", new String(reader.next(3)));
            assertEquals("67", new String(reader.next(3)));
            assertEquals(null, reader.next(3));
        }
        refused(Kind.INVALID_REQUEST, () -> storage.read(StorageFolder.IMAGES, "a.img", 8, 3, etag));
        refused(Kind.INVALID_REQUEST, () -> storage.read(StorageFolder.IMAGES, "a.img", -1, 3, etag));
        refused(Kind.PRECONDITION_FAILED, () -> storage.read(StorageFolder.IMAGES, "a.img", 0, 3, "other"));
        try (FileReader reader = storage.read(StorageFolder.IMAGES, "a.img", 0, 10, "")) {
            Files.writeString(images.resolve("a.img"), "01");
            refused(Kind.PRECONDITION_FAILED, () -> reader.next(10));
        }
        assertNotEquals(etag, storage.file(StorageFolder.IMAGES, "a.img").etag());
    }

    @Test
    void whatTheRunningMacUsesIsNeitherDeletedNorReplaced() throws Exception {
        Files.writeString(images.resolve("a.img"), "x");
        Files.writeString(roms.resolve("a.img"), "x");
        inUse = Optional.of(new InUse(Set.of(), Set.of("a.img")));
        refused(Kind.FILE_IN_USE, () -> storage.delete(StorageFolder.IMAGES, "a.img", ""));
        refused(Kind.FILE_IN_USE, () -> storage.uploads()
                .create(StorageFolder.IMAGES, "a.img", 1, new Upload.Replace(true, "")));
        storage.delete(StorageFolder.ROMS, "a.img", "");
        inUse = Optional.empty();
        refused(Kind.FILE_IN_USE, () -> storage.delete(StorageFolder.IMAGES, "a.img", ""));
        inUse = Optional.of(InUse.NOTHING);
        refused(Kind.PRECONDITION_FAILED, () -> storage.delete(StorageFolder.IMAGES, "a.img", "other"));
        storage.delete(StorageFolder.IMAGES, "a.img", storage.file(StorageFolder.IMAGES, "a.img").etag());
        refused(Kind.FILE_UNKNOWN, () -> storage.delete(StorageFolder.IMAGES, "a.img", ""));
    }

    @Test
    void anImageIsCreatedSparse() throws Exception {
        StoredFile file = storage.createImage("New.img", 1L << 30, "none", "");
        assertEquals(1L << 30, file.size());
        assertEquals(1L << 30, Files.size(images.resolve("New.img")));
        long blocks = blocks(images.resolve("New.img"));
        assertTrue(blocks < 1000, () -> blocks + " blocks");
        assertEquals("rw-r", PosixFilePermissions.toString(Files.getPosixFilePermissions(images.resolve("New.img")))
                .substring(0, 4));
        refused(Kind.FILE_EXISTS, () -> storage.createImage("New.img", 409_600, "none", ""));
        refused(Kind.FILE_EXISTS, () -> storage.createImage("new.IMG", 409_600, "none", ""));
        try (Stream<Path> all = Files.list(images)) {
            assertEquals(1, all.count());
        }
    }

    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
    }

    @ParameterizedTest
    @CsvSource({"0", "-512", "409599", "409088", "4294967808", "9223372036854775807", "409601"})
    void sizesThatNoDiskHasAreRefused(long size) {
        assertTrue(refused(Kind.INVALID_REQUEST, () -> storage.createImage("a.img", size, "none", ""))
                .getMessage()
                .contains(String.valueOf(size)));
    }

    @Test
    void aVolumeIsFormattedWhereTheProgramIs() throws Exception {
        refused(Kind.INVALID_REQUEST, () -> storage.createImage("a.img", 1 << 20, "ntfs", "Games"));
        FileStorage without = new FileStorage(settings(), () -> inUse, HfsVolume.find("/nowhere"));
        assertTrue(refused(Kind.FORMAT_UNAVAILABLE, () -> without.createImage("a.img", 1 << 20, "hfs", "Games"))
                .getMessage()
                .contains("hfsutils"));
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "hformat")));
        assumeTrue(installed, "hfsutils is not installed");
        for (String label : List.of("", "a:b", "x".repeat(28), "\u00e4", "a\nb")) {
            refused(Kind.INVALID_REQUEST, () -> storage.createImage("a.img", 1 << 20, "hfs", label));
        }
        refused(Kind.INVALID_REQUEST, () -> storage.createImage("a.img", 2L << 30, "hfs", "Games"));
        storage.createImage("a.img", 20 << 20, "hfs", "-My Games");
        byte[] block = new byte[64];
        try (var file = Files.newByteChannel(images.resolve("a.img"))) {
            file.position(1024).read(java.nio.ByteBuffer.wrap(block));
        }
        // Inside Macintosh: Files, master directory block: signature, and the volume's name at 36.
        assertEquals("BD", new String(block, 0, 2));
        assertEquals("-My Games", new String(block, 37, block[36]));
        assertEquals(20 << 20, Files.size(images.resolve("a.img")));
    }

    @ParameterizedTest
    @EnumSource(StorageFolder.class)
    void aFolderThatCannotBeReadIsAnErrorWithWords(StorageFolder folder) throws Exception {
        Path path = folder == StorageFolder.ROMS ? roms : images;
        Files.delete(path);
        Files.writeString(path, "a file where a folder should be");
        assertTrue(refused(Kind.STORAGE_UNAVAILABLE, storage::list).getMessage().contains(path.toString()));
        refused(Kind.STORAGE_UNAVAILABLE, () -> storage.file(folder, "a"));
        refused(Kind.STORAGE_UNAVAILABLE, () -> storage.uploads().create(folder, "a", 1, Upload.Replace.NEVER));
    }
}
