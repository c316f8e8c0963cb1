package org.macemu.webrtc.media.storage;

/** A request to the storage that was refused or failed; the message is made to be read by the person who asked. */
public final class StorageException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What went wrong, as the contract in {@code storage.proto} tells it apart. */
    public enum Kind {
        INVALID_REQUEST,
        FILE_NAME_INVALID,
        FILE_UNKNOWN,
        UPLOAD_UNKNOWN,
        FILE_EXISTS,
        FILE_IN_USE,
        PRECONDITION_FAILED,
        FORMAT_UNAVAILABLE,
        FILE_TOO_LARGE,
        UPLOAD_OFFSET_MISMATCH,
        UPLOAD_TAKEN_OVER,
        STORAGE_FULL,
        TOO_MANY_UPLOADS,
        STORAGE_UNAVAILABLE
    }

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        this(kind, message, null);
    }

    StorageException(Kind kind, String message, Throwable cause) {
        super(message, cause, false, cause != null);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
