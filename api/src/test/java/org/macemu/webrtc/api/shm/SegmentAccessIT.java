package org.macemu.webrtc.api.shm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.security.auth.module.UnixSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.synthetic.ForkedJvm;

/** Segments that belong to somebody else, in a process whose user is not allowed everything. */
class SegmentAccessIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** Root reads every file; the test then becomes nobody for it. */
    private static final List<String> ORDINARY_USER = new UnixSystem().getUid() == 0
            ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all")
            : List.of();

    @TempDir
    Path folder;

    private String open(List<String> prefix, String name) throws Exception {
        try (ForkedJvm jvm = ForkedJvm.start(prefix, SegmentOpener.class, folder.toString(), name)) {
            assertEquals(0, jvm.awaitExit(LONG), () -> String.join("\n", jvm.lines()));
            return String.join("\n", jvm.lines());
        }
    }

    @Test
    void saysThatASegmentIsNotAccessible() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path path = folder.resolve("private");
        VideoSegment.openOrCreate(path, 1024, PosixFilePermissions.fromString("rw-------")).close();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        String said = open(ORDINARY_USER, "/private");
        assertTrue(said.contains("refused: Cannot open shared memory " + path) && said.contains("AccessDenied"), said);
        assertTrue(said.contains("readable and writable by this user"), said);
    }

    @Test
    void saysThatAFolderIsNotWritable() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        String said = open(ORDINARY_USER, "/new");
        assertTrue(said.contains("refused: Cannot create shared memory " + folder.resolve("new")), said);
        assertTrue(said.contains("must exist, be writable"), said);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertTrue(open(ORDINARY_USER, "/new").contains("opened"), "the same folder, once it is writable");
    }

    @Test
    void refusesANameThatTheLocaleCannotWrite() throws Exception {
        String said = open(List.of("env", "LC_ALL=C", "LANG=C"), "/caf%C3%A9");
        assertTrue(said.contains("refused: Shared-memory name") && said.contains("in this locale"), said);
    }
}
