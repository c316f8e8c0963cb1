package org.macemu.webrtc.synthetic;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code FUTEX_WAKE} on a word of shared memory, by {@code syscall(2)}: wakes readers that wait on {@code write_index},
 * in whatever process they are. Costs a system call and nothing else when nobody waits.
 */
final class FutexWake {

    private static final int FUTEX_WAKE = 1;
    static final long SYS_FUTEX = futexNumber(System.getProperty("os.arch"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(1));

    private FutexWake() {}

    private static long futexNumber(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> 202;
            case "aarch64", "riscv64" -> 98;
            default -> throw new UnsupportedOperationException(
                    "The number of the futex system call is known for amd64, aarch64 and riscv64, not for "
                            + architecture);
        };
    }

    /**
     * Wakes everyone who waits on {@code word}.
     *
     * @return how many were woken
     */
    static long wakeAll(MemorySegment word) {
        try {
            return (long) SYSCALL.invokeExact(SYS_FUTEX, word, FUTEX_WAKE, Integer.MAX_VALUE);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("FUTEX_WAKE failed", e);
        }
    }
}
