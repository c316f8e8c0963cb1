package org.macemu.webrtc.media.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.media.storage.FileUsage.InUse;
import org.macemu.webrtc.media.storage.StorageException.Kind;

class UploadsTest {

    @TempDir
    Path top;

    private Path images;
    private Optional<InUse> inUse = Optional.of(InUse.NOTHING);
    private long free = Long.MAX_VALUE;
    private FileStorage storage;
    private Uploads uploads;

    @BeforeEach
    void start() throws IOException {
        images = top.resolve("images");
        // As if the service had been started again: nothing is kept in memory.
        storage = new FileStorage(
                new StorageSettings(top.resolve("roms"), images, 8 << 20, 1L << 32, 1_000, Duration.ofHours(1), 3),
                () -> inUse,
                HfsVolume.find(""),
                folder -> free);
        uploads = storage.uploads();
    }

    private static void refused(Kind kind, Executable what) {
        StorageException e = assertThrows(StorageException.class, what);
        assertEquals(kind, e.kind(), e.getMessage());
    }

    private Upload create(String name, long length) throws StorageException {
        return uploads.create(StorageFolder.IMAGES, name, length, Upload.Replace.NEVER);
    }

    private UploadWriter.Appended append(String id, long offset, byte[] bytes) throws StorageException {
        try (UploadWriter writer = uploads.append(id, offset)) {
            writer.write(ByteBuffer.wrap(bytes));
            return writer.finish();
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(images)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aFileArrivesInPiecesAcrossRestartsAndIsThereOnlyWhenItIsComplete() throws Exception {
        byte[] bytes = noise(100_000);
        String id = create("a.img", bytes.length).id();
        int offset = 0;
        for (int piece : new int[] {1, 0, 4_096, 65_535, 10_000}) {
            UploadWriter.Appended appended = append(id, offset, Arrays.copyOfRange(bytes, offset, offset + piece));
            offset += piece;
            assertEquals(offset, appended.upload().offset());
            assertTrue(appended.file().isEmpty());
            assertEquals(List.of(), storage.list().files());
            start();
            assertEquals(offset, uploads.get(id).offset());
            assertEquals(List.of(id), uploads.list().stream().map(Upload::id).toList());
        }
        StoredFile file = append(id, offset, Arrays.copyOfRange(bytes, offset, bytes.length)).file().orElseThrow();
        assertEquals(bytes.length, file.size());
        assertArrayEquals(bytes, Files.readAllBytes(images.resolve("a.img")));
        assertEquals(List.of("a.img"), files());
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.get(id));
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.append(id, bytes.length));
    }

    @Test
    void bytesThatDoNotFollowAreRefused() throws Exception {
        String id = create("a.img", 10).id();
        append(id, 0, noise(4));
        for (long offset : new long[] {0, 3, 5, 10, -1, Long.MAX_VALUE}) {
            refused(Kind.UPLOAD_OFFSET_MISMATCH, () -> uploads.append(id, offset));
        }
        refused(Kind.FILE_TOO_LARGE, () -> append(id, 4, noise(7)));
        assertEquals(4, uploads.get(id).offset());
        append(id, 4, noise(6));
        assertEquals(List.of("a.img"), files());
    }

    @Test
    void aWriterThatHangsIsEndedByTheNextOne() throws Exception {
        String id = create("a.img", 10).id();
        UploadWriter hanging = uploads.append(id, 0);
        hanging.write(ByteBuffer.wrap(noise(3)));
        try (UploadWriter next = uploads.append(id, 3)) {
            refused(Kind.UPLOAD_TAKEN_OVER, () -> hanging.write(ByteBuffer.wrap(noise(3))));
            refused(Kind.UPLOAD_TAKEN_OVER, hanging::finish);
            hanging.close();
            next.write(ByteBuffer.wrap(noise(7)));
            assertTrue(next.finish().file().isPresent());
        }
        assertEquals(10, Files.size(images.resolve("a.img")));
    }

