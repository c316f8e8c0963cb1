package org.macemu.webrtc.control.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A server that asks for tokens. */
public class AccessKeyFile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        try {
            Path file = Files.createTempFile("access", ".key");
            file.toFile().deleteOnExit();
            Files.writeString(file, "q".repeat(43) + "\n");
            return Map.of("macemu.access.key-file", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
