package org.macemu.webrtc.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.macemu.webrtc.synthetic.ForkedJvm;
import org.macemu.webrtc.synthetic.Symbols;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.LinkEmulator.Impairment;
import org.macemu.webrtc.system.harness.LinkedProduct;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * Measures one viewer behind lossy and slow links: how long the picture stands still, how much of the sound is made up,
 * how much is understood, and what is sent again. Started by {@code bench/latency --netem}, which explains the arguments.
 */
public final class LinkBench {

    private static final Duration ROUND_TRIP = Duration.ofMillis(50);

    /** A link by the name it has in the table. */
    private record Link(String name, Impairment impairment) {}

    private static final List<Link> LINKS = List.of(
            new Link("50ms", Impairment.of(0, ROUND_TRIP)),
            new Link("1%+50ms", Impairment.of(0.01, ROUND_TRIP)),
            new Link("5%+50ms", Impairment.of(0.05, ROUND_TRIP)),
            new Link("1Mbit+50ms", Impairment.of(0, ROUND_TRIP).limitedTo(1_000_000)));

    private LinkBench() {}

    public static void main(String[] args) throws Exception {
        List<String> lanes = List.of(args[0].split(","));
        List<String> known = LINKS.stream().map(Link::name).toList();
        List<String> wanted = args[5].equals("all") ? known : List.of(args[5].split(","));
        if (!known.containsAll(wanted)) {
            System.err.println("--link: expected some of " + String.join(", ", known) + ", found " + args[5]);
            System.exit(2);
        }
        List<String> results = new ArrayList<>();
        try (LinkedProduct linked = LinkedProduct.start(LinkBench.class, LINKS.getFirst().impairment(), Map.of());
                Browser browser = Browser.start()) {
            Product product = linked.product();
            product.owns(ForkedJvm.emulator(product.emulatorArguments(
                    "--size", args[1], "--fps", args[2], "--scene", args[3], "--symbols")));
            System.out.println("lane      link        freeze ms  gaps>250ms  fps  key frames  NACKs  PLIs  kbit/s"
                    + "  sound made up  understood  lost  server's key frames by cause");
            for (Link link : LINKS) {
                for (String lane : lanes) {
                    if (wanted.contains(link.name)) {
                        results.add(measure(linked, browser, lane, link, Integer.parseInt(args[4])));
                    }
                }
            }
        }
        results.forEach(System.out::println);
    }

    private static String measure(LinkedProduct linked, Browser browser, String lane, Link link, int seconds) {
        linked.become(link.impairment());
        Product product = linked.product();
        double[] before = keyFrames(product);
        try (ViewerPage page = linked.open(browser, lane.equals("auto") ? "" : "lane=" + lane)) {
            page.awaitPicture();
            JsonNode seen = LinkedProduct.watchAndListen(page, Duration.ofSeconds(seconds));
            JsonNode totals = seen.path("totals");
            double[] after = keyFrames(product);
            double freeze = seen.path("longestGapMs").asDouble();
            double fps = seen.path("frames").asDouble() / seconds;
            double madeUp = 100
                    * (totals.path("audio.concealedSamples").asDouble()
                            - totals.path("audio.silentConcealedSamples").asDouble())
                    / Math.max(1, totals.path("audio.totalSamplesReceived").asDouble());
            double understood = 100 * Symbols.understood(LinkedProduct.recording(seen));
            long nacks = totals.path("video.nackCount").asLong();
            long kilobits = (totals.path("video.bytesReceived").asLong() + totals.path("audio.bytesReceived").asLong())
                    * 8 / 1000 / seconds;
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %-11s %9.0f %11d %4.1f %11d %6d %5d %7d %13.2f%% %10.1f%% %5d  %s; now on %s, %d connections"
                            + " made%n",
                    lane, link.name, freeze, seen.path("gapsOver250").asInt(), fps,
                    totals.path("video.keyFramesDecoded").asInt(), nacks, totals.path("video.pliCount").asInt(),
                    kilobits, madeUp, understood, totals.path("video.packetsLost").asLong(),
                    causes(before, after), page.stats().path("lane").asText(), seen.path("connections").asInt());
            return String.format(
                    Locale.ROOT,
                    "RESULT netem lane=%s link=%s longest_freeze_ms=%.0f fps=%.1f sound_concealed_percent=%.2f"
                            + " sound_understood_percent=%.1f nacks=%d key_frames=%d kbit=%d",
                    lane, link.name, freeze, fps, madeUp, understood, nacks,
                    totals.path("video.keyFramesDecoded").asInt(), kilobits);
        }
    }

    private static final List<String> CAUSES = List.of("join", "loss", "slow_viewer", "size");

    private static double[] keyFrames(Product product) {
        var metrics = product.metrics();
        return CAUSES.stream()
                .mapToDouble(cause -> metrics.sum("macemu_key_frames_total", "cause=\"" + cause + "\""))
                .toArray();
    }

    private static String causes(double[] before, double[] after) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < before.length; i++) {
            if (after[i] > before[i]) {
                text.append(CAUSES.get(i)).append(' ').append((long) (after[i] - before[i])).append(' ');
            }
        }
        return text.toString().strip();
    }
}
