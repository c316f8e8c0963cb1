package org.macemu.webrtc.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;

/** The description of the API, read by a parser that did not write it. */
@QuarkusTest
@QuarkusTestResource(MediaAddress.class)
class OpenApiIT {

    @ConfigProperty(name = "quarkus.http.port")
    int port;

    @ParameterizedTest
    @CsvSource({
        "/q/openapi, , yaml",
        "/api/v1/openapi, , yaml",
        "/api/v1/openapi.yaml, , yaml",
        "/api/v1/openapi, application/json, json",
        "/api/v1/openapi.json, , json",
        "/q/openapi.json, , json"
    })
    void isServedAndValid(String path, String accept, String format) throws Exception {
        RestClient client = new RestClient(port);
        HttpResponse<String> response = accept == null ? client.get(path) : client.get(path, "Accept", accept);
        assertEquals(200, response.statusCode());
        assertEquals(format.equals("json"), response.body().startsWith("{"), path);
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(response.body());
        assertEquals(List.of(), result.getMessages());
        assertNotNull(result.getOpenAPI());
    }

    @Test
    void canBeReadInABrowserWithoutAnythingFromElsewhere() throws Exception {
        RestClient client = new RestClient(port);
        for (String path : new String[] {"/reference", "/reference/", "/reference/index.html"}) {
            HttpResponse<String> page = client.get(path);
            assertEquals(200, page.statusCode(), path);
            assertTrue(header(page, "Content-Type").startsWith("text/html"), header(page, "Content-Type"));
            // The policy of every page, which allows nothing inline.
            assertEquals(
                    header(client.get("/"), "Content-Security-Policy"), header(page, "Content-Security-Policy"), path);
            Matcher file = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(page.body());
            Set<String> files = new TreeSet<>();
            while (file.find()) {
                files.add(file.group(1));
            }
            assertEquals(
                    Set.of(
                            "/favicon.svg",
                            "/reference/reference.css",
                            "/reference/reference.js",
                            "/reference/swagger-ui-bundle.js",
                            "/reference/swagger-ui.css"),
                    files);
            for (String name : files) {
                HttpResponse<String> response = client.get(name);
                assertEquals(200, response.statusCode(), name);
                String type =
                        name.endsWith(".js") ? "text/javascript" : name.endsWith(".css") ? "text/css" : "image/svg+xml";
                assertTrue(header(response, "Content-Type").startsWith(type), name + header(response, "Content-Type"));
            }
        }
        assertTrue(client.get("/reference/reference.js").body().contains("url: '/api/v1/openapi.json'"));
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("missing");
    }

    @Test
    void namesEveryOperationAndItsProblems() throws Exception {
        OpenAPI api = new OpenAPIV3Parser()
                .readContents(new RestClient(port).get("/api/v1/openapi.json").body())
                .getOpenAPI();
        Set<String> operations = new TreeSet<>();
        api.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
            operations.add(method + " " + path + " " + operation.getOperationId());
            assertTrue(operation.getSummary() != null && operation.getTags() != null, path);
            assertEquals(
                    "#/components/responses/Problem", operation.getResponses().getDefault().get$ref(), path);
        }));
        assertEquals(
                Set.of(
                        "DELETE /api/v1/viewers/{id} disconnectViewer",
                        "GET /api/v1/screenshot getScreenshot",
                        "GET /api/v1/viewers listViewers",
                        "GET /api/v1/login login",
                        "PATCH /api/v1/viewers/{id} changeViewer",
                        "POST /api/v1/input sendInput",
                        "GET /api/config unversionedGetConfig",
                        "GET /api/screenshot unversionedGetScreenshot",
                        "GET /api/status unversionedGetStatus",
                        "GET /api/storage unversionedGetStorage",
                        "POST /api/config unversionedPostConfig",
                        "POST /api/emulator/restart unversionedPostEmulatorRestart",
                        "POST /api/emulator/start unversionedPostEmulatorStart",
                        "POST /api/emulator/stop unversionedPostEmulatorStop",
                        "POST /api/restart unversionedPostRestart",
                        "POST /api/v1/session openSession",
                        "DELETE /api/v1/session closeSession",
                        "POST /api/v1/invitations invite",
                        "GET /api/v1/sessions listSessions",
                        "POST /api/v1/sessions createSession",
                        "GET /api/v1/sessions/{name} getSession",
                        "DELETE /api/v1/sessions/{name} deleteSession",
                        "POST /api/v1/sessions/{name}/resume resumeSession",
                        "POST /api/v1/sessions/{name}/stop stopSession",
                        "POST /api/v1/sessions/{name}/suspend suspendSession",
                        "POST /api/v1/sessions/{name}/visits visitSession",
                        "GET /api/v1/config getConfig",
                        "GET /api/v1/connection getConnection",
                        "GET /api/v1/status getStatus",
                        "GET /api/v1/storage getStorage",
                        "PATCH /api/v1/config changeConfig",
                        "GET /api/v1/storage/files listFiles",
                        "POST /api/v1/storage/files/images createImage",
                        "DELETE /api/v1/storage/files/{folder}/{name} deleteFile",
                        "GET /api/v1/storage/files/{folder}/{name} downloadFile",
                        "HEAD /api/v1/storage/files/{folder}/{name} inspectFile",
                        "PUT /api/v1/storage/files/{folder}/{name} storeFile",
                        "OPTIONS /api/v1/storage/uploads uploadCapabilities",
                        "POST /api/v1/storage/uploads beginUpload",
                        "HEAD /api/v1/storage/uploads/{id} inspectUpload",
                        "PATCH /api/v1/storage/uploads/{id} continueUpload",
                        "DELETE /api/v1/storage/uploads/{id} cancelUpload",
                        "POST /api/emulator/reset unversionedPostEmulatorReset",
                        "POST /api/v1/emulator/start startEmulator",
                        "POST /api/v1/emulator/stop stopEmulator",
                        "POST /api/v1/emulator/restart restartMac",
                        "POST /api/v1/emulator/reset resetMac",
                        "GET /api/v1/emulator/log getEmulatorLog",
                        "POST /api/v1/restart restartEmulator",
                        "POST /api/v1/shutdown shutdownEmulator"),
                operations);
        Operation patch = api.getPaths().get("/api/v1/config").getPatch();
        assertEquals(
                Set.of("application/json", "application/merge-patch+json"),
                patch.getRequestBody().getContent().keySet());
        assertTrue(api.getComponents().getResponses().get("Problem").getContent()
                .containsKey("application/problem+json"));
    }
}
