package org.macemu.webrtc.media.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.AppendUploadReply;
import org.macemu.webrtc.api.grpc.AppendUploadRequest;
import org.macemu.webrtc.media.storage.DiskThreads;
import org.macemu.webrtc.media.storage.StorageException;
import org.macemu.webrtc.media.storage.UploadWriter;
import org.macemu.webrtc.media.storage.Uploads;

/**
 * Bytes of an upload on their way in. The call's thread hands each message to the disk's threads, which work on one at a
 * time and ask for the next when it is written. What has arrived when the call breaks off stays, for the next call.
 */
final class UploadCall implements StreamObserver<AppendUploadRequest> {

    private static final Logger LOG = Logger.getLogger(UploadCall.class);

    /** Messages under way: one is written while the next arrives. */
    private static final int AHEAD = 2;

    /** The gRPC server's own limit is larger, for other calls. */
    private static final int MAX_PIECE = 256 * 1024;

    private final Uploads uploads;
    private final DiskThreads disk;
    private final ServerCallStreamObserver<AppendUploadReply> call;

    /** At most as many as were asked for, and the end. */
    private final ArrayDeque<StorageEndpoint.Task> tasks = new ArrayDeque<>(AHEAD + 2);

    private boolean working;
    private boolean ended;
    private UploadWriter writer;

    UploadCall(Uploads uploads, DiskThreads disk, ServerCallStreamObserver<AppendUploadReply> call) {
        this.uploads = uploads;
        this.disk = disk;
        this.call = call;
        call.disableAutoRequest();
        call.setOnCancelHandler(() -> add(this::abandon));
        call.request(AHEAD);
    }

    @Override
    public void onNext(AppendUploadRequest message) {
        add(() -> {
            write(message);
            call.request(1);
        });
    }

    @Override
    public void onError(Throwable failure) {
        add(this::abandon);
    }

    @Override
    public void onCompleted() {
        add(this::finish);
    }

    private void write(AppendUploadRequest message) throws StorageException {
        if (writer == null) {
            writer = uploads.append(message.getId(), message.getOffset());
        }
        if (message.getData().size() > MAX_PIECE) {
            throw new StorageException(
                    StorageException.Kind.INVALID_REQUEST,
                    "A message has " + message.getData().size() + " bytes; at most " + MAX_PIECE + " are expected.");
        }
        writer.write(message.getData().asReadOnlyByteBuffer());
    }

    private void finish() throws StorageException {
        if (writer == null) {
            throw new StorageException(StorageException.Kind.INVALID_REQUEST, "The call named no upload.");
        }
        UploadWriter.Appended appended = writer.finish();
        AppendUploadReply.Builder reply =
                AppendUploadReply.newBuilder().setUpload(StorageMessages.upload(appended.upload()));
        appended.file().ifPresent(file -> reply.setFile(StorageMessages.file(file)));
        close();
        call.onNext(reply.build());
        call.onCompleted();
    }

    private void abandon() {
        close();
    }

    private void close() {
        synchronized (this) {
            ended = true;
            tasks.clear();
        }
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    private void add(StorageEndpoint.Task task) {
        synchronized (this) {
            if (ended) {
                return;
            }
            tasks.add(task);
            if (working) {
                return;
            }
            working = true;
        }
        schedule();
    }

    private void schedule() {
        try {
            disk.execute(this::work);
        } catch (RejectedExecutionException e) {
            close();
            call.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("Too many requests wait for the disk; try again later")
                    .asRuntimeException());
        }
    }

    private void work() {
        StorageEndpoint.Task task;
        synchronized (this) {
            task = tasks.poll();
        }
        try {
            if (task != null) {
                task.run();
            }
        } catch (StorageException | RuntimeException e) {
            if (!(e instanceof StorageException) && !call.isCancelled()) {
                LOG.warn("An upload failed", e);
            }
            close();
            if (!call.isCancelled()) {
                call.onError(StorageMessages.failure(e));
            }
        }
        synchronized (this) {
            if (tasks.isEmpty()) {
                working = false;
                return;
            }
        }
        schedule();
    }
}
