package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.control.testing.RestClient.body;
import static org.macemu.webrtc.control.testing.RestClient.problem;
import static org.macemu.webrtc.control.testing.RestClient.problemOf;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.grpc.Folder;
import org.macemu.webrtc.control.testing.Await;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;
import org.macemu.webrtc.control.testing.ScriptedMedia;

/** Files over HTTP: ranges and conditions, uploads in one go and in pieces, and every refusal as a problem. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class FilesIT {

    private static final String FILES = "/api/v1/storage/files";
    private static final String UPLOADS = "/api/v1/storage/uploads";
    private static final String OFFSET_TYPE = "application/offset+octet-stream";

    @ConfigProperty(name = "macemu.media.port")
    int mediaPort;

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    private ScriptedMedia media;
    private RestClient client;

    @BeforeEach
    void start() throws Exception {
        media = ScriptedMedia.start(mediaPort);
        client = new RestClient(port);
        media.awaitReached(client);
    }

    @AfterEach
    void stop() throws Exception {
        media.close();
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    @Test
    void listsEverything() throws Exception {
        media.files()
                .file(Folder.FOLDER_ROMS, "Quadra.ROM", new byte[1 << 20])
                .file(Folder.FOLDER_IMAGES, "Fran\u00e7ais & 100%;+*.img", new byte[3]);
        JsonNode listing = body(client.get(FILES));
        assertEquals(2, listing.path("files").size());
        for (JsonNode file : listing.path("files")) {
            boolean rom = file.path("kind").asText().equals("rom");
            assertEquals(rom ? "roms" : "images", file.path("folder").asText());
            assertEquals(rom ? "14" : "null", file.path("rom").isNull() ? "null" : file.at("/rom/modelid").asText());
            assertEquals("2023-11-14T22:13:20.123Z", file.path("modified").asText());
            HttpResponse<byte[]> download = client.transfer("GET", file.path("url").asText(), null);
            assertEquals(file.path("size").asInt(), download.body().length);
            assertEquals(file.path("etag").asText(), header(download, "ETag"));
        }
        assertEquals(5_000_000_000L, listing.at("/folders/images/available").asLong());
        assertTrue(listing.path("usageKnown").asBoolean());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, 200, 0, 100000",
                "bytes=0-0, 206, 0, 1",
                "bytes=10-99, 206, 10, 90",
                "bytes=99990-, 206, 99990, 10",
                "bytes=-7, 206, 99993, 7",
                "bytes=-200000, 206, 0, 100000",
                "bytes=99999-999999999999, 206, 99999, 1",
                "bytes=5-3, 200, 0, 100000",
                "'bytes=0-1,5-6', 200, 0, 100000",
                "items=0-1, 200, 0, 100000",
                "bytes=, 200, 0, 100000",
                "bytes=-, 200, 0, 100000",
                "bytes=99999999999999999999-, 200, 0, 100000"
            })
    void rangesAreThoseOfTheFile(String range, int status, int offset, int length) throws Exception {
        byte[] bytes = noise(100_000);
        media.files().file(Folder.FOLDER_IMAGES, "a.img", bytes);
        HttpResponse<byte[]> response = range == null
                ? client.transfer("GET", FILES + "/images/a.img", null)
                : client.transfer("GET", FILES + "/images/a.img", null, "Range", range);
        assertEquals(status, response.statusCode());
        assertArrayEquals(Arrays.copyOfRange(bytes, offset, offset + length), response.body());
        assertEquals(
                status == 206 ? "bytes " + offset + "-" + (offset + length - 1) + "/100000" : null,
                header(response, "Content-Range"));
        assertEquals("attachment; filename*=UTF-8''a.img", header(response, "Content-Disposition"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100000-", "bytes=200000-300000", "bytes=-0"})
    void rangesThatAreNotThereAreRefused(String range) throws Exception {
        media.files().file(Folder.FOLDER_IMAGES, "a.img", noise(100_000));
        HttpResponse<byte[]> response = client.transfer("GET", FILES + "/images/a.img", null, "Range", range);
        problemOf(response, 416, "range-not-satisfiable");
        assertEquals("bytes */100000", header(response, "Content-Range"));
    }

    @ParameterizedTest
    @CsvSource({
        "If-None-Match, '\"tag-3\"', 304",
        "If-None-Match, 'W/\"tag-3\"', 304",
        "If-None-Match, '\"x\", \"tag-3\"', 304",
        "If-None-Match, *, 304",
        "If-None-Match, '\"tag-4\"', 200",
        "If-Match, '\"tag-3\"', 200",
        "If-Match, *, 200",
        "If-Match, 'W/\"tag-3\"', 412",
        "If-Match, '\"tag-4\"', 412",
        "If-Modified-Since, 'Tue, 14 Nov 2023 22:13:20 GMT', 304",
        "If-Modified-Since, 'Tue, 14 Nov 2023 22:13:19 GMT', 200",
        "If-Modified-Since, yesterday, 200",
        "If-Unmodified-Since, 'Tue, 14 Nov 2023 22:13:20 GMT', 200",
        "If-Unmodified-Since, 'Tue, 14 Nov 2023 22:13:19 GMT', 412"
    })
    void conditionsAreMet(String name, String value, int status) throws Exception {
        media.files().file(Folder.FOLDER_IMAGES, "a.img", new byte[3]);
        for (String method : new String[] {"GET", "HEAD"}) {
            assertEquals(status, client.transfer(method, FILES + "/images/a.img", null, name, value).statusCode());
        }
        assertEquals(status == 200 ? 1 : 0, media.files().calls().stream().filter(c -> c.startsWith("read")).count());
    }

    @Test
    void aRangeOfAnotherVersionIsTheWholeFile() throws Exception {
        media.files().file(Folder.FOLDER_IMAGES, "a.img", noise(100));
        String path = FILES + "/images/a.img";
        assertEquals(206, client.transfer("GET", path, null, "Range", "bytes=0-9", "If-Range", "\"tag-100\"")
                .statusCode());
        assertEquals(100, client.transfer("GET", path, null, "Range", "bytes=0-9", "If-Range", "\"tag-99\"")
                .body()
                .length);
    }

    @Test
    void aLargeFileComesDownWholeAndABrokenOneIsSeenToBeBroken() throws Exception {
        byte[] bytes = noise(30_000_000);
        media.files().file(Folder.FOLDER_IMAGES, "a.img", bytes);
        assertArrayEquals(bytes, client.transfer("GET", FILES + "/images/a.img", null).body());
        assertEquals("30000000", header(client.transfer("HEAD", FILES + "/images/a.img", null), "Content-Length"));
        media.files().failingAfter(1_000_000, Status.UNAVAILABLE.withDescription("cannot be read"), "storage-unavailable");
        assertThrows(IOException.class, () -> client.transfer("GET", FILES + "/images/a.img", null));
        media.files().failingAfter(0, Status.UNAVAILABLE.withDescription("cannot be read"), "storage-unavailable");
        problemOf(client.transfer("GET", FILES + "/images/a.img", null), 503, "storage-unavailable");
    }

    @Test
    void aFileIsStoredInOneGo() throws Exception {
        byte[] bytes = noise(5_000_000);
        HttpResponse<byte[]> stored = client.transfer("PUT", FILES + "/images/A%20%C3%A4.img", bytes);
        assertEquals(201, stored.statusCode());
        assertArrayEquals(bytes, media.files().bytes(Folder.FOLDER_IMAGES, "A \u00e4.img"));
        assertEquals(FILES + "/images/A%20%C3%A4.img", header(stored, "Location"));
        assertEquals(204, client.transfer("PUT", FILES + "/images/a.img?overwrite=true", bytes).statusCode());
        assertEquals(
                204,
                client.transfer("PUT", FILES + "/images/b.img", bytes, "If-Match", "\"tag-1\"").statusCode());
        assertEquals(
                List.of("begin A \u00e4.img 5000000 false ", "append 0", "begin a.img 5000000 true ", "append 0",
                        "begin b.img 5000000 false tag-1", "append 0"),
                media.files().calls());
        problemOf(client.transfer("PUT", FILES + "/images/b.img", bytes, "If-Match", "W/\"x\""), 400, "invalid-request");
        problemOf(client.transfer("PUT", FILES + "/tapes/b.img", bytes), 400, "invalid-request");
    }

    /** As Java's own client asks when nothing is set: the first request offers an upgrade to HTTP/2, body and all. */
    @Test
    void clientsThatOfferHttp2StoreFilesToo() throws Exception {
        byte[] bytes = noise(524_288);
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String name : new String[] {"a.img", "b.img"}) {
                HttpRequest put = HttpRequest.newBuilder(URI.create(client.origin() + FILES + "/images/" + name))
                        .timeout(Duration.ofSeconds(5))
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                        .build();
                HttpResponse<String> stored = http.send(put, HttpResponse.BodyHandlers.ofString());
                assertEquals(201, stored.statusCode(), stored.body());
                assertEquals(HttpClient.Version.HTTP_2, stored.version());
                assertArrayEquals(bytes, media.files().bytes(Folder.FOLDER_IMAGES, name));
            }
        }
        client = RestClient.http2(port);
        String upload = begin(bytes.length);
        assertEquals("0", header(tus("HEAD", upload, null), "Upload-Offset"));
        HttpResponse<byte[]> last =
                tus("PATCH", upload, bytes, "Content-Type", OFFSET_TYPE, "Upload-Offset", "0");
        assertEquals(204, last.statusCode());
        assertEquals("524288", header(last, "Upload-Offset"));
        assertEquals(204, tus("DELETE", begin(3), null).statusCode());
        assertArrayEquals(bytes, client.transfer("GET", FILES + "/images/b.img", null).body());
    }

    @Test
    void whatIsStoredInOneGoAndFailsLeavesNothing() throws Exception {
        media.files().failingAfter(0, Status.RESOURCE_EXHAUSTED.withDescription("the disk is full"), "storage-full");
        String answer = raw("PUT " + FILES + "/images/a.img HTTP/1.1", "Content-Length: 100000", new byte[10]);
        assertTrue(answer.startsWith("HTTP/1.1 507"), answer);
        assertTrue(answer.contains("urn:macemu:problem:storage-full"), answer);
        Await.until("the upload has ended", () -> media.files().uploadsUnderWay() == 0);
        assertNull(media.files().bytes(Folder.FOLDER_IMAGES, "a.img"));
    }

    /** Sends a request of which only the beginning ever comes, and reads until the connection ends. */
    private String raw(String requestLine, String headers, byte[] body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((requestLine + "\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n" + headers + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String metadata(String folder, String name, String... more) {
        Base64.Encoder base64 = Base64.getEncoder();
        String text = "folder " + base64.encodeToString(folder.getBytes(StandardCharsets.UTF_8)) + ",filename "
                + base64.encodeToString(name.getBytes(StandardCharsets.UTF_8));
        return more.length == 0 ? text : text + "," + more[0];
    }

    private HttpResponse<byte[]> tus(String method, String path, byte[] body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of("Tus-Resumable", "1.0.0"));
        all.addAll(List.of(headers));
        return client.transfer(method, path, body, all.toArray(String[]::new));
    }

    private String begin(int length) throws Exception {
        HttpResponse<byte[]> begun = tus(
                "POST", UPLOADS, null, "Upload-Length", String.valueOf(length), "Upload-Metadata",
                metadata("images", "a.img"));
        assertEquals(201, begun.statusCode(), new String(begun.body(), StandardCharsets.UTF_8));
        return header(begun, "Location");
    }

    @Test
    void anUploadGoesOnWhereItStopped() throws Exception {
        byte[] bytes = noise(3_000_000);
        String upload = begin(bytes.length);
        assertEquals("0", header(tus("HEAD", upload, null), "Upload-Offset"));
        HttpResponse<byte[]> first = tus(
                "PATCH", upload, Arrays.copyOf(bytes, 1_000_001), "Content-Type", OFFSET_TYPE, "Upload-Offset", "0");
        assertEquals(204, first.statusCode());
        assertEquals("1000001", header(first, "Upload-Offset"));
        assertEquals("1000001", header(tus("HEAD", upload, null), "Upload-Offset"));
        assertEquals("3000000", header(tus("HEAD", upload, null), "Upload-Length"));
        assertEquals(metadata("images", "a.img"), header(tus("HEAD", upload, null), "Upload-Metadata"));
        JsonNode listed = body(client.get(FILES)).at("/uploads/0");
        assertEquals(1_000_001, listed.path("offset").asInt());
        assertEquals(upload, listed.path("url").asText());
        HttpResponse<byte[]> last = tus(
                "PATCH", upload, Arrays.copyOfRange(bytes, 1_000_001, bytes.length), "Content-Type", OFFSET_TYPE,
                "Upload-Offset", "1000001");
        assertEquals("3000000", header(last, "Upload-Offset"));
        assertArrayEquals(bytes, media.files().bytes(Folder.FOLDER_IMAGES, "a.img"));
        problemOf(tus("PATCH", upload, new byte[1], "Content-Type", OFFSET_TYPE, "Upload-Offset", "3000000"), 404,
                "upload-unknown");
        assertEquals(204, tus("DELETE", begin(3), null).statusCode());
        assertEquals(0, media.files().uploadsUnderWay());
    }

    @Test
    void whatArrivedBeforeTheConnectionBrokeIsKept() throws Exception {
        String upload = begin(1_000_000);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(("PATCH " + upload + " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nContent-Type: "
                                    + OFFSET_TYPE + "\r\nUpload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(noise(100_000));
            socket.getOutputStream().flush();
            Await.until("the bytes have arrived", () -> media.files().bytesUnderWay() == 100_000);
        }
        Await.until("the upload may go on", () ->
                "100000".equals(header(tus("HEAD", upload, null), "Upload-Offset")));
    }

    @Test
    void tusTellsWhatItSpeaks() throws Exception {
        HttpResponse<byte[]> options = client.transfer("OPTIONS", UPLOADS, null);
        assertEquals(204, options.statusCode());
        assertEquals("creation,expiration,termination", header(options, "Tus-Extension"));
        assertEquals("8000000000", header(options, "Tus-Max-Size"));
        HttpResponse<byte[]> other = client.transfer("HEAD", UPLOADS + "/u-1", null, "Tus-Resumable", "0.2.0");
        assertEquals(412, other.statusCode());
        assertEquals("1.0.0", header(other, "Tus-Version"));
        assertEquals("OPTIONS, POST", header(client.get(UPLOADS), "Allow"));
        HttpResponse<String> get = client.get(UPLOADS + "/u-1");
        problem(get, 405, "method-not-allowed");
        assertEquals("DELETE, HEAD, PATCH", header(get, "Allow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "filename", "filename YQ==", "folder cm9tcw==", "folder dGFwZXM=,filename YQ==",
                "folder cm9tcw==,filename YQ==,filename Yg==", "folder cm9tcw==,filename ***",
                "folder cm9tcw==,filename /w==", "folder cm9tcw== x,filename YQ==", ",",
                "folder cm9tcw==,filename YQ==,overwrite eWVz"})
    void metadataThatNameNoFileAreRefused(String metadata) throws Exception {
        problemOf(tus("POST", UPLOADS, null, "Upload-Length", "3", "Upload-Metadata", metadata), 400, "invalid-request");
        assertEquals(List.of(), media.files().calls());
    }

    @Test
    void requestsThatDoNotFitReachNobody() throws Exception {
        String metadata = metadata("roms", "a.rom");
        for (String length : new String[] {"-1", "x", "1.5", "9999999999999999999"}) {
            problemOf(tus("POST", UPLOADS, null, "Upload-Length", length, "Upload-Metadata", metadata), 400,
                    "invalid-request");
        }
        problemOf(tus("POST", UPLOADS, null, "Upload-Metadata", metadata), 400, "invalid-request");
        problemOf(tus("PATCH", UPLOADS + "/u-1", new byte[3], "Upload-Offset", "0"), 415, "unsupported-media-type");
        problemOf(tus("PATCH", UPLOADS + "/u-1", new byte[3], "Content-Type", OFFSET_TYPE), 400, "invalid-request");
        for (String json : new String[] {
            "", "[]", "{}", "{\"name\":\"a.img\"}", "{\"name\":7,\"size\":1}", "{\"name\":\"a\",\"size\":\"1\"}",
            "{\"name\":\"a\",\"size\":1.5}", "{\"name\":\"a\",\"size\":1e30}", "{\"name\":\"a\",\"size\":1,\"x\":1}",
            "{\"name\":\"a\",\"size\":1,\"format\":7}", "{\"name\":\"a\",\"size\":1,\"size\":2}", "{\"name\":\"a\""
        }) {
            problem(client.json("POST", FILES + "/images", json), 400, "invalid-request");
        }
        problem(client.send("POST", FILES + "/images", "x", "Content-Type", "text/plain", "Origin", client.origin()),
                415, "unsupported-media-type");
        assertEquals(List.of(), media.files().calls());
    }

    @Test
    void otherSitesStoreNothing() throws Exception {
        String evil = "https://evil.example.org";
        problemOf(client.transfer("PUT", FILES + "/images/a.img", new byte[3], "Origin", evil), 403,
                "cross-site-request");
        problemOf(tus("POST", UPLOADS, null, "Upload-Length", "3", "Upload-Metadata", metadata("roms", "a"), "Origin",
                evil), 403, "cross-site-request");
        problemOf(client.transfer("DELETE", FILES + "/images/a.img", null, "Sec-Fetch-Site", "cross-site"), 403,
                "cross-site-request");
        assertEquals(List.of(), media.files().calls());
    }

    @Test
    void imagesAreCreatedAndFilesDeleted() throws Exception {
        HttpResponse<String> created = client.json(
                "POST", FILES + "/images", "{\"name\":\"My Games.img\",\"size\":512,\"format\":\"hfs\",\"label\":\"G\"}");
        assertEquals(201, created.statusCode());
        assertTrue(header(created, "Location").endsWith(FILES + "/images/My%20Games.img"), header(created, "Location"));
        assertNotNull(media.files().bytes(Folder.FOLDER_IMAGES, "My Games.img"));
        assertEquals(
                204,
                client.send("DELETE", FILES + "/images/My%20Games.img", null, "If-Match", "\"tag-512\"").statusCode());
        problem(client.send("DELETE", FILES + "/images/My%20Games.img", null), 404, "file-unknown");
        problem(client.send("DELETE", FILES + "/tapes/a", null), 400, "invalid-request");
        assertEquals(
                List.of("create My Games.img 512 hfs G", "delete My Games.img tag-512", "delete My Games.img "),
                media.files().calls());
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, file-name-invalid, 400",
        "INVALID_ARGUMENT, invalid-request, 400",
        "NOT_FOUND, file-unknown, 404",
        "NOT_FOUND, upload-unknown, 404",
        "ALREADY_EXISTS, file-exists, 409",
        "FAILED_PRECONDITION, file-in-use, 409",
        "FAILED_PRECONDITION, precondition-failed, 412",
        "FAILED_PRECONDITION, format-unavailable, 409",
        "OUT_OF_RANGE, file-too-large, 413",
        "OUT_OF_RANGE, upload-offset-mismatch, 409",
        "RESOURCE_EXHAUSTED, storage-full, 507",
        "RESOURCE_EXHAUSTED, too-many-uploads, 429",
        "ABORTED, upload-taken-over, 409",
        "UNAVAILABLE, storage-unavailable, 503",
        "INTERNAL, , 502",
        "UNIMPLEMENTED, , 502",
        "UNKNOWN, a-problem-of-tomorrow, 502"
    })
    void everyRefusalOfTheStorageIsAProblem(Status.Code code, String problem, int status) throws Exception {
        media.files().failing(code.toStatus().withDescription("words for a person"), problem);
        String type = status == 502 ? "media-failed" : problem;
        for (HttpResponse<byte[]> response : List.of(
                client.transfer("GET", FILES, null),
                client.transfer("GET", FILES + "/images/a.img", null),
                client.transfer("PUT", FILES + "/images/a.img", new byte[3]),
                client.transfer("DELETE", FILES + "/images/a.img", null),
                tus("POST", UPLOADS, null, "Upload-Length", "3", "Upload-Metadata", metadata("images", "a.img")),
                tus("DELETE", UPLOADS + "/u-1", null))) {
            assertTrue(problemOf(response, status, type).contains("words for a person"));
        }
        assertEquals(status, tus("HEAD", UPLOADS + "/u-1", null).statusCode());
    }

    @Test
    void withoutAMediaServiceThereAreNoFiles() throws Exception {
        media.close();
        problem(client.get(FILES), 503, "media-unavailable");
        problemOf(client.transfer("GET", FILES + "/images/a.img", null), 503, "media-unavailable");
        problemOf(client.transfer("PUT", FILES + "/images/a.img", new byte[3]), 503, "media-unavailable");
        problemOf(tus("PATCH", UPLOADS + "/u-1", new byte[3], "Content-Type", OFFSET_TYPE, "Upload-Offset", "0"), 503,
                "media-unavailable");
        media = ScriptedMedia.start(mediaPort);
        assertFalse(body(client.get(FILES)).path("files").iterator().hasNext());
    }
}
