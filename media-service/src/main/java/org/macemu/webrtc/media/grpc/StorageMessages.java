package org.macemu.webrtc.media.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Locale;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.FileKind;
import org.macemu.webrtc.api.grpc.Folder;
import org.macemu.webrtc.api.grpc.FolderFacts;
import org.macemu.webrtc.api.grpc.ListFilesReply;
import org.macemu.webrtc.api.grpc.RomFacts;
import org.macemu.webrtc.media.storage.FileStorage;
import org.macemu.webrtc.media.storage.RomIdentity;
import org.macemu.webrtc.media.storage.StorageException;
import org.macemu.webrtc.media.storage.StorageException.Kind;
import org.macemu.webrtc.media.storage.StorageFolder;
import org.macemu.webrtc.media.storage.StoredFile;
import org.macemu.webrtc.media.storage.Upload;

/** The storage's records as messages of the contract, and its failures as statuses. */
final class StorageMessages {

    /** Trailer that tells kinds of failure apart which share a status. */
    static final Metadata.Key<String> PROBLEM = Metadata.Key.of("macemu-problem", Metadata.ASCII_STRING_MARSHALLER);

    private StorageMessages() {}

    static StorageFolder folder(Folder folder) throws StorageException {
        return switch (folder) {
            case FOLDER_ROMS -> StorageFolder.ROMS;
            case FOLDER_IMAGES -> StorageFolder.IMAGES;
            default -> throw new StorageException(
                    Kind.INVALID_REQUEST, "The folder is " + folder + "; ROMs or images are expected.");
        };
    }

    static FileAddress address(StorageFolder folder, String name) {
        return FileAddress.newBuilder()
                .setFolder(folder == StorageFolder.ROMS ? Folder.FOLDER_ROMS : Folder.FOLDER_IMAGES)
                .setName(name)
                .build();
    }

    static org.macemu.webrtc.api.grpc.StoredFile file(StoredFile file) {
        var message = org.macemu.webrtc.api.grpc.StoredFile.newBuilder()
                .setAddress(address(file.folder(), file.name().text()))
                .setKind(
                        switch (file.kind()) {
                            case ROM -> FileKind.FILE_KIND_ROM;
                            case DISK -> FileKind.FILE_KIND_DISK;
                            case CDROM -> FileKind.FILE_KIND_CDROM;
                        })
                .setSize(file.size())
                .setModifiedMs(file.modified().toEpochMilli())
                .setEtag(file.etag())
                .setInUse(file.inUse());
        file.rom().ifPresent(rom -> message.setRom(rom(rom)));
        return message.build();
    }

    private static RomFacts rom(RomIdentity rom) {
        return RomFacts.newBuilder()
                .setChecksum(rom.checksum())
                .setChecksumValid(rom.checksumValid())
                .setVersionWord(rom.versionWord())
                .setModel(rom.model())
                .addAllEmulators(rom.emulators())
                .setModelId(rom.modelId())
                .setRemark(rom.remark())
                .build();
    }

    static org.macemu.webrtc.api.grpc.Upload upload(Upload upload) {
        return org.macemu.webrtc.api.grpc.Upload.newBuilder()
                .setId(upload.id())
                .setAddress(address(upload.folder(), upload.name().text()))
                .setLength(upload.length())
                .setOffset(upload.offset())
                .setModifiedMs(upload.modified().toEpochMilli())
                .setExpiresMs(upload.expires().toEpochMilli())
                .build();
    }

    static ListFilesReply listing(FileStorage.Listing listing) {
        ListFilesReply.Builder reply = ListFilesReply.newBuilder().setUsageKnown(listing.usageKnown());
        listing.files().forEach(f -> reply.addFiles(file(f)));
        listing.uploads().forEach(u -> reply.addUploads(upload(u)));
        listing.folders()
                .forEach(f -> reply.addFolders(FolderFacts.newBuilder()
                        .setFolder(address(f.folder(), "").getFolder())
                        .setAvailable(f.available())
                        .setMaxFileSize(f.maxFileSize())
                        .setMinFileSize(f.minFileSize())
                        .setWritable(f.writable())));
        return reply.build();
    }

    static StatusRuntimeException failure(Throwable failure) {
        if (!(failure instanceof StorageException e)) {
            return failure instanceof StatusRuntimeException status
                    ? status
                    : Status.INTERNAL.withDescription("The storage failed").withCause(failure).asRuntimeException();
        }
        Status status =
                switch (e.kind()) {
                    case INVALID_REQUEST, FILE_NAME_INVALID -> Status.INVALID_ARGUMENT;
                    case FILE_UNKNOWN, UPLOAD_UNKNOWN -> Status.NOT_FOUND;
                    case FILE_EXISTS -> Status.ALREADY_EXISTS;
                    case FILE_IN_USE, PRECONDITION_FAILED, FORMAT_UNAVAILABLE -> Status.FAILED_PRECONDITION;
                    case FILE_TOO_LARGE, UPLOAD_OFFSET_MISMATCH -> Status.OUT_OF_RANGE;
                    case STORAGE_FULL, TOO_MANY_UPLOADS -> Status.RESOURCE_EXHAUSTED;
                    case UPLOAD_TAKEN_OVER -> Status.ABORTED;
                    case STORAGE_UNAVAILABLE -> Status.UNAVAILABLE;
                };
        Metadata trailers = new Metadata();
        trailers.put(PROBLEM, e.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return status.withDescription(e.getMessage()).asRuntimeException(trailers);
    }
}
