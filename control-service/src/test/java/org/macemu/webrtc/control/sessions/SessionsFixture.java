package org.macemu.webrtc.control.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings as the chart gives them, and requests. */
final class SessionsFixture {

    static final Duration IDLE = Duration.ofMinutes(30);
    static final int FIRST_PORT = 30200;
    static final int FIRST_EDGE_PORT = 8200;
    static final int MAX_EDGES = 5;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SessionsFixture() {}

    /** A body in which ' stands for ". */
    static JsonNode body(String json) throws IOException {
        return JSON.readTree(json.replace('\'', '"'));
    }

    static SessionsConfig config(Path pattern, int max) {
        return config(pattern, max, MAX_EDGES);
    }

    static SessionsConfig config(Path pattern, int max, int maxEdges) {
        return new SessionsConfig() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public Optional<Path> template() {
                return Optional.of(pattern);
            }

            @Override
            public String namespace() {
                return TestCluster.NAMESPACE;
            }

            @Override
            public String release() {
                return "mac";
            }

            @Override
            public String service() {
                return "mac-macemu-webrtc-sessions";
            }

            @Override
            public int max() {
                return max;
            }

            @Override
            public Duration idleTimeout() {
                return IDLE;
            }

            @Override
            public Duration idleCheck() {
                return Duration.ofSeconds(30);
            }

            @Override
            public int firstPort() {
                return FIRST_PORT;
            }

            @Override
            public int lastPort() {
                return FIRST_PORT + max - 1;
            }

            @Override
            public int mediaPort() {
                return 8010;
            }

            @Override
            public Edges edges() {
                return new Edges() {
                    @Override
                    public int max() {
                        return maxEdges;
                    }

                    @Override
                    public int firstPort() {
                        return FIRST_EDGE_PORT;
                    }
                };
            }
        };
    }
}
