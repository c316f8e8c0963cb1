package org.macemu.webrtc.media.lane.shared.sdp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.macemu.webrtc.media.lane.shared.rtp.RtpHeader;
import org.macemu.webrtc.media.lane.shared.transport.AdvertisedAddress;
import org.macemu.webrtc.media.lane.shared.transport.Fingerprint;
import org.macemu.webrtc.media.lane.shared.transport.IceCredentials;

/**
 * Our answer to an offer: ICE-lite, one bundle, VP8 and Opus to the browser, everything else rejected. Sound and picture
 * are in media streams of their own, so that the browser does not hold one back for the other.
 *
 * @param sessionId numeric, the same for all answers to one viewer
 * @param version counts the answers
 * @param credentials ours
 * @param fingerprint of our certificate
 * @param addresses where browsers find us
 * @param port UDP, and TCP where the address says so
 * @param cname of both sources
 * @param videoSsrc of the picture
 * @param audioSsrc of the sound
 */
public record Answer(
        long sessionId,
        int version,
        IceCredentials credentials,
        Fingerprint fingerprint,
        List<AdvertisedAddress> addresses,
        int port,
        String cname,
        int videoSsrc,
        int audioSsrc) {

    /** RTCP feedback this lane understands. */
    static final List<String> FEEDBACK = List.of("nack", "nack pli", "ccm fir", "goog-remb");

    private static final int TYPE_PREFERENCE_HOST = 126;
    /** RFC 6544 section 4.2 suggests less for TCP than for UDP of the same type. */
    private static final int TYPE_PREFERENCE_TCP = 90;

    /** The text of the answer, lines ending with CR LF. */
    public String sdp(Offer offer) {
        StringBuilder s = new StringBuilder(2048);
        s.append("v=0\r\no=- ").append(sessionId).append(' ').append(version).append(" IN IP4 127.0.0.1\r\n");
        s.append("s=-\r\nt=0 0\r\na=group:BUNDLE");
        offer.sections().stream()
                .filter(section -> section.kind() != Offer.Kind.REJECTED)
                .forEach(section -> s.append(' ').append(section.mid()));
        s.append("\r\na=msid-semantic: WMS *\r\na=ice-lite\r\n");
        for (Offer.Section section : offer.sections()) {
            switch (section.kind()) {
                case REJECTED -> rejected(s, section);
                case VIDEO, AUDIO -> accepted(s, section);
            }
        }
        return s.toString();
    }

    private static void rejected(StringBuilder s, Offer.Section section) {
        s.append("m=").append(section.media()).append(" 0 ").append(section.protocol()).append(' ');
        s.append(section.formats()).append("\r\nc=IN IP4 0.0.0.0\r\n");
        if (!section.mid().isEmpty()) {
            s.append("a=mid:").append(section.mid()).append("\r\n");
        }
        s.append("a=inactive\r\n");
    }

    private void accepted(StringBuilder s, Offer.Section section) {
        boolean video = section.kind() == Offer.Kind.VIDEO;
        int payloadType = section.payloadType();
        InetAddress first = addresses.get(0).address();
        s.append("m=").append(section.media()).append(' ').append(port).append(' ').append(section.protocol());
        s.append(' ').append(payloadType);
        if (section.redundantType() > 0) {
            s.append(' ').append(section.redundantType());
        }
        s.append("\r\nc=IN ").append(first instanceof Inet6Address ? "IP6 " : "IP4 ");
        s.append(text(first)).append("\r\n");
        line(s, "rtcp:9 IN IP4 0.0.0.0");
        for (int i = 0; i < addresses.size(); i++) {
            candidate(s, i);
        }
        line(s, "end-of-candidates");
        line(s, "ice-ufrag:" + credentials.ufrag());
        line(s, "ice-pwd:" + credentials.password());
        line(s, "fingerprint:" + fingerprint.algorithm() + " " + fingerprint.value());
        line(s, "setup:passive");
        line(s, "mid:" + section.mid());
        if (section.playoutDelayId() > 0 && video) {
            line(s, "extmap:" + section.playoutDelayId() + " " + RtpHeader.PLAYOUT_DELAY_URI);
        }
        line(s, "sendonly");
        line(s, video ? "msid:macemu-picture picture" : "msid:macemu-sound sound");
        line(s, "rtcp-mux");
        line(s, "rtcp-rsize");
        line(s, "rtpmap:" + payloadType + (video ? " VP8/90000" : " opus/48000/2"));
        if (!video) {
            line(s, "fmtp:" + payloadType + " minptime=10;stereo=1;sprop-stereo=1");
            if (section.redundantType() > 0) {
                line(s, "rtpmap:" + section.redundantType() + " red/48000/2");
                line(s, "fmtp:" + section.redundantType() + " " + payloadType + "/" + payloadType);
            }
            line(s, "ptime:20");
        }
        for (String feedback : section.feedback()) {
            line(s, "rtcp-fb:" + payloadType + " " + feedback);
        }
        line(s, "ssrc:" + Integer.toUnsignedString(video ? videoSsrc : audioSsrc) + " cname:" + cname);
    }

    private void candidate(StringBuilder s, int i) {
        String address = text(addresses.get(i).address());
        // Local preference falls with the position in the list: the operator's order is the order of trial.
        long preference = 65_535L - i;
        long udp = (long) TYPE_PREFERENCE_HOST << 24 | preference << 8 | 255;
        long tcp = (long) TYPE_PREFERENCE_TCP << 24 | preference << 8 | 255;
        line(s, "candidate:" + (2 * i + 1) + " 1 udp " + udp + " " + address + " " + port + " typ host");
        if (!addresses.get(i).tcp()) {
            return;
        }
        line(s, "candidate:" + (2 * i + 2) + " 1 tcp " + tcp + " " + address + " " + port
                + " typ host tcptype passive");
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static void line(StringBuilder s, String attribute) {
        s.append("a=").append(attribute).append("\r\n");
    }
}
