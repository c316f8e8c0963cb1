package org.macemu.webrtc.api.shm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Reads single words of mapped memory so that a file which is cut meanwhile ends in an {@link InternalError}.
 *
 * <p>HotSpot turns a fault of compiled code into that error only when it can decode the instruction that faulted, and
 * aborts the JVM when it cannot: on x86-64 it does not know {@code movslq}, which is what the compiler makes of a plain
 * 32-bit load whose value is used as a long. Every word is therefore loaded as the aligned 64 bits that hold it, with
 * acquire semantics, which the compiler never merges into another instruction.
 */
final class MappedWord {

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private MappedWord() {}

    /** The 32-bit word at {@code offset}, a multiple of four; acquire. */
    static int int32(MemorySegment memory, long offset) {
        long both = int64(memory, offset & -Long.BYTES);
        return (int) ((offset & Integer.BYTES) == 0 ? both : both >>> Integer.SIZE);
    }

    /** The 64-bit word at {@code offset}, a multiple of eight; acquire. */
    static long int64(MemorySegment memory, long offset) {
        return (long) LONG.getAcquire(memory, offset);
    }
}
