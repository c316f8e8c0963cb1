package org.macemu.webrtc.media.lane.shared.sdp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.macemu.webrtc.media.lane.shared.rtp.RtpHeader;
import org.macemu.webrtc.media.lane.shared.transport.Fingerprint;
import org.macemu.webrtc.media.lane.shared.transport.IceCredentials;

/**
 * What an offer asks for, as far as the shared lane can give it.
 *
 * @param credentials ICE user name and password of the browser
 * @param fingerprint of the certificate it will show
 * @param sections all media sections in the order of the offer
 */
public record Offer(IceCredentials credentials, Fingerprint fingerprint, List<Section> sections) {

    /** Largest offer taken: 64 KiB. */
    public static final int MAX_LENGTH = 64 * 1024;

    private static final int MAX_SECTIONS = 32;
    private static final int MAX_LINES = 4_000;
    private static final Pattern MID = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}");
    private static final Pattern UFRAG = Pattern.compile("[A-Za-z0-9+/]{4,256}");
    private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9+/]{22,256}");
    private static final Pattern MEDIA =
            Pattern.compile("(audio|video|application|text|message|image) (\\d{1,5})(?:/\\d{1,5})? ([A-Za-z0-9/]{1,40}) (.{1,1024})");
    private static final Pattern RTPMAP = Pattern.compile("(\\d{1,3}) ([A-Za-z0-9.-]{1,40})/(\\d{1,6})(?:/(\\d))?");
    private static final Pattern EXTMAP = Pattern.compile("(\\d{1,3})(?:/[a-z]+)? (\\S{1,200})(?: .*)?");
    private static final Pattern FEEDBACK = Pattern.compile("(\\d{1,3}|\\*) (.{1,60})");
    private static final Set<String> PROTOCOLS = Set.of("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF");

    /** What to do with a media section. */
    public enum Kind {
        VIDEO,
        AUDIO,
        /** Answered with port 0. */
        REJECTED
    }

    /**
     * One media section.
     *
     * @param kind what the answer makes of it
     * @param media first word of the m-line
     * @param protocol third word of the m-line
     * @param formats rest of the m-line
     * @param mid identification tag, empty when there is none
     * @param payloadType of VP8 or Opus, 0 when rejected
     * @param redundantType payload type of redundant Opus (RFC 2198), 0 when not offered
     * @param playoutDelayId extension id, 0 when not offered
     * @param feedback of {@code nack}, {@code nack pli}, {@code ccm fir}, {@code goog-remb} those that were offered
     */
    public record Section(
            Kind kind,
            String media,
            String protocol,
            String formats,
            String mid,
            int payloadType,
            int redundantType,
            int playoutDelayId,
            List<String> feedback) {}

    /** The accepted section of a kind. */
    public Optional<Section> section(Kind kind) {
        return sections.stream().filter(s -> s.kind() == kind).findFirst();
    }

    /**
     * Reads an offer.
     *
     * @throws SdpException when it is no offer, offers neither VP8 nor Opus to receive, or lacks what a connection needs
     */
    public static Offer parse(String sdp) throws SdpException {
        if (sdp.length() > MAX_LENGTH) {
            throw new SdpException(
                    "sdp_too_large",
                    "the offer has " + sdp.length() + " characters; at most " + MAX_LENGTH + " are taken");
        }
        String[] lines = sdp.split("\r\n|\n|\r", MAX_LINES + 1);
        if (lines.length > MAX_LINES) {
            throw SdpException.invalid("the offer has more than " + MAX_LINES + " lines");
        }
        if (!lines[0].equals("v=0")) {
            throw SdpException.invalid("the first line is \"" + excerpt(lines[0]) + "\"; \"v=0\" was expected");
        }
        Attributes session = new Attributes(null);
        List<Attributes> parsed = new ArrayList<>();
        Attributes current = session;
        for (String line : lines) {
            if (line.isEmpty()) {
                continue;
            }
            if (line.length() < 2 || line.charAt(1) != '=' || !printable(line)) {
                throw SdpException.invalid("\"" + excerpt(line) + "\" is no line of SDP");
            }
            if (line.startsWith("m=")) {
                if (parsed.size() == MAX_SECTIONS) {
                    throw SdpException.invalid("the offer has more than " + MAX_SECTIONS + " media sections");
                }
                current = new Attributes(line.substring(2));
                parsed.add(current);
            } else if (line.startsWith("a=")) {
                current.add(line.substring(2));
            }
        }
        return assemble(session, parsed);
    }

    private static Offer assemble(Attributes session, List<Attributes> parsed) throws SdpException {
        List<Section> sections = new ArrayList<>();
        Set<String> mids = new HashSet<>();
        Set<Kind> taken = new HashSet<>();
        Attributes transport = null;
        for (Attributes attributes : parsed) {
            Section section = section(session, attributes, taken);
            if (!section.mid().isEmpty() && !mids.add(section.mid())) {
                throw SdpException.invalid("two media sections have the mid " + section.mid());
            }
            if (section.kind() != Kind.REJECTED) {
                taken.add(section.kind());
                if (transport == null) {
                    transport = attributes;
                }
            }
            sections.add(section);
        }
        if (transport == null) {
            throw SdpException.invalid("no media section of the offer receives VP8 or Opus over UDP/TLS/RTP/SAVPF with"
                    + " rtcp-mux and a mid; found " + describe(parsed));
        }
        String ufrag = required("ice-ufrag", transport, session, UFRAG);
        String password = required("ice-pwd", transport, session, PASSWORD);
        String setup = transport.value("setup").or(() -> session.value("setup")).orElse("actpass");
        if (!setup.equals("actpass") && !setup.equals("active")) {
            throw SdpException.invalid("a=setup:" + excerpt(setup) + "; this side answers handshakes, so actpass or"
                    + " active was expected");
        }
        return new Offer(new IceCredentials(ufrag, password), fingerprint(transport, session), List.copyOf(sections));
    }

    private static Section section(Attributes session, Attributes attributes, Set<Kind> taken) throws SdpException {
        Matcher line = MEDIA.matcher(attributes.mediaLine);
        if (!line.matches()) {
            throw SdpException.invalid("m=" + excerpt(attributes.mediaLine) + " is no media section known here");
        }
        String media = line.group(1);
        String protocol = line.group(3);
        String formats = line.group(4);
        String mid = attributes.value("mid").orElse("");
        if (!mid.isEmpty() && !MID.matcher(mid).matches()) {
            throw SdpException.invalid("a=mid:" + excerpt(mid) + " is no token");
        }
        Kind kind = switch (media) {
            case "video" -> Kind.VIDEO;
            case "audio" -> Kind.AUDIO;
            default -> Kind.REJECTED;
        };
        int payloadType = switch (kind) {
            case VIDEO -> attributes.payloadType("VP8", 90_000, formats);
            case AUDIO -> attributes.payloadType("opus", 48_000, formats);
            case REJECTED -> 0;
        };
        boolean usable = payloadType > 0
                && !taken.contains(kind)
                && !mid.isEmpty()
                && PROTOCOLS.contains(protocol)
                && attributes.has("rtcp-mux")
                && receives(session, attributes)
                && (!line.group(2).equals("0") || attributes.has("bundle-only"));
        if (!usable) {
            return new Section(Kind.REJECTED, media, protocol, formats, mid, 0, 0, 0, List.of());
        }
        return new Section(
                kind,
                media,
                protocol,
                formats,
                mid,
                payloadType,
                kind == Kind.AUDIO ? attributes.redundant(payloadType, formats) : 0,
                attributes.extension(RtpHeader.PLAYOUT_DELAY_URI),
                attributes.feedback(payloadType));
    }

    private static boolean receives(Attributes session, Attributes attributes) {
        if (attributes.has("recvonly") || attributes.has("sendrecv")) {
            return true;
        }
        if (attributes.has("sendonly") || attributes.has("inactive")) {
            return false;
        }
        return !session.has("sendonly") && !session.has("inactive");
    }

    private static String required(String name, Attributes section, Attributes session, Pattern pattern)
            throws SdpException {
        String value = section.value(name).or(() -> session.value(name)).orElse("");
        if (!pattern.matcher(value).matches()) {
            throw SdpException.invalid(value.isEmpty()
                    ? "the offer has no a=" + name
                    : "a=" + name + " has " + value.length() + " characters or characters that are not allowed");
        }
        return value;
    }

    private static Fingerprint fingerprint(Attributes section, Attributes session) throws SdpException {
        List<String> candidates = new ArrayList<>(section.values("fingerprint"));
        candidates.addAll(session.values("fingerprint"));
        String problem = "the offer has no a=fingerprint";
        for (String candidate : candidates) {
            String[] words = candidate.split(" ", 2);
            try {
                if (words.length == 2) {
                    return new Fingerprint(words[0], words[1].strip());
                }
                problem = "a=fingerprint:" + excerpt(candidate) + " has no value";
            } catch (IllegalArgumentException e) {
                problem = "a=fingerprint cannot be used: " + excerpt(e.getMessage());
            }
        }
        throw SdpException.invalid(problem);
    }

    private static String describe(List<Attributes> sections) {
        if (sections.isEmpty()) {
            return "no media section at all";
        }
        return sections.stream().map(s -> "m=" + excerpt(s.mediaLine)).limit(4).toList().toString();
    }

    private static boolean printable(String line) {
        return line.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 0x7f);
    }

    private static String excerpt(String text) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** The attributes of one section, or of the session. */
    private static final class Attributes {

        private final String mediaLine;
        private final Map<String, List<String>> values = new java.util.HashMap<>();

        Attributes(String mediaLine) {
            this.mediaLine = mediaLine;
        }

        void add(String attribute) {
            int colon = attribute.indexOf(':');
            String name = colon < 0 ? attribute : attribute.substring(0, colon);
            values.computeIfAbsent(name, key -> new ArrayList<>(1))
                    .add(colon < 0 ? "" : attribute.substring(colon + 1));
        }

        boolean has(String name) {
            return values.containsKey(name);
        }

        List<String> values(String name) {
            return values.getOrDefault(name, List.of());
        }

        Optional<String> value(String name) {
            return values(name).stream().findFirst();
        }

        /** First payload type of the m-line with this codec; 0 when there is none. */
        int payloadType(String codec, int clockRate, String formats) {
            List<String> offered = Arrays.asList(formats.split(" "));
            for (String map : values("rtpmap")) {
                Matcher m = RTPMAP.matcher(map);
                if (m.matches()
                        && m.group(2).toLowerCase(Locale.ROOT).equals(codec.toLowerCase(Locale.ROOT))
                        && Integer.parseInt(m.group(3)) == clockRate
                        && offered.contains(m.group(1))
                        && Integer.parseInt(m.group(1)) < 128
                        // 64 to 95 would be taken for RTCP (RFC 5761 section 4).
                        && (Integer.parseInt(m.group(1)) < 64 || Integer.parseInt(m.group(1)) > 95)) {
                    return Integer.parseInt(m.group(1));
                }
            }
            return 0;
        }

        /** Payload type of redundant audio (RFC 2198) made of packets of {@code primary}; 0 when there is none. */
        int redundant(int primary, String formats) {
            int type = payloadType("red", 48_000, formats);
            String blocks = type + " " + primary + "/" + primary;
            return type > 0 && values("fmtp").contains(blocks) ? type : 0;
        }

        /** Id of a header extension that fits the one-byte form (RFC 8285 section 4.2); 0 when not offered. */
        int extension(String uri) {
            for (String map : values("extmap")) {
                Matcher m = EXTMAP.matcher(map);
                if (m.matches() && m.group(2).equals(uri)) {
                    int id = Integer.parseInt(m.group(1));
                    return id >= 1 && id <= 14 ? id : 0;
                }
            }
            return 0;
        }

        List<String> feedback(int payloadType) {
            Set<String> offered = new HashSet<>();
            for (String value : values("rtcp-fb")) {
                Matcher m = FEEDBACK.matcher(value);
                if (m.matches() && (m.group(1).equals("*") || m.group(1).equals(String.valueOf(payloadType)))) {
                    offered.add(m.group(2));
                }
            }
            return Answer.FEEDBACK.stream().filter(offered::contains).toList();
        }
    }
}
