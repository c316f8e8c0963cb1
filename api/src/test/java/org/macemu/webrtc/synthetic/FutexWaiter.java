package org.macemu.webrtc.synthetic;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;

/** {@code FUTEX_WAIT}, to prove that {@link FutexWake} wakes. */
final class FutexWaiter {

    private static final int FUTEX_WAIT = 0;
    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(1));

    private FutexWaiter() {}

    /**
     * Waits while {@code word} holds {@code value}.
     *
     * @return true when woken, false when the word already held another value or the time was up
     */
    static boolean await(MemorySegment word, int value, Duration timeout) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocateFrom(ValueLayout.JAVA_LONG, timeout.toSeconds(), timeout.toNanosPart());
            return (long) SYSCALL.invokeExact(FutexWake.SYS_FUTEX, word, FUTEX_WAIT, value, time) == 0;
        } catch (Throwable e) {
            throw new AssertionError("FUTEX_WAIT failed", e);
        }
    }
}
