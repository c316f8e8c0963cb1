package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Says in the cluster's own journal ({@code kubectl get events}) what became of a session and why. An event that cannot
 * be written is written to the log alone. Stateless, thread-safe.
 */
final class SessionEvents {

    private static final Logger LOG = Logger.getLogger(SessionEvents.class);
    private static final String COMPONENT = "macemu-control-service";
    private static final int MAX_MESSAGE = 1000;

    private final KubernetesClient client;

    SessionEvents(KubernetesClient client) {
        this.client = client;
    }

    /** Something as it should be. */
    void note(StatefulSet set, String reason, String message) {
        write(set, "Normal", reason, message);
    }

    /** Something that keeps a Mac from running. */
    void warn(StatefulSet set, String code, String message) {
        write(set, "Warning", camelCase(code), message);
    }

    /** Reasons of events are single words: {@code claim-in-use} is {@code ClaimInUse}. */
    private static String camelCase(String code) {
        return Arrays.stream(code.split("-"))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }

    private void write(StatefulSet set, String type, String reason, String message) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String name = set.getMetadata().getName();
        try {
            client.resource(new EventBuilder()
                            .withNewMetadata()
                            .withName(name + "." + UUID.randomUUID().toString().replace("-", "").substring(0, 16))
                            .withNamespace(set.getMetadata().getNamespace())
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion("apps/v1")
                            .withKind("StatefulSet")
                            .withName(name)
                            .withNamespace(set.getMetadata().getNamespace())
                            .withUid(set.getMetadata().getUid())
                            .endInvolvedObject()
                            .withType(type)
                            .withReason(reason)
                            .withMessage(message.substring(0, Math.min(message.length(), MAX_MESSAGE)))
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .withNewSource()
                            .withComponent(COMPONENT)
                            .endSource()
                            .withReportingComponent(COMPONENT)
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.debugf("The event %s of %s is not written: %s", reason, name, e.getMessage());
        }
    }
}
