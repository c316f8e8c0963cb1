package org.macemu.webrtc.media.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SegmentFile;

/**
 * The users who may be the emulator. {@code /dev/shm} and {@code /tmp} are writable by everybody: another user's file or
 * socket under our name could show viewers anything, and would be told what they type.
 */
public final class AllowedUsers {

    private final Set<Integer> uids;

    private AllowedUsers(Set<Integer> uids) {
        this.uids = Set.copyOf(uids);
    }

    /** The user of this process, and these. */
    public static AllowedUsers self(Collection<Integer> others) throws SegmentException {
        try {
            Set<Integer> uids = new HashSet<>(others);
            // The folder behind the link: the link itself belongs to root, whoever this process is.
            uids.add((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            return new AllowedUsers(uids);
        } catch (IOException e) {
            throw new SegmentException("Cannot tell who this process is: /proc must be mounted", e);
        }
    }

    public Set<Integer> uids() {
        return uids;
    }

    public boolean contains(int uid) {
        return uids.contains(uid);
    }

    /** @throws SegmentException when the file is another user's; it is closed then */
    public void check(SegmentFile file) throws SegmentException {
        try {
            int owner = file.ownerUid();
            if (contains(owner)) {
                return;
            }
            file.close();
            throw new SegmentException("Shared memory " + file.path() + " belongs to user " + owner
                    + ": expected one of " + uids + " (macemu.control.allowed-uids adds others)");
        } catch (SegmentException e) {
            throw e;
        } catch (IOException e) {
            file.close();
            throw new SegmentException("Cannot tell who owns shared memory " + file.path(), e);
        }
    }
}
