package org.macemu.webrtc.api.shm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.synthetic.HostileEmulator;

/** A file that is cut while it is mapped: every access the product makes ends in an error of the JVM, never a crash. */
class ShrinkingFileIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CAPACITY = 64 * 64 * 4;

    private Path path;

    @BeforeEach
    void create() throws SegmentException {
        path = SegmentFile.SHM_DIRECTORY.resolve("shrinking-it-" + UUID.randomUUID());
        VideoSegment.openOrCreate(path, CAPACITY, PosixFilePermissions.fromString("rw-------")).close();
    }

    @AfterEach
    void delete() throws Exception {
        Files.deleteIfExists(path);
    }

    @ParameterizedTest
    @CsvSource({
        "copy-to-native,    4096",
        "copy-to-native,    0",
        "copy-to-heap,      4096",
        "copy-to-heap,      0",
        "copy-into-mapping, 4096",
        "header,            0",
        "geometry,          0",
        "compare,           0",
        "publish,           0",
    })
    void theJvmReportsTheFaultAndLives(String access, long bytesLeft) throws Exception {
        try (ForkedJvm victim = ForkedJvm.start(ShrinkVictim.class, path.toString(), access)) {
            victim.awaitLine("reading", LONG);
            HostileEmulator.shrink(path, bytesLeft);
            victim.awaitLine("alive", LONG);
            assertEquals(0, victim.awaitExit(LONG), () -> String.join("\n", victim.lines()));
        }
    }

    @Test
    void theSegmentKnowsThatItsFileChangedItsSize() throws Exception {
        try (VideoSegment segment = VideoSegment.open(path)) {
            assertFalse(segment.file().isResized());
            HostileEmulator.shrink(path, VideoLayout.V1.fileSize(CAPACITY) - 1);
            assertTrue(segment.file().isResized(), "shorter");
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(2), VideoLayout.V1.fileSize(CAPACITY) - 1);
            }
            assertTrue(segment.file().isResized(), "longer");
        }
    }
}
