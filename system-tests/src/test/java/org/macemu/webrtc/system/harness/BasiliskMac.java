package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.macemu.webrtc.system.harness.Product.Part;

/**
 * The real thing beside a product: Debian's unmodified Basilisk II with the driver, under the agent, showing the demo
 * ROM. Its ROM and image folders lie in the product's folder.
 */
public final class BasiliskMac implements AutoCloseable {

    private static final Duration BUILD = Duration.ofSeconds(180);
    private static final Path EMULATOR = Product.root().resolve("emulator");

    private final Product product;
    private final ServiceProcess process;

    private BasiliskMac(Product product, ServiceProcess process) {
        this.product = product;
        this.process = process;
    }

    /** Null when Basilisk II can be had on this machine, else why not. Builds what runs beside it. */
    public static String missing() throws IOException, InterruptedException {
        Command fetched = Command.run(EMULATOR, BUILD, "./fetch-basilisk2.sh");
        if (fetched.status() != 0) {
            return fetched.lastLine();
        }
        Command made = Command.run(EMULATOR, BUILD, "make", "-s");
        if (made.status() != 0) {
            throw new AssertionError(made.output());
        }
        return null;
    }

    /** Says on the console which test is skipped, so that nobody takes it for one that passed. */
    public static void announceSkip(Class<?> test, String missing) {
        System.err.println("SKIPPED: " + test.getSimpleName() + ", the product with the real Basilisk II: " + missing);
    }

    /** The demo ROM, 512 KiB. */
    public static Path demoRom() {
        return EMULATOR.resolve("demo-rom/demo.rom");
    }

    /**
     * Starts it, owned by the product.
     *
     * @param controlSocket where the agent connects: the product's control socket, or a {@link SocketTap}
     * @param options of run-demo.sh
     */
    public static BasiliskMac start(Product product, Path controlSocket, String... options) {
        return start(product, controlSocket, Map.of(), options);
    }

    /** The same. @param settings further environment variables */
    public static BasiliskMac start(
            Product product, Path controlSocket, Map<String, String> settings, String... options) {
        try {
            Files.createDirectories(roms(product));
            Files.createDirectories(images(product));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> environment = new HashMap<>(product.environment(Part.MEDIA));
        environment.put("MACEMU_CONTROL_SOCK", controlSocket.toString());
        environment.put("BASILISK_ROMS", roms(product).toString());
        environment.put("BASILISK_IMAGES", images(product).toString());
        environment.putAll(settings);
        List<String> command = new ArrayList<>();
        command.add(EMULATOR.resolve("run-demo.sh").toString());
        command.addAll(List.of(options));
        ServiceProcess process = new ServiceProcess(
                "basilisk", command, environment, product.folder(), product.logs().resolve("basilisk.log"));
        BasiliskMac mac = product.owns(new BasiliskMac(product, process));
        process.start();
        return mac;
    }

    /** The folder of ROMs. */
    public static Path roms(Product product) {
        return product.folder().resolve("roms");
    }

    /** The folder of disk images. */
    public static Path images(Product product) {
        return product.folder().resolve("images");
    }

    /** The agent: the script replaces itself by it. */
    public long agent() {
        return process.pid();
    }

    /** What agent, driver and emulator said. */
    public String log() {
        return process.log();
    }

    /** Waits until the Mac runs for the so-many-th time and has shown a picture. */
    public void awaitStart(int starts, Duration timeout) {
        Await.until("the Mac's start " + starts, timeout, () -> {
            var status = product.status();
            var told = status.path("emulator").path("status");
            boolean there = told.path("running").asBoolean()
                    && told.path("starts").asInt() == starts
                    && told.path("fps").asInt() > 0;
            return there ? null : "status " + status;
        }, () -> product.logTails() + process.logTail());
    }

    @Override
    public void close() {
        process.close();
    }
}
