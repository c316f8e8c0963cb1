package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A product whose viewers sit behind a {@link LinkEmulator}, one for each lane: the shared lane advertises the emulator's
 * address, and the pages of the adaptive lane are led there, because its library advertises the machine's own addresses.
 * Signalling goes past the link.
 */
public final class LinkedProduct implements AutoCloseable {

    /** UDP ports of the adaptive lane: a connection takes one or two for each of the machine's addresses. */
    private static final int ADAPTIVE_PORTS = 12;

    private static final long SEED = 7;

    private final Product product;
    private final List<LinkEmulator> links;
    private final String machine;

    private LinkedProduct(Product product, List<LinkEmulator> links, String machine) {
        this.product = product;
        this.links = links;
        this.machine = machine;
    }

    /** @param settings environment variables of every service */
    public static LinkedProduct start(Class<?> test, LinkEmulator.Impairment impairment, Map<String, String> settings)
            throws IOException {
        String machine = machineAddress();
        int first = FreePorts.range(ADAPTIVE_PORTS);
        int last = first + ADAPTIVE_PORTS - 1;
        Map<String, String> all = new HashMap<>(settings);
        all.put("MACEMU_RTC_ADVERTISE", LinkEmulator.ADDRESS);
        all.put("MACEMU_RTC_ADAPTIVE_MIN_PORT", Integer.toString(first));
        all.put("MACEMU_RTC_ADAPTIVE_MAX_PORT", Integer.toString(last));
        Product product = Product.start(test, all);
        try {
            LinkEmulator shared = product.owns(
                    new LinkEmulator("127.0.0.1", product.rtcPort(), product.rtcPort(), impairment, SEED));
            LinkEmulator adaptive = product.owns(new LinkEmulator(machine, first, last, impairment, SEED));
            return new LinkedProduct(product, List.of(shared, adaptive), machine);
        } catch (IOException | RuntimeException e) {
            product.close();
            throw e;
        }
    }

    /** What libwebrtc advertises: it leaves the loopback interface out when there is another one. */
    private static String machineAddress() throws IOException {
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (network.isUp() && !network.isLoopback() && !network.isVirtual()) {
                for (InetAddress address : Collections.list(network.getInetAddresses())) {
                    if (address instanceof Inet4Address) {
                        return address.getHostAddress();
                    }
                }
            }
        }
        return "127.0.0.1";
    }

    public Product product() {
        return product;
    }

    /** Changes every link from now on. */
    public void become(LinkEmulator.Impairment impairment) {
        links.forEach(link -> link.become(impairment));
    }

    /** Opens a page whose media go through the links. */
    public ViewerPage open(Browser browser, String query) {
        return browser.open(product, query, "linkProbe.lead('" + machine + "', '" + LinkEmulator.ADDRESS + "')");
    }

    /** Follows the page's picture and sound for a while; see {@code link-probe.js} for the fields. */
    public static JsonNode watch(ViewerPage page, Duration time) {
        return page.evaluate("linkProbe.watch(document.getElementById('video'), " + time.toMillis() + ")");
    }

    /** The same, and what is heard meanwhile is recorded: {@link #recording} has it. */
    public static JsonNode watchAndListen(ViewerPage page, Duration time) {
        return page.evaluate("linkProbe.watch(document.getElementById('video'), " + time.toMillis()
                + ", document.getElementById('audio'))");
    }

    /** What was heard, 48,000 samples a second, -1 to 1. */
    public static float[] recording(JsonNode watched) {
        ShortBuffer samples = ByteBuffer.wrap(
                        Base64.getDecoder().decode(watched.path("heard").asText()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer();
        float[] recording = new float[samples.remaining()];
        for (int i = 0; i < recording.length; i++) {
            recording[i] = samples.get() / 32_767f;
        }
        return recording;
    }

    /** What went through the links so far. */
    public String figures() {
        return "shared " + links.get(0).figures() + "; adaptive " + links.get(1).figures();
    }

    @Override
    public void close() {
        product.close();
    }
}
