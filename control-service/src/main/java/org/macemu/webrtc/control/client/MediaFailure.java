package org.macemu.webrtc.control.client;

/** A call to the media-service that brought no answer; the message is made to be read by the person who asked. */
public final class MediaFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** What went wrong, as the contract in {@code emulator.proto} tells it apart. */
    public enum Kind {
        /** The media-service itself cannot be reached. */
        MEDIA_UNAVAILABLE,
        /** The media-service was reached and did not answer in time. */
        MEDIA_TIMEOUT,
        /** The media-service answered something the contract does not have. */
        MEDIA_BROKEN,
        /** No emulator is connected to it. */
        EMULATOR_NOT_CONNECTED,
        /** The emulator did not answer in time. */
        EMULATOR_TIMEOUT,
        /** The emulator answered with an error. */
        EMULATOR_REFUSED,
        /** A person holds the controls. */
        CONTROLS_HELD,
        /** The Mac has shown no picture yet. */
        NO_PICTURE,
        /** No viewer has this id. */
        VIEWER_UNKNOWN,
        /** The request does not fit. */
        INVALID_REQUEST,
        /** No file can have this name. */
        FILE_NAME_INVALID,
        /** There is no such file. */
        FILE_UNKNOWN,
        /** There is no such upload. */
        UPLOAD_UNKNOWN,
        /** A file has the name already. */
        FILE_EXISTS,
        /** The running emulator uses it. */
        FILE_IN_USE,
        /** The file is not the one that was asked for any more. */
        PRECONDITION_FAILED,
        /** Images cannot be formatted there. */
        FORMAT_UNAVAILABLE,
        /** The file is larger than is taken. */
        FILE_TOO_LARGE,
        /** The bytes do not follow those that have arrived. */
        UPLOAD_OFFSET_MISMATCH,
        /** Another request goes on with the upload. */
        UPLOAD_TAKEN_OVER,
        /** The disk is full. */
        STORAGE_FULL,
        /** Too many uploads have begun. */
        TOO_MANY_UPLOADS,
        /** The folder cannot be used. */
        STORAGE_UNAVAILABLE,
        /** The sender stopped sending. */
        SENDER_STALLED
    }

    private final Kind kind;

    MediaFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    MediaFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }
}
