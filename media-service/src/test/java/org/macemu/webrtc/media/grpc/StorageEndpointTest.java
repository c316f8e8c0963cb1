package org.macemu.webrtc.media.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.macemu.webrtc.api.grpc.AppendUploadReply;
import org.macemu.webrtc.api.grpc.AppendUploadRequest;
import org.macemu.webrtc.api.grpc.CreateImageRequest;
import org.macemu.webrtc.api.grpc.CreateUploadRequest;
import org.macemu.webrtc.api.grpc.DeleteFileRequest;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.FileBytes;
import org.macemu.webrtc.api.grpc.FileKind;
import org.macemu.webrtc.api.grpc.FileStorageGrpc;
import org.macemu.webrtc.api.grpc.Folder;
import org.macemu.webrtc.api.grpc.ListFilesReply;
import org.macemu.webrtc.api.grpc.ListFilesRequest;
import org.macemu.webrtc.api.grpc.ReadFileRequest;
import org.macemu.webrtc.api.grpc.StoredFile;
import org.macemu.webrtc.api.grpc.UploadAddress;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.IsolatedNames;
import org.macemu.webrtc.media.testing.SignalingCall;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.macemu.webrtc.synthetic.SyntheticEmulator;

/** The storage over a real connection, with an emulator, without one, and with one that says nothing. */
@QuarkusTest
@QuarkusTestResource(IsolatedNames.class)
class StorageEndpointTest {

    private static final Metadata.Key<String> PROBLEM =
            Metadata.Key.of("macemu-problem", Metadata.ASCII_STRING_MARSHALLER);
    private static final int PIECE = 64 * 1024;

    @TestHTTPResource
    URL url;

    @Inject
    MediaServer server;

    private ManagedChannel channel;
    private FileStorageGrpc.FileStorageBlockingStub storage;

