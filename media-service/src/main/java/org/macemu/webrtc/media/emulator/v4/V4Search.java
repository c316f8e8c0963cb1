package org.macemu.webrtc.media.emulator.v4;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.macemu.webrtc.media.emulator.AllowedUsers;

/** Looks for the segments of emulators: {@code macemu-video-PID}, of users who may be one. */
final class V4Search {

    private static final Pattern NAME = Pattern.compile("macemu-video-([1-9][0-9]{0,8})");

    /** Of those users. Nobody runs so many emulators. */
    private static final int MOST_FILES = 4_096;

    /** A segment and the socket that goes with it. */
    record Candidate(int pid, Path segment, Path socket, FileTime made) {}

    private final Path segments;
    private final Path sockets;
    private final AllowedUsers users;
    private final OptionalInt only;

    /** @param only the process to look for; any without it */
    V4Search(Path segments, Path sockets, AllowedUsers users, OptionalInt only) {
        this.segments = segments;
        this.sockets = sockets;
        this.users = users;
        this.only = only;
    }

    /** Where is looked, in words. */
    String place() {
        String pid = only.isPresent() ? String.valueOf(only.getAsInt()) : "PID";
        return segments.resolve("macemu-video-" + pid) + " and " + sockets.resolve("macemu-" + pid + ".sock");
    }

    /** The newest first; those that have ended are among them. */
    List<Candidate> candidates() throws IOException {
        List<Candidate> found = new ArrayList<>();
        if (only.isPresent()) {
            add(found, only.getAsInt(), segments.resolve("macemu-video-" + only.getAsInt()));
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(segments, "macemu-video-*")) {
            for (Path file : files) {
                if (found.size() == MOST_FILES) {
                    break;
                }
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    add(found, Integer.parseInt(name.group(1)), file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparing(Candidate::made).thenComparing(Candidate::pid).reversed());
        return found;
    }

    /** Whether its socket is there, no link to another, and of a user who may be an emulator. */
    boolean hasSocket(Candidate candidate) {
        try {
            return !Files.isSymbolicLink(candidate.socket()) && isAllowed(candidate.socket());
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isAllowed(Path file) throws IOException {
        return users.contains((Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    }

    private void add(List<Candidate> found, int pid, Path file) throws IOException {
        try {
            if (isAllowed(file)) {
                found.add(new Candidate(
                        pid,
                        file,
                        sockets.resolve("macemu-" + pid + ".sock"),
                        // Not when it was modified, which pictures do on file systems other than tmpfs.
                        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                                .creationTime()));
            }
        } catch (NoSuchFileException e) {
            // It ended while it was looked at.
        }
    }
}
