package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.synthetic.HostileEmulator;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ServiceProcess;

/** A service that cannot do its work says so in a sentence and ends: with a status that is not 0, and with no crash. */
@Timeout(180)
class RefusalST {

    private static final Duration END = Duration.ofSeconds(40);
    private static final int GOOD_MAGIC = VideoLayout.V1.magic();

    private Product product;

    @BeforeEach
    void prepare() {
        product = Product.of(RefusalST.class, Map.of());
    }

    @AfterEach
    void stop() {
        product.close();
    }

    @ParameterizedTest
    @CsvSource({
        // What lies there, and what the sentence must name: what was found and what was expected.
        "0xDEADBEEF, 1, 24883248, '0xdeadbeef|0xDEADBEEF', '0x4d454d55|0x4D454D55'",
        "0x4D454D55, 7, 24883248, '7', '1'",
        "0x4D454D55, 1, 20, '20', '48'",
    })
    void foreignVideoSegment(String magic, int version, long size, String found, String expected) throws IOException {
        HostileEmulator.file(product.videoSegment(), (int) Long.decode(magic).longValue(), version, size);
        byte[] before = start(product.videoSegment());
        ServiceProcess media = media(Map.of());
        assertRefused(media, product.videoSegment().toString(), found, expected);
        assertArrayEquals(before, start(product.videoSegment()), "the file that is not ours was changed");
    }

    private static byte[] start(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(64);
        }
    }

    @Test
    void foreignAudioSegment() throws IOException {
        HostileEmulator.file(product.audioSegment(), GOOD_MAGIC, 1, 65_568);
        String path = product.audioSegment().toString();
        assertRefused(media(Map.of()), path, "0x4d454d55|0x4D454D55", "0x4d415544|0x4D415544");
    }

    @Test
    void folderOfSharedMemoryIsNone() throws IOException {
        // Not a question of permissions, so that it is refused to root as well.
        Path file = Files.createFile(product.folder().resolve("file"));
        String folder = file.resolve("shm").toString();
        assertRefused(media(Map.of("MACEMU_SHM_DIRECTORY", folder)), folder, "exist", "writable");
    }

    @Test
    void controlSocketCannotBeMade() throws IOException {
        Path file = Files.createFile(product.folder().resolve("file"));
        String path = file.resolve("control.sock").toString();
        assertRefused(media(Map.of("MACEMU_CONTROL_SOCK", path)), path, "", "");
    }

    @Test
    void anotherServerHasTheControlSocket() {
        ServiceProcess first = media(Map.of());
        product.owns(first);
        first.start().awaitLog("Waiting for an emulator", Product.START);
        Map<String, String> other = new HashMap<>();
        other.put("MACEMU_MEDIA_PORT", "0");
        other.put("MACEMU_RTC_PORT", "0");
        ServiceProcess second = Product.service(Part.MEDIA, "second", environment(Part.MEDIA, other), product.logs());
        assertRefused(second, product.controlSocket().toString(), "", "");
        assertTrue(first.isAlive(), "the first server ended" + first.logTail());
        assertTrue(Files.exists(product.controlSocket()), "the second server removed the first one's socket");
    }

    @ParameterizedTest
    @EnumSource
    void portIsOccupied(Part part) throws IOException {
        try (ServerSocket occupant = new ServerSocket()) {
            occupant.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), product.port(part)));
            ServiceProcess service = product.service(part);
            assertRefused(service, Integer.toString(product.port(part)), "port", "");
        }
        assertFalse(Files.exists(product.videoSegment()), "a service that did not start left its segment");
    }

    @Test
    void mediaPortIsOccupied() throws IOException {
        try (ServerSocket occupant = new ServerSocket()) {
            occupant.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), product.rtcPort()));
            assertRefused(media(Map.of()), Integer.toString(product.rtcPort()), "port", "");
        }
    }

    private Map<String, String> environment(Part part, Map<String, String> changes) {
        Map<String, String> environment = product.environment(part);
        environment.putAll(changes);
        return environment;
    }

    private ServiceProcess media(Map<String, String> changes) {
        return Product.service(Part.MEDIA, "refused", environment(Part.MEDIA, changes), product.logs());
    }

    /** @param words the sentence has one alternative of each */
    private static void assertRefused(ServiceProcess service, String... words) {
        try (service) {
            service.start();
            int status = service.awaitExit(END);
            assertNotEquals(0, status, "exit status" + service.logTail());
            assertTrue(status < 128, "it crashed: exit status " + status + service.logTail());
            boolean said = service.log().lines().anyMatch(line -> {
                for (String word : words) {
                    if (Arrays.stream(word.split("\\|")).noneMatch(line::contains)) {
                        return false;
                    }
                }
                return true;
            });
            assertTrue(said, "no line with each of " + List.of(words) + service.logTail());
            assertEquals(
                    0,
                    service.log().lines().filter(line -> line.startsWith("\tat ")).count(),
                    "a sentence is enough, found a stack trace" + service.logTail());
        }
    }
}
