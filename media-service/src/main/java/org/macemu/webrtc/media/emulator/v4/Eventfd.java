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
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.FrameSignal;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * What an emulator passed to be told of pictures with, and writes to at every picture (eventfd(2)). A descriptor of its
 * own, owned by the connection: what was passed belongs to the socket, which closes it. Each {@link #newSignal} is owned
 * by who waits.
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
    private static final MethodHandle DUP = function("dup", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
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
     * Duplicates the first of the descriptors that came with a message, which is of pictures.
     *
     * @param passed stay the socket's, which closes them when it closes
     * @throws IOException when the first is no eventfd
     */
    static Eventfd take(FileDescriptor[] passed) throws IOException {
        Eventfd own = new Eventfd(duplicate(FileDescriptorCast.using(passed[0]).as(Integer.class)));
        try {
            String kind = Files.readSymbolicLink(Path.of("/proc/self/fd/" + own.descriptor))
                    .toString();
            if (!kind.equals("anon_inode:[eventfd]")) {
                throw new IOException("the descriptor it passed is " + kind + ": expected an eventfd");
            }
            return own;
        } catch (IOException e) {
            own.close();
            throw e;
        }
    }

    private static int duplicate(int descriptor) throws IOException {
        int duplicate;
        try {
            duplicate = (int) DUP.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IllegalStateException("dup", e);
        }
        if (duplicate < 0) {
            throw new IOException("the descriptor it passed cannot be duplicated");
        }
        return duplicate;
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

        /** Bounds how late a joining viewer's request is seen. */
        private static final int LONGEST_MILLIS = 10;

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
            int events;
            try {
                int millis = (int) Math.clamp(nanos / 1_000_000, 1, LONGEST_MILLIS);
                events = (int) EPOLL_WAIT.invokeExact(epoll, event, 1, millis);
            } catch (Throwable e) {
                throw new IllegalStateException("epoll_wait", e);
            }
            if (events < 0) {
                // Whatever is wrong, the thread that waits must not spin.
                LockSupport.parkNanos(nanos);
            }
            return events > 0;
        }

        /** The eventfd is the emulator's, to whom a signal from here would be its own: the wait's end is awaited. */
        @Override
        public void wake() {}

        @Override
        public void close() {
            if (epoll >= 0) {
                Eventfd.close(epoll);
            }
            arena.close();
        }
    }
}
