package org.macemu.webrtc.media.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.media.storage.FileUsage.InUse;
import org.macemu.webrtc.media.storage.StorageException.Kind;

/** A disk that is really full: a memory file system of one megabyte, which only root can mount. */
class FullDiskTest {

    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path top;

    private Path disk;
    private boolean mounted;

    /** A free-space check that is always late: what is written meets the end of the disk itself. */
    private final FreeSpace optimist = folder -> Long.MAX_VALUE;

    private FileStorage storage(FreeSpace space) {
        return new FileStorage(
                new StorageSettings(disk.resolve("roms"), disk.resolve("images"), MEGABYTE, 1 << 30, 0,
                        Duration.ofHours(1), 4),
                () -> Optional.of(InUse.NOTHING),
                HfsVolume.find(""),
                space);
    }

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(top.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0;
        assumeTrue(mounted, "a file system can be mounted by root only");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertEquals(0, run("umount", disk.toString()));
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsSent() throws Exception {
        FileStorage storage = storage(FreeSpace.OF_DISK);
        assertEquals(
                Kind.STORAGE_FULL,
                assertThrows(StorageException.class, () -> storage.uploads()
                                .create(StorageFolder.IMAGES, "a.img", MEGABYTE + 1, Upload.Replace.NEVER))
                        .kind());
        assertEquals(
                Kind.STORAGE_FULL,
                assertThrows(StorageException.class, () -> storage.createImage("a.img", 2 * MEGABYTE, "none", ""))
                        .kind());
        assertEquals(List.of(), storage.list().files());
    }

    @Test
    void aDiskThatFillsUpBreaksNothingAndTheUploadGoesOnAfterwards() throws Exception {
        FileStorage storage = storage(optimist);
        Uploads uploads = storage.uploads();
        byte[] bytes = new byte[900_000];
        new Random(1).nextBytes(bytes);
        String id = uploads.create(StorageFolder.IMAGES, "a.img", bytes.length, Upload.Replace.NEVER).id();
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[400_000]);
        try (UploadWriter writer = uploads.append(id, 0)) {
            StorageException full = assertThrows(StorageException.class, () -> {
                for (int at = 0; at < bytes.length; at += 10_000) {
                    writer.write(ByteBuffer.wrap(bytes, at, 10_000));
                }
            });
            assertEquals(Kind.STORAGE_FULL, full.kind());
            assertTrue(full.getMessage().contains("full"), full.getMessage());
        }
        assertEquals(List.of(), storage.list().files());
        assertFalse(Files.exists(disk.resolve("images/a.img")));
        Files.delete(ballast);
        int offset = (int) uploads.get(id).offset();
        assertTrue(offset > 0 && offset < bytes.length, () -> offset + " bytes");
        try (UploadWriter writer = uploads.append(id, offset)) {
            writer.write(ByteBuffer.wrap(bytes, offset, bytes.length - offset));
            assertTrue(writer.finish().file().isPresent());
        }
        assertArrayEquals(bytes, Files.readAllBytes(disk.resolve("images/a.img")));
    }
}
