package org.macemu.webrtc.media.lane.shared.sdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.macemu.webrtc.media.lane.shared.transport.AdvertisedAddress;
import org.macemu.webrtc.media.lane.shared.transport.Fingerprint;
import org.macemu.webrtc.media.lane.shared.transport.IceCredentials;
import org.macemu.webrtc.media.lane.shared.transport.TestPeer;

class OfferAnswerTest {

    private static final Fingerprint FINGERPRINT = new Fingerprint("sha-256", "AB" + ":CD".repeat(31));

    private static String offer() throws Exception {
        try (TestPeer peer = new TestPeer(false)) {
            return peer.offer();
        }
    }

    private static String answer(Offer offer, String... addresses) throws Exception {
        AdvertisedAddress[] list = new AdvertisedAddress[addresses.length];
        for (int i = 0; i < list.length; i++) {
            String address = addresses[i].replaceFirst("/udp$", "");
            list[i] = new AdvertisedAddress(InetAddress.getByName(address), address.equals(addresses[i]));
        }
        return new Answer(
                        7, 1, new IceCredentials("abcdefgh", "0123456789abcdefghijklmn"), FINGERPRINT, List.of(list),
                        8189, "cname", 1, 0x80000002)
                .sdp(offer);
    }

    @Test
    void anAddressWithoutTcpHasOneCandidate() throws Exception {
        String sdp = answer(Offer.parse(offer()), "127.0.0.1", "192.0.2.1/udp");
        List<String> candidates = sdp.lines()
                .filter(line -> line.startsWith("a=candidate:"))
                .map(line -> line.split(" ")[2] + " " + line.split(" ")[4])
                .distinct()
                .toList();
        assertEquals(List.of("udp 127.0.0.1", "tcp 127.0.0.1", "udp 192.0.2.1"), candidates);
    }

    @Test
    void acceptsPictureAndSoundAndRejectsTheRest() throws Exception {
        Offer offer = Offer.parse(offer());
        assertEquals(96, offer.section(Offer.Kind.VIDEO).orElseThrow().payloadType());
        assertEquals(5, offer.section(Offer.Kind.VIDEO).orElseThrow().playoutDelayId());
        assertEquals(
                List.of("nack", "nack pli", "goog-remb"),
                offer.section(Offer.Kind.VIDEO).orElseThrow().feedback());
        assertEquals(111, offer.section(Offer.Kind.AUDIO).orElseThrow().payloadType());
        String sdp = answer(offer, "192.0.2.1", "2001:db8::1");
        assertEquals(3, sdp.split("\r\nm=", -1).length - 1);
        assertTrue(sdp.contains("a=group:BUNDLE 0 1\r\n"), sdp);
        assertTrue(sdp.contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"), sdp);
        assertTrue(sdp.contains("a=ice-lite\r\n"), sdp);
        assertTrue(sdp.contains("a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n"), sdp);
        assertTrue(sdp.contains(" 192.0.2.1 8189 typ host tcptype passive\r\n"), sdp);
        assertTrue(sdp.contains(" 2001:db8:0:0:0:0:0:1 8189 typ host\r\n"), sdp);
        assertTrue(sdp.contains("a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"), sdp);
        assertTrue(sdp.contains("a=ssrc:1 cname:cname\r\n") && sdp.contains("a=ssrc:2147483650 cname:cname"), sdp);
        assertTrue(sdp.contains("a=msid:macemu-picture picture") && sdp.contains("a=msid:macemu-sound sound"), sdp);
        assertFalse(sdp.contains("rtx"), sdp);
        assertTrue(sdp.lines().allMatch(line -> line.length() >= 2 && line.charAt(1) == '='));
    }

    @Test
    void onlySoundIsFineToo() throws Exception {
        Offer offer = Offer.parse(offer().replace("VP8/90000", "AV1/90000"));
        assertTrue(offer.section(Offer.Kind.VIDEO).isEmpty());
        String sdp = answer(offer, "192.0.2.1");
        assertTrue(sdp.contains("m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\n"), sdp);
        assertTrue(sdp.contains("a=group:BUNDLE 1\r\n"), sdp);
    }

    /** An offer and a word of the reason it is refused for. */
    record Broken(String offer, String reason) {}

    static Stream<Broken> broken() throws Exception {
        String good = offer();
        return Stream.of(
                new Broken("", "v=0"),
                new Broken("hello", "v=0"),
                new Broken("v=0\r\n", "no media section"),
                new Broken(good.replaceAll("a=ice-ufrag:.*\r\n", ""), "ice-ufrag"),
                new Broken(good.replaceAll("a=ice-pwd:.*\r\n", "a=ice-pwd:short\r\n"), "ice-pwd"),
                new Broken(good.replaceAll("a=fingerprint:.*\r\n", ""), "fingerprint"),
                new Broken(good.replace("sha-256", "md5"), "md5"),
                new Broken(good.replaceAll("a=fingerprint:sha-256 .*\r\n", "a=fingerprint:sha-256 ZZ\r\n"), "finger"),
                new Broken(good.replace("actpass", "passive"), "setup"),
                new Broken(good.replace("a=rtcp-mux\r\n", ""), "rtcp-mux"),
                new Broken(good.replace("a=recvonly", "a=sendonly"), "receives"),
                new Broken(good.replace("VP8", "X").replace("opus", "Y"), "VP8 or Opus"),
                new Broken(good.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "SAVPF"),
                new Broken(good.replace("a=mid:1", "a=mid:0"), "mid"),
                new Broken(good.replace("m=audio 9", "m=audio x"), "media section"),
                new Broken(good.replace("a=mid:0", "a=mid:0\u0001"), "line"),
                new Broken(good + "x\r\n", "line"),
                new Broken(good + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(40), "32"),
                new Broken(good + "a=x\r\n".repeat(5000), "lines"),
                new Broken(good + "a=" + "x".repeat(70_000), "65536"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatIsWrongIsSaid(Broken broken) {
        SdpException e = assertThrows(SdpException.class, () -> Offer.parse(broken.offer()));
        assertTrue(e.getMessage().contains(broken.reason()), e.getMessage());
        assertTrue(e.getMessage().length() < 500, "a message for a person");
        assertTrue(List.of("sdp_invalid", "sdp_too_large").contains(e.code()));
    }

    @Test
    void mutationsAreAnsweredOrRefusedButNeverCrash() throws Exception {
        String good = offer();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder s = new StringBuilder(good);
            for (int k = random.nextInt(6); k >= 0; k--) {
                int at = random.nextInt(s.length());
                switch (random.nextInt(3)) {
                    case 0 -> s.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> s.delete(at, Math.min(s.length(), at + random.nextInt(40)));
                    default -> s.insert(at, good, 0, random.nextInt(60));
                }
            }
            try {
                answer(Offer.parse(s.toString()), "192.0.2.1");
            } catch (SdpException e) {
                assertFalse(e.getMessage().isBlank());
            }
        }
    }
}
