package org.macemu.webrtc.control.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The API's own description (OpenAPI 3.1, whose schemas are JSON Schema 2020-12), held against what it answers: the status
 * must be described, the media type, the headers, and the body must fit its schema.
 */
public final class Contract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private final JsonNode api;

    public Contract(String openApiJson) throws IOException {
        this.api = JSON.readTree(openApiJson);
        assertTrue(api.path("openapi").asText().startsWith("3.1."), api.path("openapi").asText());
    }

    /** Fails when the answer is not as described. Answers to what is not in the description can only be problems. */
    public void check(String method, String path, int status, HttpHeaders headers, byte[] body) throws IOException {
        String plain = path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
        JsonNode operation = operation(method, plain);
        String where = method + " " + plain + " -> " + status;
        if (operation.isMissingNode()) {
            assertTrue(status >= 400 || method.equals("HEAD") || method.equals("OPTIONS") || unlisted(plain), where
                    + " succeeds and is not described");
            return;
        }
        JsonNode responses = operation.path("responses");
        JsonNode described = responses.path(String.valueOf(status));
        if (described.isMissingNode()) {
            assertTrue(status >= 400, where + " is not described");
            described = responses.path("default");
        }
        described = resolve(described);
        assertTrue(described.isObject(), where + " is not described");
        checkHeaders(where, described.path("headers"), headers);
        JsonNode content = described.path("content");
        if (method.equals("HEAD") || body.length == 0) {
            assertTrue(method.equals("HEAD") || content.isEmpty(), () -> where + " has no body");
            return;
        }
        String type = headers.firstValue("Content-Type").orElse("missing").replaceAll(";.*", "");
        // "As there" of the unversioned endpoints is described there.
        if (content.isMissingNode() && operation.path("deprecated").asBoolean()) {
            return;
        }
        assertTrue(content.has(type), where + " is " + type + ", described are " + content);
        JsonNode schema = content.path(type).path("schema");
        if (type.endsWith("json")) {
            assertTrue(schema.isObject(), where + " has no schema");
            checkValue(where, schema, JSON.readTree(body));
        }
    }

    /** Descriptions of the API, health and files, which are not part of it. */
    private static boolean unlisted(String path) {
        return !path.startsWith("/api/") || path.startsWith("/api/v1/openapi");
    }

    private void checkHeaders(String where, JsonNode described, HttpHeaders headers) {
        described.properties().forEach(header -> {
            String value = headers.firstValue(header.getKey())
                    .orElseGet(() -> fail(where + " has no header " + header.getKey()));
            checkValue(where + " " + header.getKey(), resolve(header.getValue()).path("schema"), TextNode.valueOf(value));
        });
    }

    private void checkValue(String where, JsonNode schema, JsonNode value) {
        ObjectNode document = JSON.createObjectNode();
        document.putArray("allOf").add(schema);
        document.set("components", api.path("components"));
        Set<ValidationMessage> found = SCHEMAS.getSchema(document).validate(value);
        assertEquals(Set.of(), found, () -> where + ": " + found + "\n" + value);
    }

    private JsonNode operation(String method, String path) {
        List<JsonNode> found = new ArrayList<>();
        api.path("paths").properties().forEach(entry -> {
            String template = Pattern.compile("\\{[^}]*}").matcher(entry.getKey()).replaceAll("{}");
            StringBuilder regex = new StringBuilder();
            for (String literal : template.split("\\{}", -1)) {
                regex.append(regex.isEmpty() ? "" : "[^/]+").append(Pattern.quote(literal));
            }
            JsonNode operation = entry.getValue().path(method.toLowerCase(Locale.ROOT));
            if (path.matches(regex.toString()) && operation.isObject()) {
                found.add(entry.getKey().contains("{") ? found.size() : 0, operation);
            }
        });
        return found.isEmpty() ? JSON.missingNode() : found.getFirst();
    }

    private JsonNode resolve(JsonNode node) {
        String reference = node.path("$ref").asText("");
        return reference.isEmpty() ? node : api.at(reference.substring(1));
    }

    /** For bodies as text. */
    public void check(String method, String path, int status, HttpHeaders headers, String body) throws IOException {
        check(method, path, status, headers, body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8));
    }
}
