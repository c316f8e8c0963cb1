package org.macemu.webrtc.control.sessions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings as the chart gives them. */
final class SessionsFixture {

    static final Duration IDLE = Duration.ofMinutes(30);
    static final int FIRST_PORT = 30200;
    static final int FIRST_EDGE_PORT = 8200;
    static final int MAX_EDGES = 5;

    private SessionsFixture() {}

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
