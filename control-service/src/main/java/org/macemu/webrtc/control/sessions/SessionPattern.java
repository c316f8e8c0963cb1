package org.macemu.webrtc.control.sessions;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The objects of a Mac and of its edges, made after the chart's pattern, which is read again for each: an upgrade of the
 * chart holds for every Mac that is started after it. Stateless, thread-safe.
 */
final class SessionPattern {

    private static final String MEDIA = "media";
    private static final String EMULATOR = "emulator";
    private static final String DISKS = "disks";
    private static final String RTC = "rtc-";
    private static final String ORIGIN = "MACEMU_EDGE_ORIGIN";

    private final KubernetesClient client;
    private final Path folder;

    SessionPattern(KubernetesClient client, Path folder) {
        this.client = client;
        this.folder = folder;
    }

    /** Name of a session's StatefulSet. */
    String objectName(String session) throws IOException {
        return read("statefulset.yaml", StatefulSet.class).getMetadata().getName() + session;
    }

    /** The StatefulSet of a new session, without a pod; its template is written when it is started. */
    StatefulSet statefulSet(NewSession wanted, Map<String, String> annotations) throws IOException {
        StatefulSet set = read("statefulset.yaml", StatefulSet.class);
        String name = set.getMetadata().getName() + wanted.name();
        name(set, name, wanted.name());
        set.getMetadata().setAnnotations(new HashMap<>(annotations));
        set.getSpec().setReplicas(0);
        MacSession session = MacSession.of(set, Duration.ZERO);
        labelled(set.getSpec().getSelector(), session);
        set.getSpec().setTemplate(podTemplate(session));
        return set;
    }

    /** The pod of a session as the pattern is now. */
    PodTemplateSpec podTemplate(MacSession session) throws IOException {
        PodTemplateSpec template =
                read("statefulset.yaml", StatefulSet.class).getSpec().getTemplate();
        template.getMetadata().setLabels(labelled(template.getMetadata().getLabels(), session));
        PodSpec spec = template.getSpec();
        for (Volume volume : spec.getVolumes()) {
            if (volume.getName().equals(DISKS) && volume.getPersistentVolumeClaim() != null) {
                volume.getPersistentVolumeClaim().setClaimName(session.claim());
            }
        }
        containers(spec).forEach(container -> {
            switch (container.getName()) {
                case MEDIA -> port(container, session.port());
                case EMULATOR -> container.setArgs(arguments(container.getArgs(), session));
                default -> {
                    // A container that the chart's pattern does not have stays as somebody wrote it.
                }
            }
        });
        return template;
    }

    /** The claim of a session's disks. */
    PersistentVolumeClaim claim(MacSession session) throws IOException {
        PersistentVolumeClaim claim = read("claim.yaml", PersistentVolumeClaim.class);
        name(claim, session.claim(), session.name());
        session.diskSize()
                .ifPresent(size -> claim.getSpec()
                        .getResources()
                        .setRequests(Map.of("storage", new Quantity(size))));
        return claim;
    }

    /** Services of a session's media port, none with some exposures; they go with the StatefulSet. */
    List<Service> services(MacSession session, StatefulSet owner) throws IOException {
        List<Service> services = new ArrayList<>();
        for (HasMetadata item : owned("services.yaml", session, owner)) {
            if (item instanceof Service service) {
                services.add(service(service, session));
            }
        }
        return services;
    }

    private static Service service(Service service, MacSession session) {
        service.getSpec().setSelector(labelled(service.getSpec().getSelector(), session));
        for (ServicePort port : service.getSpec().getPorts()) {
            port.setPort(session.port());
            port.setTargetPort(new IntOrString(session.port()));
            if (port.getNodePort() != null) {
                port.setNodePort(session.port());
            }
        }
        return service;
    }

