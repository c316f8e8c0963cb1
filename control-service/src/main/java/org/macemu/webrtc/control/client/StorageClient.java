package org.macemu.webrtc.control.client;

import io.grpc.MethodDescriptor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.common.GrpcStatus;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.macemu.webrtc.api.grpc.AppendUploadReply;
import org.macemu.webrtc.api.grpc.CreateImageRequest;
import org.macemu.webrtc.api.grpc.CreateUploadRequest;
import org.macemu.webrtc.api.grpc.DeleteFileRequest;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.FileStorageGrpc;
import org.macemu.webrtc.api.grpc.ListFilesReply;
import org.macemu.webrtc.api.grpc.ListFilesRequest;
import org.macemu.webrtc.api.grpc.ReadFileRequest;
import org.macemu.webrtc.api.grpc.StoredFile;
import org.macemu.webrtc.api.grpc.Upload;
import org.macemu.webrtc.api.grpc.UploadAddress;
import org.macemu.webrtc.control.config.ControlConfig;

/**
 * The files beside the media-service as calls to it. Each fails with a {@link MediaFailure} and nothing else. Bytes pass
 * through: what is kept here of a file is what one window of HTTP/2 holds. Thread-safe.
 */
@Singleton
public class StorageClient {

    /** A list of some thousand files; and what of a file may wait here for a slow browser. */
    private static final int WINDOW_BYTES = 2 * 1024 * 1024;

    private final Caller caller;
    private final long timeoutMs;
    private final long transferMs;

    @Inject
    StorageClient(Vertx vertx, ControlConfig config) {
        this.caller = new Caller(vertx, config, WINDOW_BYTES);
        this.timeoutMs = config.media().storageTimeout().toMillis();
        this.transferMs = config.media().transferTimeout().toMillis();
    }

    /** Everything that is there. */
    public Future<ListFilesReply> list() {
        return call(FileStorageGrpc.getListFilesMethod(), ListFilesRequest.getDefaultInstance());
    }

    /** One file. */
    public Future<StoredFile> file(FileAddress address) {
        return call(FileStorageGrpc.getGetFileMethod(), address);
    }

    /** {@code etag} is which file it has to be, empty for any. */
    public Future<Void> delete(FileAddress address, String etag) {
        return call(
                        FileStorageGrpc.getDeleteFileMethod(),
                        DeleteFileRequest.newBuilder().setAddress(address).setEtag(etag).build())
                .mapEmpty();
    }

    /** An empty disk image. */
    public Future<StoredFile> create(CreateImageRequest image) {
        return call(FileStorageGrpc.getCreateImageMethod(), image);
    }

    /** Begins an upload. */
    public Future<Upload> begin(CreateUploadRequest upload) {
        return call(FileStorageGrpc.getCreateUploadMethod(), upload);
    }

    /** An upload as it is now. */
    public Future<Upload> upload(String id) {
        return call(
                FileStorageGrpc.getGetUploadMethod(),
                UploadAddress.newBuilder().setId(id).build());
    }

    /** Forgets an upload. */
    public Future<Void> cancel(String id) {
        return call(
                        FileStorageGrpc.getCancelUploadMethod(),
                        UploadAddress.newBuilder().setId(id).build())
                .mapEmpty();
    }

    /** Appends a paused stream to an upload, which begins at {@code offset}. */
    public Future<AppendUploadReply> append(String id, long offset, ReadStream<Buffer> body) {
        return caller.open(FileStorageGrpc.getAppendUploadMethod())
                .recover(cause -> Future.failedFuture(caller.failure(cause)))
                .compose(call -> new UploadTransfer(caller, call, transferMs).send(id, offset, body));
    }

    /** Writes bytes of a file to what takes them; the first bytes tell that there are some. */
    public Future<Void> read(ReadFileRequest what, DownloadTransfer.Sink sink) {
        return caller.open(FileStorageGrpc.getReadFileMethod())
                .recover(cause -> Future.failedFuture(caller.failure(cause)))
                .compose(call -> new DownloadTransfer(caller, call, sink, transferMs).receive(what));
    }

    private <Q, A> Future<A> call(MethodDescriptor<Q, A> method, Q message) {
        return caller.call(method, message, timeoutMs, StorageClient::refusal);
    }

    static MediaFailure refusal(GrpcStatus status, String text, String problem) {
        if (problem == null || text == null) {
            return Caller.broken(status, text);
        }
        try {
            return new MediaFailure(
                    MediaFailure.Kind.valueOf(problem.toUpperCase(Locale.ROOT).replace('-', '_')), text);
        } catch (IllegalArgumentException e) {
            return Caller.broken(status, problem + ": " + text);
        }
    }

    @PreDestroy
    void close() {
        caller.close();
    }
}
