package org.macemu.webrtc.media.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What is known of an upload besides its bytes, as a hidden JSON file beside the hidden file with the bytes: both survive
 * the end of this process, and neither is seen by the emulator, which lists no hidden files.
 *
 * @param name of the file to be, valid
 * @param length bytes it will have
 */
record UploadRecord(FileName name, long length, Upload.Replace replace) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 4096;
    private static final Pattern ID = Pattern.compile("u-[0-9a-f]{32}");
    private static final Pattern FILE = Pattern.compile("\\.(u-[0-9a-f]{32})\\.(json|part)");

    static String newId() {
        return "u-" + UUID.randomUUID().toString().replace("-", "");
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** The upload that a file in the folder belongs to. */
    static Optional<String> idOf(String fileName) {
        var matcher = FILE.matcher(fileName);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    static String partName(String id) {
        return "." + id + ".part";
    }

    static String recordName(String id) {
        return "." + id + ".json";
    }

    /** Writes it, safe from a power cut once the folder is synchronised. */
    void write(OpenFolder folder, String id) throws IOException, StorageException {
        byte[] json = JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("name", name.text())
                .put("length", length)
                .put("any", replace.any())
                .put("etag", replace.etag()));
        try (FileChannel file = folder.create(recordName(id))) {
            ByteBuffer bytes = ByteBuffer.wrap(json);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
    }

    /** Empty when there is none, or none that can be understood. */
    static Optional<UploadRecord> read(OpenFolder folder, String id) throws IOException, StorageException {
        Optional<FileFacts> facts = folder.facts(recordName(id));
        if (facts.isEmpty() || facts.get().size() > MAX_BYTES) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        try (FileChannel file = folder.read(recordName(id), facts.get())) {
            int count = 0;
            while (bytes.hasRemaining() && count >= 0) {
                count = file.read(bytes);
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(bytes.array(), 0, bytes.position());
            return Optional.of(new UploadRecord(
                    FileName.fresh(json.path("name").asText()),
                    json.path("length").asLong(),
                    new Upload.Replace(json.path("any").asBoolean(), json.path("etag").asText())));
        } catch (JsonProcessingException | StorageException e) {
            return Optional.empty();
        }
    }
}
