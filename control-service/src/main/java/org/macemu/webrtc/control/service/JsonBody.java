package org.macemu.webrtc.control.service;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** The body of a request that is one JSON object, names each key once and is followed by nothing. */
public final class JsonBody {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /**
     * Reads it.
     *
     * @param body may be null
     * @param expected an object that would fit, for whoever sent something else
     * @throws InvalidRequest when it is something else
     */
    public static JsonNode object(byte[] body, String expected) throws InvalidRequest {
        try {
            JsonNode root = body == null ? null : JSON.readTree(body);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            throw new InvalidRequest("The body is not JSON that can be read; " + expected + " is expected.");
        }
        throw new InvalidRequest("The body is no object; " + expected + " is expected.");
    }
}
