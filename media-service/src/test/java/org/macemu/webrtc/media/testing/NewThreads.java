package org.macemu.webrtc.media.testing;

import java.util.Set;

/** The threads that appeared since this was made: an application under test in the same process has some of its own. */
public final class NewThreads {

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    /** New threads of that name that are alive. */
    public long named(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals(name) && !before.contains(t))
                .count();
    }
}
