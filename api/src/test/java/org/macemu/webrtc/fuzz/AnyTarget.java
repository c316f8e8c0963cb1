package org.macemu.webrtc.fuzz;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several targets in one process: the first byte of an input chooses which gets the rest. */
public final class AnyTarget {

    /** System property with the names of the targets' classes. */
    static final String TARGETS = "macemu.fuzz.targets";

    private static final List<MethodHandle> HANDLES = handles();

    private AnyTarget() {}

    private static List<MethodHandle> handles() {
        List<MethodHandle> handles = new ArrayList<>();
        try {
            for (String name : System.getProperty(TARGETS, "").split(",")) {
                handles.add(MethodHandles.publicLookup()
                        .findStatic(
                                Class.forName(name),
                                "fuzzerTestOneInput",
                                MethodType.methodType(void.class, byte[].class)));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return handles;
    }

    /** @param data what the targets get, behind one byte */
    public static void fuzzerTestOneInput(byte[] data) throws Throwable {
        if (data.length > 0) {
            HANDLES.get((data[0] & 0xff) % HANDLES.size())
                    .invokeExact(Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
