package org.macemu.webrtc.control.testing;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.macemu.webrtc.api.grpc.AppendUploadReply;
import org.macemu.webrtc.api.grpc.AppendUploadRequest;
import org.macemu.webrtc.api.grpc.CancelUploadReply;
import org.macemu.webrtc.api.grpc.CreateImageRequest;
import org.macemu.webrtc.api.grpc.CreateUploadRequest;
import org.macemu.webrtc.api.grpc.DeleteFileReply;
import org.macemu.webrtc.api.grpc.DeleteFileRequest;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.FileBytes;
import org.macemu.webrtc.api.grpc.FileKind;
import org.macemu.webrtc.api.grpc.FileStorageGrpc;
import org.macemu.webrtc.api.grpc.Folder;
import org.macemu.webrtc.api.grpc.FolderFacts;
import org.macemu.webrtc.api.grpc.ListFilesReply;
import org.macemu.webrtc.api.grpc.ListFilesRequest;
import org.macemu.webrtc.api.grpc.ReadFileRequest;
import org.macemu.webrtc.api.grpc.RomFacts;
import org.macemu.webrtc.api.grpc.StoredFile;
import org.macemu.webrtc.api.grpc.Upload;
import org.macemu.webrtc.api.grpc.UploadAddress;

/** The other end of the storage's contract: files in memory, and failures as the test sets them. */
public final class ScriptedFiles extends FileStorageGrpc.FileStorageImplBase {

    private static final Metadata.Key<String> PROBLEM =
            Metadata.Key.of("macemu-problem", Metadata.ASCII_STRING_MARSHALLER);
    private static final long MODIFIED_MS = 1_700_000_000_123L;

    private final Map<FileAddress, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Arriving> uploads = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile StatusRuntimeException failure;
    private volatile int failAfterBytes = -1;

    /** A file that is on its way. */
    private record Arriving(CreateUploadRequest request, ByteArrayOutputStream bytes) {}

    /** Puts a file there. */
    public ScriptedFiles file(Folder folder, String name, byte[] bytes) {
        files.put(address(folder, name), bytes);
        return this;
    }

    /** The bytes of a file, null when there is none. */
    public byte[] bytes(Folder folder, String name) {
        return files.get(address(folder, name));
    }

    /** What was called, with what matters of it. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** What was called until now is no longer told. */
    public void forgetCalls() {
        calls.clear();
    }

    /** Uploads that have begun and not ended. */
    public int uploadsUnderWay() {
        return uploads.size();
    }

    /** Bytes of these that are there. */
    public int bytesUnderWay() {
        return uploads.values().stream().mapToInt(arriving -> arriving.bytes.size()).sum();
    }

    /** Every call fails like this from now on. */
    public void failing(Status status, String problem) {
        Metadata trailers = new Metadata();
        if (problem != null) {
            trailers.put(PROBLEM, problem);
        }
        failure = status.asRuntimeException(trailers);
    }

    /** A stream fails when so many bytes have passed, as {@link #failing} says. */
    public void failingAfter(int bytes, Status status, String problem) {
        failing(status, problem);
        failAfterBytes = bytes;
    }

    private static FileAddress address(Folder folder, String name) {
        return FileAddress.newBuilder().setFolder(folder).setName(name).build();
    }

    private StoredFile describe(FileAddress address) {
        boolean rom = address.getFolder() == Folder.FOLDER_ROMS;
        StoredFile.Builder file = StoredFile.newBuilder()
                .setAddress(address)
                .setKind(rom ? FileKind.FILE_KIND_ROM : FileKind.FILE_KIND_DISK)
                .setSize(files.get(address).length)
                .setModifiedMs(MODIFIED_MS)
                .setEtag("tag-" + files.get(address).length)
                .setInUse(rom);
        if (rom) {
            file.setRom(RomFacts.newBuilder()
                    .setChecksum("420dbff3")
                    .setChecksumValid(true)
                    .setVersionWord("067c")
                    .addEmulators("basilisk2")
                    .setModelId(14)
                    .setRemark("Suits Basilisk II."));
        }
        return file.build();
    }

    private Upload describe(String id) {
        Arriving arriving = uploads.get(id);
        return Upload.newBuilder()
                .setId(id)
                .setAddress(arriving.request.getAddress())
                .setLength(arriving.request.getLength())
                .setOffset(arriving.bytes.size())
                .setModifiedMs(MODIFIED_MS)
                .setExpiresMs(MODIFIED_MS + 1000)
                .build();
    }

    private interface Answer<A> {
        A get();
    }

    private <A> void answer(String call, StreamObserver<A> observer, Answer<A> answer) {
        calls.add(call);
        if (failure != null && failAfterBytes < 0) {
            observer.onError(failure);
            return;
        }
        try {
            A message = answer.get();
            observer.onNext(message);
            observer.onCompleted();
        } catch (StatusRuntimeException e) {
            observer.onError(e);
        }
    }

    private static StatusRuntimeException unknown(String problem) {
        Metadata trailers = new Metadata();
        trailers.put(PROBLEM, problem);
        return Status.NOT_FOUND.withDescription("There is none of this name").asRuntimeException(trailers);
    }

