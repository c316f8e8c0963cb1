package org.macemu.webrtc.media.emulator.v4;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.FrameSignal;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A descriptor that an emulator passed, which it writes to at every picture (eventfd(2)). Owned by the connection; each
 * {@link #newSignal} is owned by who waits.
 *
 * <p>Waiting is edge-triggered (epoll(7)) and reads nothing: a read could block when somebody else took the event, and
 * would change what the emulator's other readers see. Its counter would need centuries to fill.
 */
final class Eventfd implements AutoCloseable {

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final int EPOLLET = 1 << 31;

    /** struct epoll_event: packed on x86-64 alone. */
    private static final int EVENT_BYTES = System.getProperty("os.arch").equals("amd64") ? 12 : 16;

    private static final MethodHandle EPOLL_CREATE1 =
            function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL =
            function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle EPOLL_WAIT =
            function("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private int descriptor;

    private Eventfd(int descriptor) {
        this.descriptor = descriptor;
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /**
     * Takes the descriptors that came with a message: the first is of pictures, the others are closed.
     *
     * @throws IOException when the first is no eventfd; all are closed then
     */
    static Eventfd take(FileDescriptor[] passed) throws IOException {
        for (int i = 1; i < passed.length; i++) {
            close(FileDescriptorCast.using(passed[i]).as(Integer.class));
        }
        int first = FileDescriptorCast.using(passed[0]).as(Integer.class);
        String kind = Files.readSymbolicLink(Path.of("/proc/self/fd/" + first)).toString();
        if (!kind.equals("anon_inode:[eventfd]")) {
            close(first);
            throw new IOException("the descriptor it passed is " + kind + ": expected an eventfd");
        }
        return new Eventfd(first);
    }

    /** Something to wait with, or null when the connection is over. */
    synchronized FrameSignal newSignal() throws IOException {
        return descriptor < 0 ? null : new Signal(descriptor);
    }

    @Override
    public synchronized void close() {
        if (descriptor >= 0) {
            close(descriptor);
            descriptor = -1;
        }
    }

    private static void close(int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IllegalStateException("close", e);
        }
    }

    /** An epoll instance of its own, so that it outlives the connection. Used by the capture thread only. */
    private static final class Signal implements FrameSignal {

        private final Arena arena = Arena.ofShared();
        private final MemorySegment event = arena.allocate(EVENT_BYTES, 8);
        private int epoll = -1;

        Signal(int descriptor) throws IOException {
            event.set(JAVA_INT, 0, EPOLLIN | EPOLLET);
            try {
                epoll = (int) EPOLL_CREATE1.invokeExact(0);
                if (epoll < 0 || (int) EPOLL_CTL.invokeExact(epoll, EPOLL_CTL_ADD, descriptor, event) != 0) {
                    close();
                    throw new IOException("its eventfd cannot be waited for");
                }
            } catch (IOException e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("epoll", e);
            }
        }

        @Override
        public boolean await(VideoSegment segment, int expected, long nanos) {
            try {
                int millis = (int) Math.max(1, nanos / 1_000_000);
                return (int) EPOLL_WAIT.invokeExact(epoll, event, 1, millis) > 0;
            } catch (Throwable e) {
                throw new IllegalStateException("epoll_wait", e);
            }
        }

        @Override
        public void close() {
            if (epoll >= 0) {
                Eventfd.close(epoll);
            }
            arena.close();
        }
    }
}
