package org.macemu.webrtc.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * How long a person's input takes from Chromium to the bytes on the emulator's socket on a slow and lossy network, by
 * the signalling WebSocket and by data channels, which carry the same events at the same moments. Started by
 * {@code bench/input --netem} in a network namespace of its own.
 */
public final class InputLinkBench {

    private static final String ADDRESS = "10.99.0.1";
    private static final String FAR_ADDRESS = "10.99.0.2";
    private static final int MOVES_PER_SECOND = 60;
    private static final List<String> WAYS = List.of("websocket", "datachannel");

    /** Milliseconds are those of one direction. */
    private record Link(String name, double loss, double milliseconds) {}

    private static final List<Link> LINKS = List.of(
            new Link("none", 0, 0),
            new Link("50ms", 0, 25),
            new Link("1%+50ms", 0.01, 25),
            new Link("5%+50ms", 0.05, 25));

    private InputLinkBench() {}

    /** Argument: seconds of each measurement; of those without loss, which differ little, a quarter. */
    public static void main(String[] arguments) throws Exception {
        int seconds = Integer.parseInt(arguments[0]);
        Process link = new ProcessBuilder(
                        "python3", Product.root().resolve("bench/lib/link.py").toString(), ADDRESS, FAR_ADDRESS)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = link.inputReader();
                var orders = link.outputWriter()) {
            if (said.readLine() == null) {
                throw new IllegalStateException("there is no link; its own words are above");
            }
            // Only this network namespace can reach it.
            try (Product product = Product.start(
                            InputLinkBench.class,
                            Map.of("QUARKUS_HTTP_HOST", "0.0.0.0", "MACEMU_INSECURE_BIND", "true"));
                    Emulator emulator = new Emulator(product.controlSocket());
                    Browser browser = Browser.start()) {
                List<String> results = new ArrayList<>();
                System.out.println("link       way          event        events   median      p95      p99 worst ms");
                // A page without anything of its own that would use the network.
                try (ViewerPage page = browser.open(
                        product, "http://127.0.0.1:" + product.port(Product.Part.CONTROL) + "/api/v1/status")) {
                    page.expectErrors("favicon");
                    prepare(page);
                    for (Link each : LINKS) {
                        orders.write(each.loss + " " + each.milliseconds + "\n");
                        orders.flush();
                        page.page().evaluate("inputProbe.open('" + signaling(product) + "')");
                        // The first keys warm the services up.
                        measure(page, emulator, 5, MOVES_PER_SECOND);
                        int time = each.loss > 0 ? seconds : Math.max(1, seconds / 4);
                        Measured moving = measure(page, emulator, time, MOVES_PER_SECOND);
                        Measured typing = measure(page, emulator, time, 0);
                        for (String way : WAYS) {
                            results.add(report(each, way, "move", moving.moves(way)));
                            results.add(report(each, way, "key", moving.keys(way)));
                            results.add(report(each, way, "key_alone", typing.keys(way)));
                        }
                    }
                }
                results.forEach(System.out::println);
            }
        }
        System.exit(link.waitFor());
    }

    private static void prepare(ViewerPage page) throws IOException {
        try (InputStream in = InputLinkBench.class.getResourceAsStream("/page/input-probe.js")) {
            page.page().evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        page.page().evaluate("linkProbe.lead('" + ADDRESS + "', '" + FAR_ADDRESS + "')");
    }

    /** The signalling as it is reached through the link. */
    private static String signaling(Product product) {
        return product.signaling().toString().replace("127.0.0.1", FAR_ADDRESS);
    }

    private static Measured measure(ViewerPage page, Emulator emulator, int seconds, int movesPerSecond) {
        double offset = clockOffset(page);
        Arrivals arrivals = new Arrivals();
        emulator.arrivals = arrivals;
        JsonNode sent = page.evaluate("inputProbe.run(" + seconds + ", " + movesPerSecond + ")");
        for (int i = 0; i < WAYS.size(); i++) {
            int way = i;
            int keys = sent.path(WAYS.get(way)).path("keys").size();
            Await.until("every key by the " + WAYS.get(way), Duration.ofSeconds(20), () -> {
                int arrived = arrivals.keys(way).length;
                return arrived == keys ? null : arrived + " of " + keys;
            });
        }
        return new Measured(sent, arrivals, offset);
    }

    /** Milliseconds from the zero of the page's performance.now() to that of {@link System#nanoTime}, to about 1 ms. */
    private static double clockOffset(ViewerPage page) {
        double shortest = Double.MAX_VALUE;
        double offset = 0;
        for (int i = 0; i < 200; i++) {
            double before = System.nanoTime() / 1e6;
            double there = page.evaluate("performance.now()").asDouble();
            double after = System.nanoTime() / 1e6;
            if (after - before < shortest) {
                shortest = after - before;
                offset = (before + after) / 2 - there;
            }
        }
        return offset;
    }

    private static String report(Link link, String way, String event, double[] took) {
        Arrays.sort(took);
        System.out.printf(
                Locale.ROOT,
                "%-10s %-12s %-12s %6d %8.1f %8.1f %8.1f %8.1f%n",
                link.name, way, event, took.length, at(took, 50), at(took, 95), at(took, 99), at(took, 100));
        return String.format(
                Locale.ROOT,
                "RESULT input-netem link=%s transport=%s event=%s median_ms=%.1f p95_ms=%.1f p99_ms=%.1f",
                link.name, way, event, at(took, 50), at(took, 95), at(took, 99));
    }

    private static double at(double[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    /** What was sent, milliseconds of the page's clock, and what arrived. */
    private record Measured(JsonNode sent, Arrivals arrivals, double offset) {

        /**
         * Latencies of positions, ms: a position is there when it or a newer one is, so that one that was lost counts
         * until it was made good.
         */
        double[] moves(String way) {
            JsonNode times = sent.path(way).path("moves");
            long[] came = arrivals.moves(WAYS.indexOf(way), times.size());
            double[] took = new double[times.size()];
            long newest = Long.MAX_VALUE;
            int length = 0;
            for (int i = times.size() - 1; i >= 0; i--) {
                newest = Math.min(newest, came[i]);
                if (newest != Long.MAX_VALUE) {
                    took[length++] = newest / 1e6 - offset - times.get(i).asDouble();
                }
            }
            return Arrays.copyOf(took, length);
        }

        /** Latencies of keys, ms: they come in the order they were sent in. */
        double[] keys(String way) {
            JsonNode times = sent.path(way).path("keys");
            long[] came = arrivals.keys(WAYS.indexOf(way));
            double[] took = new double[times.size()];
            for (int i = 0; i < took.length; i++) {
                took[i] = came[i] / 1e6 - offset - times.get(i).asDouble();
            }
            return took;
        }
    }

    /** When the events of one measurement came, {@link System#nanoTime}. Written by the emulator's thread. */
    private static final class Arrivals {

        /** The first key code of the second way in {@code input-probe.js}. */
        private static final int SECOND_CODES = 78;

        private static final Pattern MOVE = Pattern.compile("\\{\"type\":\"mouse_move\",\"x\":(\\d+),\"y\":(\\d+)}");
        private static final Pattern KEY = Pattern.compile("\\{\"type\":\"key\",\"code\":(\\d+),.*");

        private final List<List<Long>> keys = List.of(new ArrayList<>(), new ArrayList<>());
        private final List<Map<Integer, Long>> moves = List.of(new HashMap<>(), new HashMap<>());

        synchronized void line(String line, long now) {
            Matcher move = MOVE.matcher(line);
            Matcher key = KEY.matcher(line);
            if (move.matches()) {
                moves.get(Integer.parseInt(move.group(2))).put(Integer.parseInt(move.group(1)), now);
            } else if (key.matches()) {
                keys.get(Integer.parseInt(key.group(1)) >= SECOND_CODES ? 1 : 0).add(now);
            }
        }

        synchronized long[] keys(int way) {
            return keys.get(way).stream().mapToLong(Long::longValue).toArray();
        }

        /** By number; {@link Long#MAX_VALUE} where nothing came. */
        synchronized long[] moves(int way, int count) {
            return IntStream.range(0, count)
                    .mapToLong(i -> moves.get(way).getOrDefault(i, Long.MAX_VALUE))
                    .toArray();
        }
    }

    /** The emulator's end of the control socket. */
    private static final class Emulator implements AutoCloseable {

        private final SocketChannel channel;
        private volatile Arrivals arrivals = new Arrivals();

        Emulator(Path socket) throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().name("emulator").daemon().start(this::read);
        }

        private void read() {
            try (BufferedReader in = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    arrivals.line(line, System.nanoTime());
                }
            } catch (IOException e) {
                // Closed: the measurement is over.
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
