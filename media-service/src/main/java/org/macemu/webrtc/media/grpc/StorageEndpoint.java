package org.macemu.webrtc.media.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.AppendUploadReply;
import org.macemu.webrtc.api.grpc.AppendUploadRequest;
import org.macemu.webrtc.api.grpc.CancelUploadReply;
import org.macemu.webrtc.api.grpc.CreateImageRequest;
import org.macemu.webrtc.api.grpc.CreateUploadRequest;
import org.macemu.webrtc.api.grpc.DeleteFileReply;
import org.macemu.webrtc.api.grpc.DeleteFileRequest;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.FileBytes;
import org.macemu.webrtc.api.grpc.FileStorageGrpc;
import org.macemu.webrtc.api.grpc.ListFilesReply;
import org.macemu.webrtc.api.grpc.ListFilesRequest;
import org.macemu.webrtc.api.grpc.ReadFileRequest;
import org.macemu.webrtc.api.grpc.StoredFile;
import org.macemu.webrtc.api.grpc.Upload;
import org.macemu.webrtc.api.grpc.UploadAddress;
import org.macemu.webrtc.media.storage.DiskThreads;
import org.macemu.webrtc.media.storage.FileReader;
import org.macemu.webrtc.media.storage.FileStorage;
import org.macemu.webrtc.media.storage.StorageException;

/**
 * The storage as calls. Every call does its work on the disk's threads, one piece at a time: a message is asked for when
 * the last one has been written, and sent when the last ones have left. So a call keeps a few hundred kilobytes, however
 * large the file and however slow the other end.
 */
@GrpcService
public class StorageEndpoint extends FileStorageGrpc.FileStorageImplBase {

    private static final Logger LOG = Logger.getLogger(StorageEndpoint.class);

    /** Bytes of a message of a download. */
    private static final int PIECE = 64 * 1024;

    private final FileStorage storage;
    private final DiskThreads disk;

    StorageEndpoint(FileStorage storage, DiskThreads disk) {
        this.storage = storage;
        this.disk = disk;
    }

    /** What a call without a stream does. */
    private interface Work<A> {
        A run() throws StorageException;
    }

    private <A> void answer(StreamObserver<A> call, Work<A> work) {
        run(call, () -> {
            A answer = work.run();
            call.onNext(answer);
            call.onCompleted();
        });
    }

    /** Something that may fail as the storage does. */
    interface Task {
        void run() throws StorageException;
    }

    private void run(StreamObserver<?> call, Task task) {
        try {
            disk.execute(() -> {
                try {
                    task.run();
                } catch (StorageException e) {
                    call.onError(StorageMessages.failure(e));
                } catch (RuntimeException e) {
                    LOG.warn("A call to the storage failed", e);
                    call.onError(StorageMessages.failure(e));
                }
            });
        } catch (RejectedExecutionException e) {
            call.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("Too many requests wait for the disk; try again later")
                    .asRuntimeException());
        }
    }

    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesReply> call) {
        answer(call, () -> StorageMessages.listing(storage.list()));
    }

    @Override
    public void getFile(FileAddress request, StreamObserver<StoredFile> call) {
        answer(call, () -> StorageMessages.file(
                storage.file(StorageMessages.folder(request.getFolder()), request.getName())));
    }

    @Override
    public void deleteFile(DeleteFileRequest request, StreamObserver<DeleteFileReply> call) {
        answer(call, () -> {
            FileAddress address = request.getAddress();
            storage.delete(StorageMessages.folder(address.getFolder()), address.getName(), request.getEtag());
            return DeleteFileReply.getDefaultInstance();
        });
    }

    @Override
    public void createImage(CreateImageRequest request, StreamObserver<StoredFile> call) {
        answer(call, () -> StorageMessages.file(storage.createImage(
                request.getName(), request.getSize(), request.getFormat(), request.getLabel())));
    }

    @Override
    public void createUpload(CreateUploadRequest request, StreamObserver<Upload> call) {
        answer(call, () -> {
            FileAddress address = request.getAddress();
            var replace = new org.macemu.webrtc.media.storage.Upload.Replace(
                    request.getReplace().getAny(), request.getReplace().getEtag());
            return StorageMessages.upload(storage.uploads()
                    .create(
                            StorageMessages.folder(address.getFolder()),
                            address.getName(),
                            request.getLength(),
                            replace));
        });
    }

    @Override
    public void getUpload(UploadAddress request, StreamObserver<Upload> call) {
        answer(call, () -> StorageMessages.upload(storage.uploads().get(request.getId())));
    }

    @Override
    public void cancelUpload(UploadAddress request, StreamObserver<CancelUploadReply> call) {
        answer(call, () -> {
            storage.uploads().cancel(request.getId());
            return CancelUploadReply.getDefaultInstance();
        });
    }

    @Override
    public void readFile(ReadFileRequest request, StreamObserver<FileBytes> observer) {
        var call = (ServerCallStreamObserver<FileBytes>) observer;
        Download download = new Download(request, call);
        call.setOnReadyHandler(download::proceed);
        call.setOnCancelHandler(download::proceed);
        download.proceed();
    }

    /** A file on its way out. Its pieces are read by the disk's threads while the call takes more. */
    private final class Download {

        private final ReadFileRequest request;
        private final ServerCallStreamObserver<FileBytes> call;
        private FileReader reader;
        private boolean scheduled;
        private boolean again;
        private boolean ended;

        Download(ReadFileRequest request, ServerCallStreamObserver<FileBytes> call) {
            this.request = request;
            this.call = call;
        }

        /** Sends what can be sent. Called by the call's thread whenever there may be room, and when it was cancelled. */
        void proceed() {
            synchronized (this) {
                if (ended) {
                    return;
                }
                if (scheduled) {
                    again = true;
                    return;
                }
                scheduled = true;
            }
            try {
                disk.execute(this::send);
            } catch (RejectedExecutionException e) {
                end(Status.RESOURCE_EXHAUSTED
                        .withDescription("Too many requests wait for the disk; try again later")
                        .asRuntimeException());
            }
        }

        private void send() {
            try {
                if (reader == null && !call.isCancelled()) {
                    FileAddress address = request.getAddress();
                    reader = storage.read(
                            StorageMessages.folder(address.getFolder()),
                            address.getName(),
                            request.getOffset(),
                            request.getLength(),
                            request.getEtag());
                }
                while (!call.isCancelled() && call.isReady()) {
                    byte[] piece = reader.next(PIECE);
                    if (piece == null) {
                        end(null);
                        return;
                    }
                    call.onNext(FileBytes.newBuilder()
                            .setData(UnsafeByteOperations.unsafeWrap(piece))
                            .build());
                }
                if (call.isCancelled()) {
                    end(Status.CANCELLED.asRuntimeException());
                    return;
                }
            } catch (StorageException | RuntimeException e) {
                end(StorageMessages.failure(e));
                return;
            }
            boolean more;
            synchronized (this) {
                scheduled = false;
                more = again;
                again = false;
            }
            if (more) {
                proceed();
            }
        }

        private void end(RuntimeException failure) {
            synchronized (this) {
                ended = true;
            }
            if (reader != null) {
                reader.close();
            }
            if (call.isCancelled()) {
                return;
            }
            if (failure == null) {
                call.onCompleted();
            } else {
                call.onError(failure);
            }
        }
    }

    @Override
    public StreamObserver<AppendUploadRequest> appendUpload(StreamObserver<AppendUploadReply> observer) {
        return new UploadCall(storage.uploads(), disk, (ServerCallStreamObserver<AppendUploadReply>) observer);
    }
}