    @Test
    void whatBreaksOffIsKeptAndWhatIsCancelledIsGone() throws Exception {
        String id = create("a.img", 10).id();
        UploadWriter broken = uploads.append(id, 0);
        broken.write(ByteBuffer.wrap(noise(3)));
        broken.close();
        assertEquals(3, uploads.get(id).offset());
        assertEquals(2, files().size());
        UploadWriter open = uploads.append(id, 3);
        uploads.cancel(id);
        refused(Kind.UPLOAD_TAKEN_OVER, () -> open.write(ByteBuffer.wrap(noise(3))));
        open.close();
        assertEquals(List.of(), files());
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.cancel(id));
    }

    @Test
    void aFileThatAppearsMeanwhileIsNotReplaced() throws Exception {
        String id = create("a.img", 3).id();
        Files.writeString(images.resolve("a.img"), "mine");
        refused(Kind.FILE_EXISTS, () -> append(id, 0, noise(3)));
        assertEquals("mine", Files.readString(images.resolve("a.img")));
        // Nothing is lost: without the other file it can still be put in its place.
        Files.delete(images.resolve("a.img"));
        assertTrue(append(id, 3, new byte[0]).file().isPresent());
        assertArrayEquals(noise(3), Files.readAllBytes(images.resolve("a.img")));
    }

    @Test
    void aFileIsReplacedOnlyWhenThatIsAskedFor() throws Exception {
        Files.createDirectories(images);
        Files.writeString(images.resolve("a.img"), "old");
        String etag = storage.file(StorageFolder.IMAGES, "a.img").etag();
        refused(Kind.FILE_EXISTS, () -> create("a.img", 3));
        refused(Kind.FILE_EXISTS, () -> create("A.IMG", 3));
        refused(Kind.PRECONDITION_FAILED, () -> uploads.create(
                StorageFolder.IMAGES, "a.img", 3, new Upload.Replace(false, "other")));
        refused(Kind.PRECONDITION_FAILED, () -> uploads.create(
                StorageFolder.IMAGES, "b.img", 3, new Upload.Replace(false, etag)));
        String exact = uploads.create(StorageFolder.IMAGES, "a.img", 3, new Upload.Replace(false, etag)).id();
        String any = uploads.create(StorageFolder.IMAGES, "a.img", 4, new Upload.Replace(true, "")).id();
        start();
        append(exact, 0, noise(3));
        assertArrayEquals(noise(3), Files.readAllBytes(images.resolve("a.img")));
        inUse = Optional.of(new InUse(Set.of(), Set.of("a.img")));
        refused(Kind.FILE_IN_USE, () -> append(any, 0, noise(4)));
        inUse = Optional.of(InUse.NOTHING);
        append(any, 4, new byte[0]);
        assertArrayEquals(noise(4), Files.readAllBytes(images.resolve("a.img")));
    }

    @Test
    void sizesAndNumbersHaveLimits() throws Exception {
        refused(Kind.INVALID_REQUEST, () -> create("a.img", 0));
        refused(Kind.INVALID_REQUEST, () -> create("a.img", -1));
        refused(Kind.FILE_TOO_LARGE, () -> create("a.img", (1L << 32) + 1));
        refused(Kind.FILE_TOO_LARGE, () -> uploads.create(
                StorageFolder.ROMS, "a.rom", (8 << 20) + 1, Upload.Replace.NEVER));
        for (int i = 0; i < 3; i++) {
            create(i + ".img", 10);
        }
        refused(Kind.TOO_MANY_UPLOADS, () -> create("x.img", 10));
    }

    @Test
    void spaceIsPromisedOnce() throws Exception {
        free = 11_000;
        refused(Kind.STORAGE_FULL, () -> create("a.img", 10_001));
        String id = create("a.img", 6_000).id();
        refused(Kind.STORAGE_FULL, () -> create("b.img", 4_001));
        create("b.img", 4_000);
        free = 999;
        refused(Kind.STORAGE_FULL, () -> append(id, 0, noise(10)));
        assertEquals(0, uploads.get(id).offset());
        free = 5_000;
        append(id, 0, noise(6_000));
    }

    @Test
    void whatRestsTooLongIsForgotten() throws Exception {
        String old = create("a.img", 10).id();
        String young = create("b.img", 10).id();
        Path orphan = Files.writeString(images.resolve("." + UploadRecord.newId() + ".part"), "left behind");
        Path record = Files.writeString(images.resolve("." + UploadRecord.newId() + ".json"), "{}");
        Path foreign = Files.writeString(images.resolve(".DS_Store"), "not ours");
        FileTime past = FileTime.from(Instant.now().minus(Duration.ofMinutes(61)));
        for (Path path : List.of(images.resolve("." + old + ".part"), orphan, record, foreign)) {
            Files.setLastModifiedTime(path, past);
        }
        uploads.expire();
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.get(old));
        assertEquals(young, uploads.get(young).id());
        assertEquals(List.of(".DS_Store", "." + young + ".json", "." + young + ".part"), files());
        assertTrue(uploads.get(young).expires().isAfter(Instant.now().plus(Duration.ofMinutes(55))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "u-", "../a", "u-../../../../etc/passwd", "u-0123456789abcdef0123456789abcdeF",
                "u-0123456789abcdef0123456789abcdef0", "u-0123456789abcdef0123456789abcde\n", "/etc/passwd", "\u0000"})
    void anIdIsNoPath(String id) {
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.get(id));
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.append(id, 0));
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.cancel(id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "null", "{\"name\":\"../x\",\"length\":3}", "{\"length\":3}",
                "{\"name\":\".x\",\"length\":3}", "\u0000\u0000"})
    void aRecordThatSomebodyChangedIsNoUpload(String json) throws Exception {
        String id = create("a.img", 10).id();
        Files.writeString(images.resolve("." + id + ".json"), json);
        refused(Kind.UPLOAD_UNKNOWN, () -> uploads.append(id, 0));
        assertEquals(List.of(), uploads.list());
        assertFalse(Files.exists(top.resolve("x")));
    }
}