    /**
     * A session's edges: a Deployment and what belongs to it; they go with the StatefulSet.
     *
     * @param count as many at most; where the chart has no autoscaler, always
     * @param port their media port; 0: the pattern's
     */
    List<HasMetadata> edges(MacSession session, StatefulSet owner, int count, int port) throws IOException {
        List<HasMetadata> objects = owned("edges.yaml", session, owner);
        boolean autoscaled = objects.stream().anyMatch(HorizontalPodAutoscaler.class::isInstance);
        for (HasMetadata object : objects) {
            switch (object) {
                case Deployment deployment -> {
                    deployment.getSpec().setReplicas(autoscaled ? null : Integer.valueOf(count));
                    edgePods(deployment.getSpec(), session, port);
                }
                case HorizontalPodAutoscaler autoscaler -> {
                    HorizontalPodAutoscalerSpec spec = autoscaler.getSpec();
                    spec.setMinReplicas(Math.min(spec.getMinReplicas(), count));
                    spec.setMaxReplicas(count);
                    spec.getScaleTargetRef()
                            .setName(session.object() + "-" + spec.getScaleTargetRef().getName());
                }
                case PodDisruptionBudget budget -> labelled(budget.getSpec().getSelector(), session);
                case Service service ->
                    service.getSpec().setSelector(labelled(service.getSpec().getSelector(), session));
                default -> {
                    // What somebody added to the pattern is made as it is.
                }
            }
        }
        return objects;
    }

    private static void edgePods(DeploymentSpec spec, MacSession session, int port) {
        labelled(spec.getSelector(), session);
        ObjectMeta metadata = spec.getTemplate().getMetadata();
        metadata.setLabels(labelled(metadata.getLabels(), session));
        PodSpec pod = spec.getTemplate().getSpec();
        pod.getTopologySpreadConstraints().forEach(spread -> labelled(spread.getLabelSelector(), session));
        for (Container container : pod.getContainers()) {
            port(container, port);
            for (EnvVar variable : container.getEnv()) {
                if (variable.getName().equals(ORIGIN)) {
                    variable.setValue(session.pod() + "." + variable.getValue());
                }
            }
        }
    }

    private static void labelled(LabelSelector selector, MacSession session) {
        selector.setMatchLabels(labelled(selector.getMatchLabels(), session));
    }

    private static Map<String, String> labelled(Map<String, String> labels, MacSession session) {
        Map<String, String> more = new HashMap<>(labels);
        more.put(MacSession.LABEL, session.name());
        return more;
    }

    /** Objects of a file with several, which the StatefulSet owns. */
    private List<HasMetadata> owned(String file, MacSession session, StatefulSet owner) throws IOException {
        List<HasMetadata> objects;
        try (InputStream yaml = Files.newInputStream(folder.resolve(file))) {
            objects = client.load(yaml).items();
        }
        for (HasMetadata object : objects) {
            name(object, session.object() + "-" + object.getMetadata().getName(), session.name());
            object.getMetadata()
                    .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                            .withApiVersion(owner.getApiVersion())
                            .withKind(owner.getKind())
                            .withName(owner.getMetadata().getName())
                            .withUid(owner.getMetadata().getUid())
                            .build()));
        }
        return objects;
    }

    private <T extends HasMetadata> T read(String file, Class<T> type) throws IOException {
        Path path = folder.resolve(file);
        try (InputStream yaml = Files.newInputStream(path)) {
            return client.getKubernetesSerialization().unmarshal(yaml, type);
        } catch (IllegalArgumentException e) {
            throw new IOException("the pattern " + path + " is no " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static void name(HasMetadata object, String name, String session) {
        ObjectMeta metadata = object.getMetadata();
        Map<String, String> labels = new HashMap<>(metadata.getLabels());
        labels.put(MacSession.LABEL, session);
        metadata.setName(name);
        metadata.setLabels(labels);
    }

    private static Stream<Container> containers(PodSpec spec) {
        return Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream());
    }

    private static void port(Container container, int port) {
        if (port == 0) {
            return;
        }
        for (EnvVar variable : container.getEnv()) {
            if (variable.getName().equals("MACEMU_RTC_PORT")) {
                variable.setValue(Integer.toString(port));
            }
        }
        for (ContainerPort declared : container.getPorts()) {
            if (declared.getName() != null && declared.getName().startsWith(RTC)) {
                declared.setContainerPort(port);
                if (declared.getHostPort() != null) {
                    declared.setHostPort(port);
                }
            }
        }
    }

    /** The pattern's arguments with the session's own values for --screen and --rom. */
    private static List<String> arguments(List<String> pattern, MacSession session) {
        List<String> arguments = new ArrayList<>(pattern);
        session.screen().ifPresent(screen -> option(arguments, "--screen", screen));
        session.rom().ifPresent(rom -> option(arguments, "--rom", rom));
        return arguments;
    }

    private static void option(List<String> arguments, String option, String value) {
        int at = arguments.indexOf(option);
        if (at >= 0 && at + 1 < arguments.size()) {
            arguments.set(at + 1, value);
        } else {
            arguments.addAll(List.of(option, value));
        }
    }
}
