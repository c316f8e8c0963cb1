package org.macemu.webrtc.media.lane.shared.ffm;

/** A C library that is missing, too old or not the one expected. The message names the package to install. */
public final class NativeLibraryException extends Exception {

    private static final long serialVersionUID = 1L;

    NativeLibraryException(String message) {
        super(message);
    }

    NativeLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
