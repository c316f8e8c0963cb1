package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Command;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.TurnServer;
import org.macemu.webrtc.system.harness.ViewerPage;

/**
 * Receivers of other makers, and the ways that are left when UDP does not get through: each gets picture and sound of the
 * shared lane through the product's own signalling.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InteroperationST {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration RECEIVER = Duration.ofSeconds(60);
    private static final String PYTHON = "/usr/bin/python3";

    /** Amplitude of the tone, of 32,768, and with it its effective value. */
    private static final double AMPLITUDE = 0.25;

    private static final double LOUDNESS = 32_768 * AMPLITUDE / Math.sqrt(2);

    /** Keeps the page's connection where statistics can be asked for, and lets it use relays only. */
    private static final String RELAY_ONLY =
            """
            globalThis.RTCPeerConnection = class extends RTCPeerConnection {
              constructor(configuration) {
                super({ ...configuration, iceTransportPolicy: 'relay' });
                globalThis.connectionUnderTest = this;
              }
              setConfiguration(configuration) {
                super.setConfiguration({ ...configuration, iceTransportPolicy: 'relay' });
              }
            };
            """;

    /** The same, for a network that swallows UDP: the page never hears of the server's UDP candidates. */
    private static final String TCP_ONLY =
            """
            globalThis.RTCPeerConnection = class extends RTCPeerConnection {
              constructor(configuration) {
                super({ ...configuration, iceServers: [] });
                globalThis.connectionUnderTest = this;
              }
              setConfiguration(configuration) {
                super.setConfiguration({ ...configuration, iceServers: [] });
              }
              setRemoteDescription({ type, sdp }) {
                const lines = sdp.split('\\r\\n').filter((line) => !/^a=candidate:\\S+ \\d+ udp /i.test(line));
                return super.setRemoteDescription({ type, sdp: lines.join('\\r\\n') });
              }
            };
            """;

    /** Types and protocol of the pair of candidates in use. */
    private static final String PAIR =
            """
            (async () => {
              const all = await connectionUnderTest.getStats();
              const transport = [...all.values()].find((s) => s.type === 'transport');
              const pair = all.get(transport.selectedCandidatePairId);
              const local = all.get(pair.localCandidateId);
              const remote = all.get(pair.remoteCandidateId);
              return { local: local.candidateType, relayed: local.relayProtocol, remote: remote.candidateType,
                protocol: remote.protocol };
            })()
            """;

    private TurnServer turn;
    private Product product;
    private Browser browser;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(TurnServer.isInstalled(), "coturn is missing: apt-get install coturn");
        turn = TurnServer.start(InteroperationST.class);
        product = Product.start(InteroperationST.class, turn.settings());
        SyntheticEmulator emulator =
                product.owns(SyntheticEmulator.start(product.emulator().build()));
        emulator.tone(440, AMPLITUDE);
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() throws Exception {
        if (product != null) {
            product.close();
        }
        if (turn != null) {
            turn.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "aiortc, import aiortc; import websockets, python3-aiortc python3-websockets",
        "gstreamer, 'import gi; gi.require_version(\"GstWebRTC\", \"1.0\"); import websockets',"
                + " python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice python3-websockets",
    })
    void otherReceiversThroughTheWebSocket(String receiver, String needs, String packages) throws Exception {
        Path folder = Product.root().resolve("bench/receivers").resolve(receiver);
        assumeTrue(
                Command.run(folder, RECEIVER, PYTHON, "-c", needs).status() == 0,
                receiver + " is missing: apt-get install " + packages);
        Command run = Command.run(
                folder, RECEIVER, PYTHON, "receive.py", product.signaling().toString(), "60");
        assertEquals(0, run.status(), run.output());
        JsonNode figures = new ObjectMapper().readTree(run.lastLine());
        assertTrue(figures.path("pictures").asInt() >= 60, run.output());
        assertTrue(figures.path("sounds").asInt() >= 60, run.output());
        assertEquals(640, figures.path("width").asInt(), run.output());
        assertEquals(480, figures.path("height").asInt(), run.output());
        assertEquals(LOUDNESS, figures.path("loudness").asDouble(), LOUDNESS * 0.15, run.output());
        assertTrue(figures.path("contrast").asDouble() > 20, run.output());
    }

    @Test
    void chromiumThroughARelayOnly() {
        try (ViewerPage page = browser.open(product, "lane=shared", RELAY_ONLY)) {
            page.awaitPicture();
            page.awaitTone(440, AMPLITUDE);
            assertEquals("shared", page.state().path("lane").asText());
            JsonNode pair = page.evaluate(PAIR);
            assertEquals("relay", pair.path("local").asText(), pair + turn.logTail());
        }
    }

    @Test
    void chromiumOverTcpOnly() {
        try (ViewerPage page = browser.open(product, "lane=shared", TCP_ONLY)) {
            page.awaitPicture();
            page.awaitTone(440, AMPLITUDE);
            assertEquals("shared", page.state().path("lane").asText());
            JsonNode pair = page.evaluate(PAIR);
            assertEquals("tcp", pair.path("protocol").asText(), pair.toString());
        }
    }
}
