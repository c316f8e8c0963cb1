package org.macemu.webrtc.system;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Command;
import org.macemu.webrtc.system.harness.FreePorts;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ServiceProcess;
import org.macemu.webrtc.system.harness.ViewerPage;

/** The command that a person types: says what it does, shows a Mac, and takes everything with it when it ends. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LauncherST {

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration END = Duration.ofSeconds(40);
    private static final Path COMMAND = Product.root().resolve("macemu-webrtc");

    private Browser browser;

    @BeforeAll
    void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    void closeBrowser() {
        browser.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void demoPlaysAndEndsWithEverythingItStarted(String signal) throws Exception {
        // A Mac of somebody else on the same machine, which must not notice.
        try (Product product = Product.of(LauncherST.class, Map.of());
                ServiceProcess bystander = product.service(Part.CONTROL).start()) {
            Set<String> shared = sharedMemory();
            int[] ports = {FreePorts.next(), FreePorts.next(), FreePorts.next(), FreePorts.next()};
            // A build that runs in the background may have told its children to ignore signals of the terminal.
            List<String> words = new ArrayList<>(List.of(
                    "env", "--default-signal=INT,TERM", COMMAND.toString(), "--demo", "--skip-build",
                    "--port", Integer.toString(ports[0]),
                    "--signaling-port", Integer.toString(ports[1]),
                    "--rtc-port", Integer.toString(ports[2]),
                    "--media-port", Integer.toString(ports[3])));
            if (signal.equals("TERM")) {
                words.add("--synthetic");
            }
            try (ServiceProcess command = new ServiceProcess(
                    "macemu-webrtc",
                    words,
                    Map.of("JAVA_HOME", System.getProperty("java.home")),
                    Product.root(),
                    product.logs().resolve("macemu-webrtc.log"))) {
                command.start();
                command.awaitLog("Open http://localhost:" + ports[0], START);
                for (String step : new String[] {"media-service", "signaling-service", "control-service"}) {
                    assertTrue(
                            command.log().lines().anyMatch(line -> line.contains(step) && line.contains("ready")),
                            "no line says that " + step + " is ready" + command.logTail());
                }
                try (ViewerPage page = browser.open(product, "http://localhost:" + ports[0] + "/")) {
                    page.awaitPicture();
                    page.awaitSize(640, 480);
                }
                List<ProcessHandle> started = command.handle().descendants().toList();
                assertTrue(started.size() >= 4, "three services and an emulator, found " + started.size());
                command.signal(signal);
                int status = command.awaitExit(END);
                assertEquals(0, status, "exit status" + command.logTail());
                Await.until("everything that was started has ended", END, () -> {
                    List<ProcessHandle> left = started.stream().filter(ProcessHandle::isAlive).toList();
                    return left.isEmpty() ? null : "alive: " + left.stream().map(ProcessHandle::info).toList();
                });
                assertTrue(bystander.isAlive(), "it ended a process that it had not started");
                assertEquals(shared, sharedMemory(), "shared memory before and after");
            }
        }
    }

    @Test
    void invitationOpensTheDoorAndNothingElseDoes() throws Exception {
        try (Product product = Product.of(LauncherST.class, Map.of())) {
            Path key = product.folder().resolve("access.key");
            int[] ports = {FreePorts.next(), FreePorts.next(), FreePorts.next(), FreePorts.next()};
            List<String> words = List.of(
                    COMMAND.toString(), "--demo", "--synthetic", "--skip-build",
                    "--access-key-file", key.toString(),
                    "--port", Integer.toString(ports[0]),
                    "--signaling-port", Integer.toString(ports[1]),
                    "--rtc-port", Integer.toString(ports[2]),
                    "--media-port", Integer.toString(ports[3]));
            try (ServiceProcess command = new ServiceProcess(
                    "with-key",
                    words,
                    Map.of("JAVA_HOME", System.getProperty("java.home")),
                    Product.root(),
                    product.logs().resolve("with-key.log"))) {
                command.start();
                command.awaitLog("(Ctrl-C ends)", START);
                String link = command.log().lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith("http://localhost:" + ports[0] + "/?"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no link" + command.logTail()));
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
                try (ViewerPage stranger = browser.open(product, "http://localhost:" + ports[0] + "/")) {
                    stranger.expectErrors("WebSocket connection to .* failed|40[13]");
                    stranger.await("the card says that it is not let in", END, () -> {
                        String stage = stranger.stage();
                        return stage.equals("ended") || stage.equals("failed") ? null : "stage " + stage;
                    });
                    stranger.await("a card", END, () -> stranger.overlay().isEmpty() ? "none" : null);
                }
                try (ViewerPage owner = browser.open(product, link)) {
                    owner.awaitPicture();
                    assertFalse(owner.page().url().contains("token"), "the token stayed in the address");
                    assertTrue(owner.state().path("input").asBoolean(), "the owner may not use the Mac");
                }
                assertEquals(0, command.terminate(), "exit status" + command.logTail());
            }
        }
    }

    private static Set<String> sharedMemory() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("macemu-demo"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void helpExplainsEveryFlag() throws Exception {
        Command help = run("--help");
        assertEquals(0, help.status(), help.output());
        String script = Files.readString(COMMAND);
        script.lines()
                .filter(line -> line.matches("\\s+--[a-z-]+\\).*"))
                .map(line -> line.strip().replaceAll("\\).*", ""))
                .forEach(flag -> assertTrue(help.output().contains(flag + " "), flag + " is not explained"));
        for (String word : new String[] {
            "--port", "--signaling-port", "--demo", "MACEMU_VIDEO_SHM", "MACEMU_AUDIO_SHM", "MACEMU_CONTROL_SOCK",
            "BASILISK_ROMS", "BASILISK_IMAGES", "8000", "8090"
        }) {
            assertTrue(help.output().contains(word), word + " is not explained");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--port 0", "--port 65536", "--port eighty", "--screen huge", "--no-such-flag"})
    void mistypedCommandIsAnsweredWithASentence(String arguments) throws Exception {
        Command answer = run(arguments.split(" "));
        assertNotEquals(0, answer.status(), answer.output());
        assertTrue(answer.output().contains(arguments.split(" ")[0]), answer.output());
        assertFalse(answer.output().contains("line "), "a message of the shell: " + answer.output());
    }

    @Test
    void occupiedPortIsNamed() throws Exception {
        try (ServerSocket occupant = new ServerSocket()) {
            occupant.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next()));
            String port = Integer.toString(occupant.getLocalPort());
            Command answer = run("--skip-build", "--port", port);
            assertNotEquals(0, answer.status(), answer.output());
            assertTrue(answer.output().contains("Port " + port), answer.output());
            assertTrue(answer.output().contains("--port"), answer.output());
        }
    }

    private static Command run(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(COMMAND.toString()));
        words.addAll(List.of(arguments));
        return Command.run(Product.root(), END, words.toArray(String[]::new));
    }
}
