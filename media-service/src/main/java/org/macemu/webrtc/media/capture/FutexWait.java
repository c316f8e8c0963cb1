package org.macemu.webrtc.media.capture;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Waits for a change of a 32-bit word in shared memory through the {@code futex} system call (futex(2)).
 *
 * <p>The kernel checks the address itself and answers EFAULT when the file shrank, so this is the one place where
 * mapped memory goes to native code.
 */
final class FutexWait implements FrameSignal {

    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final long SYS_FUTEX =
            switch (System.getProperty("os.arch")) {
                case "amd64" -> 202;
                case "aarch64" -> 98;
                default -> -1;
            };
    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(1));

    /** struct timespec { long tv_sec; long tv_nsec; } */
    private final MemorySegment timeout = Arena.ofAuto().allocate(16, 8);

    /** Where the capture thread waits: a number, which stays one when the segment is unmapped. */
    private volatile long word;

    /** False after the time-out, when the word holds another value already, or after a sleep where there is no futex. */
    @Override
    public boolean await(VideoSegment segment, int expected, long nanos) {
        if (SYS_FUTEX < 0) {
            LockSupport.parkNanos(nanos);
            return false;
        }
        word = segment.latestIndexWord().address();
        timeout.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000L);
        timeout.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000L);
        try {
            long rc = (long) SYSCALL.invokeExact(
                    SYS_FUTEX, segment.latestIndexWord(), FUTEX_WAIT, expected, timeout, MemorySegment.NULL, 0);
            return rc == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("futex", e);
        }
    }

    /**
     * Comes to nothing between the look at the picture and the wait, whose time is its bound then. The kernel looks for
     * who waits at the address and reads nothing there.
     */
    @Override
    public void wake() {
        if (SYS_FUTEX < 0 || word == 0) {
            return;
        }
        try {
            long ignored = (long) SYSCALL.invokeExact(
                    SYS_FUTEX, MemorySegment.ofAddress(word), FUTEX_WAKE, Integer.MAX_VALUE, MemorySegment.NULL,
                    MemorySegment.NULL, 0);
        } catch (Throwable e) {
            throw new IllegalStateException("futex", e);
        }
    }

    /** Nothing to free: the mapping is the segment's. */
    @Override
    public void close() {}
}
