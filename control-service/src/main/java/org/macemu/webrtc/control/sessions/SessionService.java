package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.net.SocketAddress;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.macemu.webrtc.control.client.MediaClient;
import org.macemu.webrtc.control.client.PodNames;
import org.macemu.webrtc.control.config.ControlConfig;

/** Starts and ends the sessions with the service, where they are configured; asks for their audience. */
@Singleton
public class SessionService {

    private final SessionsConfig config;
    private final ControlConfig control;
    private final Instance<KubernetesClient> client;
    private final MediaClient media;
    private final PodNames names;
    private Sessions sessions;
    private IdleCheck idle;

    @Inject
    SessionService(
            SessionsConfig config, ControlConfig control, Instance<KubernetesClient> client, MediaClient media) {
        this.config = config;
        this.control = control;
        this.client = client;
        this.media = media;
        this.names = new PodNames(config.service() + "." + config.namespace() + ".svc", config.mediaPort());
    }

    void onStart(@Observes StartupEvent event) {
        if (!config.enabled()) {
            return;
        }
        Path pattern = config.template()
                .filter(folder -> Files.isReadable(folder.resolve("statefulset.yaml")))
                .orElseThrow(() -> new ConfigurationException("control-service: macemu.sessions.template is "
                        + config.template().map(Path::toString).orElse("missing")
                        + "; a folder with statefulset.yaml, claim.yaml and services.yaml is expected."));
        // Made only here: without sessions nothing looks for a cluster.
        sessions = new Sessions(
                client.get(), config, pattern, control.access().session(), Clock.systemUTC());
        sessions.start();
        idle = new IdleCheck(sessions, media, names, config.idleCheck());
    }

    /** Empty where sessions are not configured. */
    public Optional<Sessions> sessions() {
        return Optional.ofNullable(sessions);
    }

    /** Where a session's media-service is; empty while its Mac does not run. Never blocks. */
    public Optional<SocketAddress> target(String session) throws SessionFailure {
        Optional<String> address = sessions == null ? Optional.empty() : sessions.address(session);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(names.target(address.get()));
        } catch (UnknownHostException e) {
            throw new SessionFailure(SessionFailure.Kind.CLUSTER_REFUSED, e.getMessage(), e);
        }
    }

    @PreDestroy
    void close() {
        if (idle != null) {
            idle.close();
        }
        if (sessions != null) {
            sessions.close();
        }
    }
}