    private void known(FileAddress address) {
        if (!files.containsKey(address)) {
            throw unknown("file-unknown");
        }
    }

    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesReply> observer) {
        answer("list", observer, () -> {
            ListFilesReply.Builder reply = ListFilesReply.newBuilder().setUsageKnown(true);
            files.keySet().forEach(address -> reply.addFiles(describe(address)));
            uploads.keySet().forEach(id -> reply.addUploads(describe(id)));
            for (Folder folder : new Folder[] {Folder.FOLDER_ROMS, Folder.FOLDER_IMAGES}) {
                reply.addFolders(FolderFacts.newBuilder()
                        .setFolder(folder)
                        .setAvailable(5_000_000_000L)
                        .setMaxFileSize(8_000_000_000L)
                        .setMinFileSize(1)
                        .setWritable(true));
            }
            return reply.build();
        });
    }

    @Override
    public void getFile(FileAddress request, StreamObserver<StoredFile> observer) {
        answer("get " + request.getName(), observer, () -> {
            known(request);
            return describe(request);
        });
    }

    @Override
    public void deleteFile(DeleteFileRequest request, StreamObserver<DeleteFileReply> observer) {
        answer("delete " + request.getAddress().getName() + " " + request.getEtag(), observer, () -> {
            known(request.getAddress());
            files.remove(request.getAddress());
            return DeleteFileReply.getDefaultInstance();
        });
    }

    @Override
    public void createImage(CreateImageRequest request, StreamObserver<StoredFile> observer) {
        answer(
                "create " + request.getName() + " " + request.getSize() + " " + request.getFormat() + " "
                        + request.getLabel(),
                observer,
                () -> {
                    FileAddress address = address(Folder.FOLDER_IMAGES, request.getName());
                    files.put(address, new byte[(int) request.getSize()]);
                    return describe(address);
                });
    }

    @Override
    public void createUpload(CreateUploadRequest request, StreamObserver<Upload> observer) {
        answer(
                "begin " + request.getAddress().getName() + " " + request.getLength() + " "
                        + request.getReplace().getAny() + " " + request.getReplace().getEtag(),
                observer,
                () -> {
                    String id = "u-" + uploads.size() + calls.size();
                    uploads.put(id, new Arriving(request, new ByteArrayOutputStream()));
                    return describe(id);
                });
    }

    @Override
    public void getUpload(UploadAddress request, StreamObserver<Upload> observer) {
        answer("upload", observer, () -> {
            if (!uploads.containsKey(request.getId())) {
                throw unknown("upload-unknown");
            }
            return describe(request.getId());
        });
    }

    @Override
    public void cancelUpload(UploadAddress request, StreamObserver<CancelUploadReply> observer) {
        answer("cancel", observer, () -> {
            if (uploads.remove(request.getId()) == null) {
                throw unknown("upload-unknown");
            }
            return CancelUploadReply.getDefaultInstance();
        });
    }

    @Override
    public StreamObserver<AppendUploadRequest> appendUpload(StreamObserver<AppendUploadReply> observer) {
        return new StreamObserver<>() {
            private String id;
            private boolean failed;

            @Override
            public void onNext(AppendUploadRequest message) {
                if (failed) {
                    return;
                }
                if (id == null) {
                    id = message.getId();
                    calls.add("append " + message.getOffset());
                }
                Arriving arriving = uploads.get(id);
                if (arriving == null || failure != null && arriving.bytes.size() >= failAfterBytes) {
                    failed = true;
                    observer.onError(arriving == null ? unknown("upload-unknown") : failure);
                    return;
                }
                arriving.bytes.writeBytes(message.getData().toByteArray());
            }

            @Override
            public void onError(Throwable broken) {
                calls.add("broken");
            }

            @Override
            public void onCompleted() {
                if (failed) {
                    return;
                }
                AppendUploadReply.Builder reply = AppendUploadReply.newBuilder().setUpload(describe(id));
                Arriving arriving = uploads.get(id);
                if (arriving.bytes.size() == arriving.request.getLength()) {
                    files.put(arriving.request.getAddress(), arriving.bytes.toByteArray());
                    uploads.remove(id);
                    reply.setFile(describe(arriving.request.getAddress()));
                }
                observer.onNext(reply.build());
                observer.onCompleted();
            }
        };
    }

    @Override
    public void readFile(ReadFileRequest request, StreamObserver<FileBytes> observer) {
        calls.add("read " + request.getOffset() + "+" + request.getLength());
        var call = (ServerCallStreamObserver<FileBytes>) observer;
        byte[] bytes = files.get(request.getAddress());
        int[] at = {(int) request.getOffset()};
        int end = at[0] + (int) request.getLength();
        call.setOnReadyHandler(() -> {
            while (call.isReady() && at[0] < end) {
                if (failure != null && at[0] >= failAfterBytes) {
                    at[0] = end;
                    call.onError(failure);
                    return;
                }
                int count = Math.min(64 * 1024, end - at[0]);
                call.onNext(FileBytes.newBuilder()
                        .setData(ByteString.copyFrom(bytes, at[0], count))
                        .build());
                at[0] += count;
                if (at[0] == end) {
                    call.onCompleted();
                }
            }
        });
    }
}
