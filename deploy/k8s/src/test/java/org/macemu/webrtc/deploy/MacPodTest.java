package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.deploy.Rendered.Pod;

/** The Mac's pod: what its two containers share, in which order they start, and where browsers find them. */
class MacPodTest {

    private static final String OPEN = "access: {open: true}\n";
    private static final String NAME = "mac-macemu-webrtc-mac";

    private static Pod pod(Rendered rendered) {
        return rendered.pods().stream()
                .filter(pod -> pod.title().equals("StatefulSet/" + NAME))
                .findFirst()
                .orElseThrow();
    }

    private static String mount(JsonNode container, String path) {
        for (JsonNode mount : container.path("volumeMounts")) {
            if (mount.path("mountPath").asText().equals(path)) {
                return mount.path("name").asText() + "/" + mount.path("subPath").asText();
            }
        }
        return "none";
    }

    @Test
    void bothContainersShareMemoryAndSocketAndUser() {
        Pod pod = pod(Chart.render(OPEN));
        JsonNode emulator = pod.container("emulator");
        JsonNode media = pod.container("media");
        for (String path : List.of("/dev/shm", "/run/macemu")) {
            assertEquals(mount(media, path), mount(emulator, path), path);
            assertFalse(mount(media, path).equals("none"), path);
        }
        assertFalse(mount(media, "/tmp").equals(mount(emulator, "/tmp")), "/tmp is each container's own");
        assertEquals("/run/macemu/control.sock", pod.env("media", "MACEMU_CONTROL_SOCK"));
        assertEquals("/run/macemu/control.sock", pod.env("emulator", "MACEMU_CONTROL_SOCK"));
        for (JsonNode container : List.of(emulator, media)) {
            assertFalse(container.path("securityContext").has("runAsUser"), "the pod's user is that of both");
        }
    }

    /** Three pictures of the greatest screen fit, and the media-service is told the same size. */
    @ParameterizedTest
    @CsvSource({"1920,1080", "640,480", "3840,2160", "7680,4320"})
    void sharedMemoryHoldsThreePictures(int width, int height) {
        Pod pod = pod(Chart.render(OPEN + "mac: {screen: {width: 512, height: 342}, maxScreen: {width: " + width
                + ", height: " + height + "}}"));
        long picture = 4L * width * height;
        assertEquals(Long.toString(picture), pod.env("media", "MACEMU_SHM_MAX_FRAME_SIZE"));
        JsonNode shm = null;
        for (JsonNode volume : pod.spec().path("volumes")) {
            shm = volume.path("name").asText().equals("shm") ? volume.path("emptyDir") : shm;
        }
        assertEquals("Memory", shm.path("medium").asText());
        long mebibytes = Long.parseLong(shm.path("sizeLimit").asText().replace("Mi", ""));
        assertTrue(mebibytes << 20 >= 3 * picture + 65_568 + (4 << 20), () -> mebibytes + " Mi for " + picture);
    }

    @Test
    void mediaServiceIsANativeSidecarThatIsStartedFirst() {
        JsonNode spec = pod(Chart.render(OPEN)).spec();
        JsonNode media = spec.path("initContainers").path(0);
        assertEquals("media", media.path("name").asText());
        assertEquals("Always", media.path("restartPolicy").asText());
        assertEquals(
                "/q/health/started",
                media.path("startupProbe").path("httpGet").path("path").asText());
        assertEquals(1, spec.path("containers").size());
        assertFalse(spec.path("containers").path(0).has("livenessProbe"), "a Mac at rest is no dead Mac");
    }

    @Test
    void withoutNativeSidecarsTheEmulatorIsStartedAfterTheMediaServicesHook() {
        JsonNode spec = pod(Chart.render(OPEN + "mac: {nativeSidecar: false}", "1.27.0"))
                .spec();
        assertFalse(spec.has("initContainers"));
        JsonNode media = spec.path("containers").path(0);
        assertEquals("media", media.path("name").asText());
        assertFalse(media.has("restartPolicy"));
        assertTrue(media.path("lifecycle")
                .path("postStart")
                .path("exec")
                .path("command")
                .toString()
                .contains("/q/health/started"));
        assertEquals("emulator", spec.path("containers").path(1).path("name").asText());
    }