    @BeforeEach
    void connect() throws Exception {
        Files.createDirectories(IsolatedNames.roms());
        Files.createDirectories(IsolatedNames.images());
        channel = NettyChannelBuilder.forAddress(url.getHost(), url.getPort()).usePlaintext().build();
        storage = FileStorageGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void empty() throws Exception {
        channel.shutdownNow();
        Await.until("the emulator's end", () -> !server.isEmulatorConnected());
        for (Path folder : List.of(IsolatedNames.roms(), IsolatedNames.images())) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static FileAddress image(String name) {
        return FileAddress.newBuilder().setFolder(Folder.FOLDER_IMAGES).setName(name).build();
    }

    private static void refused(Status.Code code, String problem, Executable call) {
        StatusRuntimeException e = assertThrows(StatusRuntimeException.class, call);
        assertEquals(code, e.getStatus().getCode(), e.getMessage());
        assertEquals(problem, e.getTrailers() == null ? null : e.getTrailers().get(PROBLEM), e.getMessage());
        assertFalse(e.getStatus().getDescription().isEmpty());
    }

    private ListFilesReply list() {
        return storage.listFiles(ListFilesRequest.getDefaultInstance());
    }

    private String create(String name, long length) {
        return storage.createUpload(CreateUploadRequest.newBuilder()
                        .setAddress(image(name))
                        .setLength(length)
                        .build())
                .getId();
    }

    /** A sender that stops while the other end does not take more. */
    private final class Sender implements ClientResponseObserver<AppendUploadRequest, AppendUploadReply> {

        private final CompletableFuture<AppendUploadReply> reply = new CompletableFuture<>();
        private final AppendUploadRequest first;
        private final byte[] bytes;
        private final boolean ends;
        private ClientCallStreamObserver<AppendUploadRequest> call;
        private int sent;
        private volatile int sentNow;

        Sender(String id, long offset, byte[] bytes, boolean ends) {
            this.first = AppendUploadRequest.newBuilder().setId(id).setOffset(offset).build();
            this.bytes = bytes;
            this.ends = ends;
            FileStorageGrpc.newStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).appendUpload(this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<AppendUploadRequest> stream) {
            call = stream;
            stream.setOnReadyHandler(this::proceed);
        }

        private void proceed() {
            if (sent == 0 && call.isReady()) {
                call.onNext(first);
            }
            while (sent < bytes.length && call.isReady()) {
                int count = Math.min(PIECE, bytes.length - sent);
                call.onNext(AppendUploadRequest.newBuilder()
                        .setData(ByteString.copyFrom(bytes, sent, count))
                        .build());
                sent += count;
                sentNow = sent;
                if (sent == bytes.length && ends) {
                    call.onCompleted();
                }
            }
        }

        @Override
        public void onNext(AppendUploadReply answer) {
            reply.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            reply.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            reply.completeExceptionally(new IllegalStateException("no answer"));
        }

        AppendUploadReply reply() throws Throwable {
            try {
                return reply.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        }
    }

    @Test
    void aFileGoesUpAndComesDownAgain() throws Throwable {
        byte[] bytes = new byte[20_000_000];
        new Random(1).nextBytes(bytes);
        String id = create("a.img", bytes.length);
        AppendUploadReply half =
                new Sender(id, 0, Arrays.copyOf(bytes, 7_000_001), true).reply();
        assertEquals(7_000_001, half.getUpload().getOffset());
        assertFalse(half.hasFile());
        assertEquals(0, list().getFilesCount());
        assertEquals(7_000_001, list().getUploads(0).getOffset());
        StoredFile file = new Sender(id, 7_000_001, Arrays.copyOfRange(bytes, 7_000_001, bytes.length), true)
                .reply()
                .getFile();
        assertEquals(bytes.length, file.getSize());
        assertEquals(file, storage.getFile(image("a.img")));
        assertArrayEquals(bytes, read(0, bytes.length, file.getEtag()));
        assertArrayEquals(Arrays.copyOfRange(bytes, 999_999, 1_099_999), read(999_999, 100_000, ""));
        assertEquals(0, read(bytes.length, 0, "").length);
        refused(Status.Code.INVALID_ARGUMENT, "invalid-request", () -> read(bytes.length, 1, ""));
        refused(Status.Code.FAILED_PRECONDITION, "precondition-failed", () -> read(0, 1, "other"));
        storage.deleteFile(DeleteFileRequest.newBuilder().setAddress(image("a.img")).build());
        refused(Status.Code.NOT_FOUND, "file-unknown", () -> storage.getFile(image("a.img")));
    }

    private byte[] read(long offset, long length, String etag) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Iterator<FileBytes> pieces = storage.readFile(ReadFileRequest.newBuilder()
                .setAddress(image("a.img"))
                .setOffset(offset)
                .setLength(length)
                .setEtag(etag)
                .build());
        pieces.forEachRemaining(p -> bytes.writeBytes(p.getData().toByteArray()));
        return bytes.toByteArray();
    }

    @Test
    void aCallThatBreaksOffLeavesWhatHasArrivedForTheNext() throws Throwable {
        byte[] bytes = new byte[3 * PIECE];
        String id = create("a.img", bytes.length);
        Sender broken = new Sender(id, 0, Arrays.copyOf(bytes, PIECE), false);
        Await.until("the first piece", () -> storage.getUpload(UploadAddress.newBuilder().setId(id).build())
                .getOffset() == PIECE);
        broken.call.cancel("the browser is gone", null);
        assertEquals(
                bytes.length,
                new Sender(id, PIECE, new byte[2 * PIECE], true).reply().getFile().getSize());
        // And the same while the first call still hangs.
        String other = create("b.img", bytes.length);
        Sender hanging = new Sender(other, 0, new byte[PIECE], false);
        Await.until("the first piece", () -> storage.getUpload(UploadAddress.newBuilder().setId(other).build())
                .getOffset() == PIECE);
        assertTrue(new Sender(other, PIECE, new byte[2 * PIECE], true).reply().hasFile());
        hanging.call.onNext(AppendUploadRequest.newBuilder().setData(ByteString.copyFrom(new byte[1])).build());
        refused(Status.Code.ABORTED, "upload-taken-over", hanging::reply);
    }

    @Test
    void aSenderIsNotFasterThanTheDisk() throws Throwable {
        byte[] bytes = new byte[60_000_000];
        String id = create("a.img", bytes.length);
        Sender fast = new Sender(id, 0, bytes, true);
        // What lies between sender and disk is bounded by the windows of HTTP/2, never by the file.
        int[] ahead = {0};
        Await.until("the end", () -> {
            if (!fast.reply.isDone()) {
                long written = list().getUploadsList().stream()
                        .mapToLong(u -> u.getOffset())
                        .findFirst()
                        .orElse(bytes.length);
                ahead[0] = Math.max(ahead[0], fast.sentNow - (int) written);
            }
            return fast.reply.isDone();
        });
        assertTrue(fast.reply().hasFile());
        assertTrue(ahead[0] < 8_000_000, () -> ahead[0] + " bytes were on their way");
    }

    @Test
    void mistakesAreToldApart() throws Throwable {
        String id = create("a.img", 10);
        refused(Status.Code.OUT_OF_RANGE, "upload-offset-mismatch", () -> new Sender(id, 5, new byte[1], true).reply());
        refused(Status.Code.OUT_OF_RANGE, "file-too-large", () -> new Sender(id, 0, new byte[11], true).reply());
        refused(Status.Code.NOT_FOUND, "upload-unknown", () -> new Sender("../x", 0, new byte[11], true).reply());
        refused(Status.Code.INVALID_ARGUMENT, "file-name-invalid", () -> create("../a.img", 10));
        refused(Status.Code.OUT_OF_RANGE, "file-too-large", () -> create("b.img", 64 * 1024 * 1024 + 1));
        refused(Status.Code.INVALID_ARGUMENT, "invalid-request", () -> storage.getFile(
                FileAddress.newBuilder().setName("a.img").build()));
        StoredFile blank = storage.createImage(
                CreateImageRequest.newBuilder().setName("blank.img").setSize(819_200).build());
        assertEquals(FileKind.FILE_KIND_DISK, blank.getKind());
        refused(Status.Code.ALREADY_EXISTS, "file-exists", () -> create("BLANK.img", 10));
        storage.cancelUpload(UploadAddress.newBuilder().setId(id).build());
        refused(Status.Code.NOT_FOUND, "upload-unknown", () -> storage.getUpload(
                UploadAddress.newBuilder().setId(id).build()));
    }

    @Test
    void theRunningMacKeepsItsFiles() throws Exception {
        Files.writeString(IsolatedNames.roms().resolve("Quadra.ROM"), "not really");
        Files.writeString(IsolatedNames.roms().resolve("Other.ROM"), "neither");
        FileAddress rom =
                FileAddress.newBuilder().setFolder(Folder.FOLDER_ROMS).setName("Quadra.ROM").build();
        DeleteFileRequest delete = DeleteFileRequest.newBuilder().setAddress(rom).build();
        try (SyntheticEmulator mac =
                SyntheticEmulator.start(IsolatedNames.emulator().size(320, 240).fps(5).build())) {
            mac.awaitConnected(SignalingCall.LIMIT);
            Await.until("the connection", server::isEmulatorConnected);
            ListFilesReply listing = list();
            assertTrue(listing.getUsageKnown());
            assertEquals(
                    List.of("Other.ROM false", "Quadra.ROM true"),
                    listing.getFilesList().stream()
                            .map(f -> f.getAddress().getName() + " " + f.getInUse())
                            .toList());
            refused(Status.Code.FAILED_PRECONDITION, "file-in-use", () -> storage.deleteFile(delete));
        }
        Await.until("the emulator's end", () -> !server.isEmulatorConnected());
        try (HostileEmulator.Connection silent =
                HostileEmulator.connect(IsolatedNames.emulator().build().controlSocket())) {
            Await.until("the connection", server::isEmulatorConnected);
            assertFalse(list().getUsageKnown());
            refused(Status.Code.FAILED_PRECONDITION, "file-in-use", () -> storage.deleteFile(delete));
        }
        Await.until("the emulator's end", () -> !server.isEmulatorConnected());
        storage.deleteFile(delete);
        assertFalse(Files.exists(IsolatedNames.roms().resolve("Quadra.ROM")));
    }
}
