package org.macemu.webrtc.control.problem;

import java.util.Locale;
import org.macemu.webrtc.control.client.MediaFailure;

/** Every kind of problem this API answers with. The names are part of the contract. */
public enum ProblemType {
    INVALID_REQUEST(400, "The request does not fit"),
    FILE_NAME_INVALID(400, "No file here can have this name"),
    TOKEN_REQUIRED(401, "A valid token is needed"),
    ROLE_INSUFFICIENT(403, "The token's role is not enough"),
    CROSS_SITE_REQUEST(403, "The request comes from another site"),
    VIEWER_UNKNOWN(404, "No viewer has this id"),
    SESSION_UNKNOWN(404, "No session has this name"),
    FILE_UNKNOWN(404, "There is no such file"),
    UPLOAD_UNKNOWN(404, "There is no such upload"),
    NOT_FOUND(404, "There is nothing here"),
    METHOD_NOT_ALLOWED(405, "This method is not offered here"),
    NOT_ACCEPTABLE(406, "None of the accepted media types is offered"),
    SENDER_STALLED(408, "The body did not arrive"),
    EMULATOR_REFUSED(409, "The emulator refused"),
    CONTROLS_HELD(409, "A person holds the controls"),
    NO_PICTURE(409, "The Mac has shown no picture yet"),
    SESSION_EXISTS(409, "The session's name is taken"),
    SESSIONS_FULL(409, "No further session is allowed"),
    SESSION_NOT_RUNNING(409, "The session's Mac does not run"),
    SESSION_CHANGED(409, "The session was changed meanwhile"),
    ACCESS_NOT_CONFIGURED(409, "This server has no key for tokens"),
    FILE_EXISTS(409, "A file has this name already"),
    FILE_IN_USE(409, "The running Mac uses this file"),
    UPLOAD_OFFSET_MISMATCH(409, "These bytes do not follow those that have arrived"),
    UPLOAD_TAKEN_OVER(409, "Another request goes on with this upload"),
    FORMAT_UNAVAILABLE(409, "Images cannot be formatted here"),
    LENGTH_REQUIRED(411, "The length of the body is missing"),
    PRECONDITION_FAILED(412, "The file is another one than was asked for"),
    TUS_VERSION_UNKNOWN(412, "This version of tus is not spoken here"),
    FILE_TOO_LARGE(413, "The file is too large"),
    BODY_TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "This media type is not read here"),
    RANGE_NOT_SATISFIABLE(416, "The file has no such bytes"),
    HOST_NOT_ALLOWED(421, "The request is addressed to another host"),
    TOO_MANY_FAILURES(429, "Too many bad tokens"),
    TOO_MANY_UPLOADS(429, "Too many uploads have begun"),
    HTTP_ERROR(400, "The request cannot be answered"),
    INTERNAL(500, "The control-service failed"),
    SESSIONS_NOT_OFFERED(501, "This server makes no sessions"),
    CLUSTER_REFUSED(502, "Kubernetes refused"),
    MEDIA_FAILED(502, "The media-service failed"),
    CLUSTER_UNAVAILABLE(503, "The Kubernetes API cannot be reached"),
    MEDIA_UNAVAILABLE(503, "The media-service cannot be reached"),
    EMULATOR_NOT_CONNECTED(503, "No emulator is connected"),
    STORAGE_UNAVAILABLE(503, "The storage cannot be used"),
    MEDIA_TIMEOUT(504, "The media-service did not answer"),
    EMULATOR_TIMEOUT(504, "The emulator did not answer"),
    STORAGE_FULL(507, "The disk is full");

    private final int status;
    private final String title;
    private final String urn = "urn:macemu:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** What a failed call means to a client of this API. */
    public static ProblemType of(MediaFailure.Kind kind) {
        return kind == MediaFailure.Kind.MEDIA_BROKEN ? MEDIA_FAILED : valueOf(kind.name());
    }

    /** HTTP status code. */
    public int status() {
        return status;
    }

    /** A short summary that is the same for every occurrence. */
    public String title() {
        return title;
    }

    /** {@code urn:macemu:problem:emulator-not-connected}. */
    public String urn() {
        return urn;
    }
}
