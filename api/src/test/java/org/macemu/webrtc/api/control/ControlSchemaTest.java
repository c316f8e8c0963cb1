package org.macemu.webrtc.api.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Request;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/** The published schema, the sealed hierarchy and the codec describe one protocol. */
class ControlSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = load();
    private static final JsonNode SCHEMA = parse(TEXT);
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.schemaLoaders(
                    loaders -> loaders.schemas(Map.of(SCHEMA.get("$id").textValue(), TEXT))));

    private static String load() {
        try (InputStream in = ControlMessage.class.getResourceAsStream("/schema/control-protocol.schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static JsonSchema definition(String name) {
        return SCHEMAS.getSchema(SchemaLocation.of(SCHEMA.get("$id").textValue() + "#/$defs/" + name));
    }

    private static Set<ValidationMessage> validate(String definition, String json) {
        return definition(definition).validate(parse(json));
    }

    static List<ControlMessages.Documented> documented() {
        return ControlMessages.documented();
    }

    @Test
    void theSchemaIsAValidSchema() {
        JsonSchema meta = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(SchemaLocation.of(SchemaId.V202012));
        assertEquals(Set.of(), meta.validate(SCHEMA));
    }

    @ParameterizedTest
    @MethodSource("documented")
    void everyMessageThatIsWrittenIsValid(ControlMessages.Documented d) {
        String line = new String(ControlCodec.encode(d.message()), StandardCharsets.UTF_8);
        String name = d.message().getClass().getSimpleName();
        assertEquals(Set.of(), validate(name, line));
        for (Class<?> direction : List.of(ToEmulator.class, FromEmulator.class, Input.class, Request.class)) {
            assertEquals(
                    direction.isInstance(d.message()),
                    validate(direction.getSimpleName(), line).isEmpty(),
                    name + " in " + direction.getSimpleName());
        }
        assertEquals(Set.of(), SCHEMAS.getSchema(SCHEMA).validate(parse(line)), "the schema as a whole");
    }

    @Test
    void theSchemaDefinesExactlyTheMessagesOfTheHierarchy() {
        Set<String> defined = new TreeSet<>();
        SCHEMA.get("$defs").fieldNames().forEachRemaining(name -> {
            if (Character.isUpperCase(name.charAt(0)) && SCHEMA.at("/$defs/" + name).has("properties")) {
                defined.add(name);
            }
        });
        assertEquals(names(ControlMessage.class), defined);
    }

    @ParameterizedTest
    @ValueSource(classes = {ToEmulator.class, FromEmulator.class, Input.class, Request.class})
    void theSchemaGroupsThemAsTheHierarchyDoes(Class<?> sealed) {
        assertEquals(
                names(sealed), referenced(sealed.getSimpleName()).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Set<String> names(Class<?> sealed) {
        return ControlMessages.records(sealed).map(Class::getSimpleName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> referenced(String definition) {
        JsonNode choice = SCHEMA.at("/$defs/" + definition + "/oneOf");
        return choice.isMissingNode()
                ? Stream.of(definition)
                : choice.valueStream()
                        .map(ref -> ref.get("$ref").textValue().substring("#/$defs/".length()))
                        .flatMap(ControlSchemaTest::referenced);
    }

    @ParameterizedTest
    @MethodSource("documented")
    void everyDocumentedFieldIsRequiredAndNoOtherIsWritten(ControlMessages.Documented d) {
        ObjectNode line = (ObjectNode) parse(d.line());
        String name = d.message().getClass().getSimpleName();
        JsonNode required = SCHEMA.at("/$defs/" + name + "/required");
        required.forEach(field -> {
            ObjectNode without = line.deepCopy();
            without.remove(field.textValue());
            assertFalse(validate(name, without.toString()).isEmpty(), name + " without " + field);
        });
        boolean open = SCHEMA.at("/$defs/" + name + "/additionalProperties").booleanValue();
        assertEquals(open, validate(name, line.deepCopy().put("surplus", 1).toString()).isEmpty());
    }

    /** The bounds in the schema are the bounds of the codec: the edge is read, one beyond it is refused. */
    @ParameterizedTest
    @MethodSource("documented")
    void theSchemaAndTheCodecAgreeOnEveryBound(ControlMessages.Documented d) throws ControlProtocolException {
        if (!(d.message() instanceof Input)) {
            return;
        }
        String name = d.message().getClass().getSimpleName();
        int bounds = 0;
        for (Map.Entry<String, JsonNode> property : SCHEMA.at("/$defs/" + name + "/properties").properties()) {
            JsonNode rule = property.getValue();
            if (rule.has("$ref")) {
                rule = SCHEMA.at(rule.get("$ref").textValue().substring(1));
            }
            if (!rule.has("minimum")) {
                continue;
            }
            int min = rule.get("minimum").intValue();
            int max = rule.get("maximum").intValue();
            for (int value : new int[] {min - 1, min, max, max + 1}) {
                ObjectNode line = ((ObjectNode) parse(d.line())).put(property.getKey(), value);
                boolean inside = value >= min && value <= max;
                assertEquals(inside, validate(name, line.toString()).isEmpty(), line.toString());
                byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
                if (inside) {
                    ControlCodec.decodeInput(bytes);
                } else {
                    assertThrows(
                            ControlProtocolException.class, () -> ControlCodec.decodeInput(bytes), line.toString());
                }
                bounds++;
            }
        }
        assertTrue(bounds > 0, name + " has bounded numbers");
    }
}