    @Test
    void romsAreReadOnlyAndDisksAreForOnePod() {
        Rendered rendered = Chart.render(
                OPEN + "mac: {rom: Quadra 650.ROM, roms: {existingClaim: roms}, disks: {enabled: true, size: 3Gi}}");
        Pod pod = pod(rendered);
        for (String container : List.of("emulator", "media")) {
            for (JsonNode mount : pod.container(container).path("volumeMounts")) {
                assertEquals(
                        mount.path("name").asText().equals("roms"),
                        mount.path("readOnly").asBoolean());
            }
            assertEquals("disks/images", mount(pod.container(container), "/storage/images"));
        }
        assertEquals("none", mount(pod.container("media"), "/storage/prefs"));
        List<String> arguments = new ArrayList<>();
        pod.container("emulator").path("args").forEach(argument -> arguments.add(argument.asText()));
        assertEquals(List.of("--screen", "640x480", "--rom", "Quadra 650.ROM", "--grace", "55"), arguments);
        JsonNode claim = rendered.get("PersistentVolumeClaim", "mac-macemu-webrtc-disks");
        assertEquals(
                "[\"ReadWriteOncePod\"]", claim.path("spec").path("accessModes").toString());
        assertEquals(
                "keep",
                claim.path("metadata")
                        .path("annotations")
                        .path("helm.sh/resource-policy")
                        .asText());
        assertEquals(
                1,
                rendered.get("StatefulSet", NAME).path("spec").path("replicas").asInt());
    }

