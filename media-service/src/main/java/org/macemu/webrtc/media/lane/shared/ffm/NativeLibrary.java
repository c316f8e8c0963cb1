package org.macemu.webrtc.media.lane.shared.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * One shared C library and how to get it. Loaded once per process and never unloaded, so that no function pointer can
 * outlive it.
 */
final class NativeLibrary {

    private final String soname;
    private final String debianPackage;
    private final SymbolLookup symbols;

    /**
     * Loads a library by its soname through the dynamic linker.
     *
     * @param soname file name with the ABI number, for example {@code libvpx.so.7}
     * @param debianPackage package of Debian 12 that contains it, for the error message
     * @throws NativeLibraryException when the dynamic linker does not find it
     */
    NativeLibrary(String soname, String debianPackage) throws NativeLibraryException {
        this.soname = soname;
        this.debianPackage = debianPackage;
        try {
            this.symbols = SymbolLookup.libraryLookup(soname, Arena.global());
        } catch (IllegalArgumentException | IllegalCallerException e) {
            throw new NativeLibraryException(
                    soname + " could not be loaded (" + e.getMessage() + "). Install the package " + debianPackage
                            + " (apt-get install " + debianPackage + ").",
                    e);
        }
    }

    /** Binds one function. @throws NativeLibraryException when the library does not export it */
    MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options)
            throws NativeLibraryException {
        MemorySegment address = symbols.find(name)
                .orElseThrow(() -> unsuitable("it has no function " + name + "; it is probably too old"));
        return Linker.nativeLinker().downcallHandle(address, descriptor, options);
    }

    NativeLibraryException unsuitable(String reason) {
        return new NativeLibraryException(soname + " cannot be used: " + reason + ". Install the package "
                + debianPackage + " of Debian 12 (apt-get install " + debianPackage + ").");
    }

    /** What a downcall can only throw when the binding itself is wrong. */
    static IllegalStateException broken(Throwable t) {
        return switch (t) {
            case Error error -> throw error;
            case RuntimeException runtime -> throw runtime;
            default -> new IllegalStateException("foreign call failed", t);
        };
    }
}
