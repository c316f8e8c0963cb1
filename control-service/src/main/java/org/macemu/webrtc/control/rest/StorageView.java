package org.macemu.webrtc.control.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.ListFilesReply;
import org.macemu.webrtc.api.grpc.RomFacts;
import org.macemu.webrtc.control.service.EntityTags;
import org.macemu.webrtc.control.service.UploadMetadata;

/** The storage as the API shows it. */
public final class StorageView {

    /** Where files are. */
    public static final String FILES = "/api/v1/storage/files/";

    /** Where uploads are. */
    public static final String UPLOADS = "/api/v1/storage/uploads/";

    private StorageView() {}

    /** Everything that is there. */
    public record Listing(
            @JsonProperty(required = true) List<StoredFile> files,
            @JsonProperty(required = true) List<Upload> uploads,
            @JsonProperty(required = true) Folders folders,
            @Schema(description = "False when an emulator is connected and does not say what it uses: then inUse is a"
                            + " guess, and nothing is deleted.")
                    @JsonProperty(required = true)
                    boolean usageKnown) {}

    /** A ROM, a disk image or a CD image. */
    @Schema(description = "A ROM, a disk image or a CD image.")
    public record StoredFile(
            @Schema(enumeration = {"roms", "images"}) @JsonProperty(required = true) String folder,
            @Schema(examples = "System7.img") @JsonProperty(required = true) String name,
            @Schema(enumeration = {"rom", "disk", "cdrom"}) @JsonProperty(required = true) String kind,
            @Schema(description = "Bytes.") @JsonProperty(required = true) long size,
            @Schema(format = "date-time") @JsonProperty(required = true) String modified,
            @Schema(description = "As in ETag, quotes included.") @JsonProperty(required = true) String etag,
            @Schema(description = "The running Mac uses it.") @JsonProperty(required = true) boolean inUse,
            @Schema(description = "Download and delete it here.") @JsonProperty(required = true) String url,
            @Schema(nullable = true, description = "What it is as a ROM; null for images.") Rom rom) {}

    /** What a file is as a ROM of a Macintosh. */
    @Schema(nullable = true, description = "What a file is as a ROM of a Macintosh.")
    public record Rom(
            @Schema(nullable = true, examples = "420dbff3", description = "As stored in the file.") String checksum,
            @JsonProperty(required = true) boolean checksumValid,
            @Schema(nullable = true, examples = "067c") String versionWord,
            @Schema(nullable = true, description = "Null when the checksum is unknown.") String model,
            @Schema(description = "Emulators that can use it: basilisk2, sheepshaver.") @JsonProperty(required = true)
                    List<String> emulators,
            @Schema(nullable = true, description = "Basilisk II's preference that fits.") Integer modelid,
            @Schema(description = "For a person.") @JsonProperty(required = true) String remark) {}

    /** A file that is arriving. */
    @Schema(description = "A file that is arriving.")
    public record Upload(
            @JsonProperty(required = true) String id,
            @Schema(enumeration = {"roms", "images"}) @JsonProperty(required = true) String folder,
            @JsonProperty(required = true) String name,
            @Schema(description = "Bytes it will have.") @JsonProperty(required = true) long size,
            @Schema(description = "Bytes that have arrived.") @JsonProperty(required = true) long offset,
            @Schema(format = "date-time") @JsonProperty(required = true) String modified,
            @Schema(format = "date-time") @JsonProperty(required = true) String expires,
            @JsonProperty(required = true) String url) {}

    /** The two folders. */
    public record Folders(
            @JsonProperty(required = true) FolderFacts roms, @JsonProperty(required = true) FolderFacts images) {}

    /** What fits into a folder. */
    public record FolderFacts(
            @Schema(description = "Bytes that may be uploaded now.") @JsonProperty(required = true) long available,
            @JsonProperty(required = true) long maxFileSize,
            @Schema(description = "Bytes of a new image at least.") @JsonProperty(required = true) long minFileSize,
            @JsonProperty(required = true) boolean writable) {}

    static Listing of(ListFilesReply reply) throws BadAnswer {
        FolderFacts roms = null;
        FolderFacts images = null;
        for (org.macemu.webrtc.api.grpc.FolderFacts f : reply.getFoldersList()) {
            FolderFacts facts =
                    new FolderFacts(f.getAvailable(), f.getMaxFileSize(), f.getMinFileSize(), f.getWritable());
            switch (f.getFolder()) {
                case FOLDER_ROMS -> roms = facts;
                case FOLDER_IMAGES -> images = facts;
                default -> throw new BadAnswer("The media-service has a folder that is unknown here.");
            }
        }
        if (roms == null || images == null) {
            throw new BadAnswer("The media-service does not tell of both folders.");
        }
        return new Listing(
                reply.getFilesList().stream().map(StorageView::of).toList(),
                reply.getUploadsList().stream().map(StorageView::of).toList(),
                new Folders(roms, images),
                reply.getUsageKnown());
    }

    static StoredFile of(org.macemu.webrtc.api.grpc.StoredFile file) {
        return new StoredFile(
                UploadMetadata.name(file.getAddress().getFolder()),
                file.getAddress().getName(),
                switch (file.getKind()) {
                    case FILE_KIND_ROM -> "rom";
                    case FILE_KIND_CDROM -> "cdrom";
                    default -> "disk";
                },
                file.getSize(),
                Instant.ofEpochMilli(file.getModifiedMs()).toString(),
                EntityTags.quoted(file.getEtag()),
                file.getInUse(),
                url(file.getAddress()),
                file.hasRom() ? of(file.getRom()) : null);
    }

    private static Rom of(RomFacts rom) {
        return new Rom(
                nullable(rom.getChecksum()),
                rom.getChecksumValid(),
                nullable(rom.getVersionWord()),
                nullable(rom.getModel()),
                rom.getEmulatorsList(),
                rom.getModelId() == 0 ? null : rom.getModelId(),
                rom.getRemark());
    }

    private static Upload of(org.macemu.webrtc.api.grpc.Upload upload) {
        return new Upload(
                upload.getId(),
                UploadMetadata.name(upload.getAddress().getFolder()),
                upload.getAddress().getName(),
                upload.getLength(),
                upload.getOffset(),
                Instant.ofEpochMilli(upload.getModifiedMs()).toString(),
                Instant.ofEpochMilli(upload.getExpiresMs()).toString(),
                UPLOADS + upload.getId());
    }

    /** Where a file is: its name is percent-encoded whole. */
    public static String url(FileAddress address) {
        return FILES + UploadMetadata.name(address.getFolder()) + "/" + encoded(address.getName());
    }

    /** Percent-encoded as RFC 3986 has it, unreserved characters left alone. */
    public static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static String nullable(String text) {
        return text.isEmpty() ? null : text;
    }
}