    /** The port is one number everywhere; the address is the one that leads to it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exposure: NodePort                                                   | 30189 | status.hostIP | NodePort
            exposure: NodePort, port: 31000, advertise: [192.0.2.1, 192.0.2.2] | 31000 | 192.0.2.1,192.0.2.2 | NodePort
            exposure: HostPort                                                   | 8189  | status.hostIP |
            exposure: HostNetwork, port: 9000                                    | 9000  | status.hostIP |
            exposure: ClusterIP                                                  | 8189  | status.podIPs | ClusterIP
            exposure: LoadBalancer, service: {loadBalancerIP: 192.0.2.9}         | 8189  | 192.0.2.9 | LoadBalancer
            exposure: LoadBalancer, advertise: [lb.example.org]                  | 8189  | lb.example.org | LoadBalancer
            """)
    void oneMediaPortAndItsAddress(String rtc, int port, String address, String serviceType) {
        Rendered rendered = Chart.render(OPEN + "rtc: {" + rtc + "}");
        Pod pod = pod(rendered);
        assertEquals(Integer.toString(port), pod.env("media", "MACEMU_RTC_PORT"));
        String advertised = pod.env("media", "MACEMU_RTC_ADVERTISE");
        assertTrue(advertised.equals(address) || advertised.contains("\"fieldPath\":\"" + address + "\""), advertised);
        assertTrue(pod.env("media", "MACEMU_RTC_BIND").contains("status.podIPs"));
        List<String> protocols = new ArrayList<>();
        for (JsonNode declared : pod.container("media").path("ports")) {
            if (declared.path("name").asText().startsWith("rtc-")) {
                protocols.add(declared.path("protocol").asText());
                assertEquals(port, declared.path("containerPort").asInt());
                assertEquals(rtc.contains("Host"), declared.path("hostPort").asInt() == port);
            }
        }
        assertEquals(List.of("UDP", "TCP"), protocols);
        assertEquals(
                serviceType != null,
                rendered.find("Service", "mac-macemu-webrtc-rtc").isPresent());
        if (serviceType != null) {
            JsonNode spec = rendered.get("Service", "mac-macemu-webrtc-rtc").path("spec");
            assertEquals(serviceType, spec.path("type").asText());
            assertEquals(2, spec.path("ports").size());
            for (JsonNode exposed : spec.path("ports")) {
                assertEquals(port, exposed.path("port").asInt());
                assertEquals(
                        serviceType.equals("NodePort") ? port : 0,
                        exposed.path("nodePort").asInt());
            }
            assertTrue(
                    spec.path("publishNotReadyAddresses").asBoolean(),
                    "viewers stay connected while the emulator is away");
        }
        assertEquals(rtc.contains("HostNetwork"), pod.spec().path("hostNetwork").asBoolean());
    }

    @Test
    void aSplitLoadBalancerHasOneProtocolPerServiceAndOneAddress() {
        Rendered rendered =
                Chart.render(OPEN + "rtc: {exposure: LoadBalancer, service: {split: true, loadBalancerIP: 192.0.2.9}}");
        for (String protocol : List.of("UDP", "TCP")) {
            JsonNode spec = rendered.get("Service", "mac-macemu-webrtc-rtc-" + protocol.toLowerCase())
                    .path("spec");
            assertEquals("192.0.2.9", spec.path("loadBalancerIP").asText());
            assertEquals(1, spec.path("ports").size());
            assertEquals(protocol, spec.path("ports").path(0).path("protocol").asText());
        }
    }

    /** Without a claim of ROMs they lie beside the disk images, and uploads go there. */
    @Test
    void romsAreUploadedBesideTheDiskImages() {
        Pod pod = pod(Chart.render(OPEN + "mac: {rom: Quadra.ROM, disks: {enabled: true}}"));
        assertEquals("disks/roms", mount(pod.container("media"), "/storage/roms"));
        assertEquals("disks/roms", mount(pod.container("emulator"), "/storage/roms"));
        assertEquals("/storage/roms", pod.env("media", "BASILISK_ROMS"));
        assertEquals("/storage/images", pod.env("media", "BASILISK_IMAGES"));
        for (String container : List.of("emulator", "media")) {
            for (JsonNode mount : pod.container(container).path("volumeMounts")) {
                if (mount.path("mountPath").asText().equals("/storage/roms")) {
                    assertEquals(container.equals("emulator"), mount.path("readOnly").asBoolean(), container);
                }
            }
        }
    }

    @Test
    void turnPasswordsOfEachViewersOwnNeedOneSecret() {
        Pod pod = pod(Chart.render(OPEN + """
                turn: {urls: ["turn:t.example:3478"], sharedSecret: {existingSecret: turn, validity: 2h}}
                """));
        assertEquals(
                "{\"secretKeyRef\":{\"name\":\"turn\",\"key\":\"secret\"}}",
                pod.env("media", "MACEMU_RTC_ICE_SECRET"));
        assertEquals("2h", pod.env("media", "MACEMU_RTC_ICE_CREDENTIAL_VALIDITY"));
        assertEquals("", pod.env("media", "MACEMU_RTC_ICE_USERNAME"));
    }

    @Test
    void turnCredentialsComeFromASecret() {
        Pod pod = pod(Chart.render(OPEN + """
                turn:
                  urls: ["stun:t.example:3478", "turns:t.example:443?transport=tcp"]
                  existingSecret: turn
                  credentialKey: password
                """));
        assertEquals(
                "stun:t.example:3478,turns:t.example:443?transport=tcp", pod.env("media", "MACEMU_RTC_ICE_SERVERS"));
        assertEquals(
                "{\"secretKeyRef\":{\"name\":\"turn\",\"key\":\"username\"}}",
                pod.env("media", "MACEMU_RTC_ICE_USERNAME"));
        assertEquals(
                "{\"secretKeyRef\":{\"name\":\"turn\",\"key\":\"password\"}}",
                pod.env("media", "MACEMU_RTC_ICE_CREDENTIAL"));
    }
}
