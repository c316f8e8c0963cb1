package org.macemu.webrtc.control.service;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.macemu.webrtc.api.grpc.Folder;

/**
 * The Upload-Metadata header of tus 1.0.0: pairs of a key and a value in base64, with commas between them.
 *
 * @param folder where the file goes
 * @param name what it is called there
 * @param overwrite whether it replaces one of that name
 */
public record UploadMetadata(Folder folder, String name, boolean overwrite) {

    private static final int MAX_LENGTH = 4096;
    private static final String EXPECTED = "folder and filename in base64 are expected, for example"
            + " \"folder aW1hZ2Vz,filename U3lzdGVtNy5pbWc=\".";

    /**
     * Reads the header.
     *
     * @throws InvalidRequest when it names no file; other keys are ignored
     */
    public static UploadMetadata parse(String header) throws InvalidRequest {
        if (header == null || header.isBlank() || header.length() > MAX_LENGTH) {
            throw new InvalidRequest("Upload-Metadata is missing or too long; " + EXPECTED);
        }
        Map<String, String> values = new HashMap<>();
        for (String pair : header.split(",")) {
            String[] parts = pair.strip().split(" +");
            if (parts.length > 2 || parts[0].isEmpty()) {
                throw new InvalidRequest("Upload-Metadata is no list of keys and values; " + EXPECTED);
            }
            if (values.put(parts[0], parts.length == 2 ? decode(parts[1]) : "") != null) {
                throw new InvalidRequest("Upload-Metadata has a key twice; " + EXPECTED);
            }
        }
        String name = values.get("filename");
        if (name == null) {
            throw new InvalidRequest("Upload-Metadata has no filename; " + EXPECTED);
        }
        return new UploadMetadata(folder(values.getOrDefault("folder", "")), name, overwrite(values.get("overwrite")));
    }

    /**
     * A folder by its name in addresses.
     *
     * @throws InvalidRequest when it is none
     */
    public static Folder folder(String name) throws InvalidRequest {
        return switch (name) {
            case "roms" -> Folder.FOLDER_ROMS;
            case "images" -> Folder.FOLDER_IMAGES;
            default -> throw new InvalidRequest("The folder is none of roms and images.");
        };
    }

    /** Its name in addresses. */
    public static String name(Folder folder) {
        return folder == Folder.FOLDER_ROMS ? "roms" : "images";
    }

    private static boolean overwrite(String value) throws InvalidRequest {
        return switch (value) {
            case null -> false;
            case "false" -> false;
            case "true", "" -> true;
            default -> throw new InvalidRequest("overwrite is neither true nor false.");
        };
    }

    private static String decode(String base64) throws InvalidRequest {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new InvalidRequest("Upload-Metadata has a value that is no UTF-8 in base64; " + EXPECTED);
        }
    }
}
