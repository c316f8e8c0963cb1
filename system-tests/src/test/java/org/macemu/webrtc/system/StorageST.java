package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;

/** Files through the whole product, with a client of tus that is not ours, while services die. */
class StorageST {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILES = "/api/v1/storage/files";

    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.start(StorageST.class);
    }

    @AfterAll
    static void stop() {
        if (product != null) {
            product.close();
        }
    }

    private static String address(String path) {
        return "http://127.0.0.1:" + product.port(Part.CONTROL) + path;
    }

    private static JsonNode listing() throws IOException {
        return JSON.readTree(product.get(Part.CONTROL, FILES).body());
    }

    private static TusUpload upload(byte[] bytes, String folder, String name) {
        TusUpload upload = new TusUpload();
        upload.setInputStream(new ByteArrayInputStream(bytes));
        upload.setSize(bytes.length);
        upload.setFingerprint(name);
        upload.setMetadata(Map.of("folder", folder, "filename", name));
        return upload;
    }

    @Test
    void anUploadOutlivesTheServicesThatCarryIt() throws Exception {
        byte[] bytes = new byte[24_000_000];
        new Random(7).nextBytes(bytes);
        TusClient client = new TusClient();
        client.setUploadCreationURL(URI.create(address("/api/v1/storage/uploads")).toURL());
        client.enableResuming(new TusURLMemoryStore());
        TusUploader first = client.createUpload(upload(bytes, "images", "System 7.img"));
        first.setRequestPayloadSize(4_000_000);
        first.setChunkSize(500_000);
        while (first.getOffset() < 10_000_000) {
            assertTrue(first.uploadChunk() > 0);
        }
        for (Part part : new Part[] {Part.MEDIA, Part.CONTROL}) {
            product.service(part).kill();
            product.service(part).start();
            product.awaitReady(part);
        }
        JsonNode interrupted = listing();
        assertFalse(interrupted.path("files").toString().contains("System 7.img"), interrupted.toString());
        long arrived = interrupted.at("/uploads/0/offset").asLong();
        assertTrue(arrived >= 8_000_000 && arrived < bytes.length, interrupted.toString());
        TusUploader second = client.resumeUpload(upload(bytes, "images", "System 7.img"));
        assertEquals(arrived, second.getOffset());
        second.setChunkSize(1_000_000);
        while (second.uploadChunk() > -1) {
            assertTrue(second.getOffset() <= bytes.length);
        }
        second.finish();
        JsonNode files = listing().path("files");
        JsonNode file = files.get(files.size() - 1); // images follow ROMs
        assertEquals("System 7.img", file.path("name").asText());
        Path stored = product.folder().resolve("images/System 7.img");
        assertArrayEquals(bytes, Files.readAllBytes(stored));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest download =
                    HttpRequest.newBuilder(URI.create(address(file.path("url").asText()))).build();
            assertArrayEquals(bytes, http.send(download, HttpResponse.BodyHandlers.ofByteArray()).body());
            HttpRequest delete = HttpRequest.newBuilder(download.uri())
                    .header("If-Match", file.path("etag").asText())
                    .DELETE()
                    .build();
            assertEquals(204, http.send(delete, HttpResponse.BodyHandlers.discarding()).statusCode());
        }
        assertFalse(Files.exists(stored));
    }

    @Test
    void aRomSaysWhatItIs() throws Exception {
        byte[] rom = Files.readAllBytes(Product.root().resolve("emulator/demo-rom/demo.rom"));
        HttpResponse<String> stored = product.send(HttpRequest.newBuilder(URI.create(address(FILES + "/roms/Demo.ROM")))
                .version(HttpClient.Version.HTTP_1_1)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(rom)));
        assertEquals(201, stored.statusCode(), stored.body());
        for (JsonNode file : listing().path("files")) {
            if (file.path("folder").asText().equals("roms")) {
                assertEquals("Demo.ROM", file.path("name").asText());
                assertTrue(file.at("/rom/checksumValid").asBoolean(), file.toString());
                assertEquals("basilisk2", file.at("/rom/emulators/0").asText());
                return;
            }
        }
        throw new AssertionError("The ROM is not listed");
    }
}
