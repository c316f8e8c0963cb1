package org.macemu.webrtc.control.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a Mac is to be like; what is not said is as the pattern has it.
 *
 * @param name unique among sessions
 * @param title what people call it; the name if empty
 * @param rom file name of a ROM
 * @param screen such as 800x600
 * @param idleTimeout without a viewer until it is suspended; zero: never
 * @param diskSize a quantity of Kubernetes, such as 4Gi
 * @param edges at most, for an audience greater than its own pod serves; 0: none
 */
public record NewSession(
        String name,
        String title,
        Optional<String> rom,
        Optional<String> screen,
        Optional<Duration> idleTimeout,
        Optional<String> diskSize,
        int edges) {

    private static final Set<String> KEYS =
            Set.of("name", "title", "rom", "screen", "idleTimeout", "diskSize", "edges");
    private static final int MAX_TITLE = 60;
    private static final long MAX_IDLE_SECONDS = Duration.ofDays(30).toSeconds();
    private static final Pattern ROM = Pattern.compile("[^/\\\\\\p{Cntrl}]{1,255}");
    private static final Pattern SCREEN = Pattern.compile("([1-9][0-9]{1,3})x([1-9][0-9]{1,3})");
    private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,5}(Mi|Gi|Ti)");

    /**
     * Reads and checks a request.
     *
     * @param reserved a name that cannot be given
     * @param maxEdges edges of one Mac at most
     * @throws SessionFailure INVALID with what was found and expected
     */
    static NewSession read(JsonNode body, String reserved, int maxEdges) throws SessionFailure {
        for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
            String key = names.next();
            if (!KEYS.contains(key)) {
                throw invalid("\"" + key.substring(0, Math.min(key.length(), 40)) + "\" is not known here; " + KEYS
                        + " are.");
            }
        }
        String name = SessionName.check(text(body, "name").orElse(null), reserved);
        String title = text(body, "title").orElse(name);
        if (title.length() > MAX_TITLE || title.chars().anyMatch(Character::isISOControl)) {
            throw invalid("title is longer than " + MAX_TITLE + " characters or holds a control character.");
        }
        Optional<String> rom = text(body, "rom");
        if (rom.isPresent() && (!ROM.matcher(rom.get()).matches() || rom.get().matches("\\.\\.?|-.*"))) {
            throw invalid("rom is no file name: 1 to 255 characters without / and \\ are expected, no - first.");
        }
        Optional<String> screen = text(body, "screen");
        if (screen.isPresent() && !SCREEN.matcher(screen.get()).matches()) {
            throw invalid("screen is no size; for example 800x600 is expected.");
        }
        Optional<String> size = text(body, "diskSize");
        if (size.isPresent() && !SIZE.matcher(size.get()).matches()) {
            throw invalid("diskSize is no size; for example 4Gi is expected.");
        }
        return new NewSession(name, title, rom, screen, idle(body), size, edges(body, maxEdges));
    }

    private static int edges(JsonNode body, int max) throws SessionFailure {
        JsonNode edges = body.path("edges");
        if (edges.isMissingNode() || edges.isNull()) {
            return 0;
        }
        int value = edges.isIntegralNumber() && edges.canConvertToInt() ? edges.intValue() : -1;
        if (value < 0 || value > max) {
            throw invalid("edges is " + shortened(edges) + "; "
                    + (max == 0
                            ? "0 is expected, because sessions have none here (sessions.edges.enabled of the chart)."
                            : "0 to " + max + " are expected (sessions.edges.max of the chart)."));
        }
        return value;
    }

    private static Optional<Duration> idle(JsonNode body) throws SessionFailure {
        JsonNode seconds = body.path("idleTimeout");
        if (seconds.isMissingNode() || seconds.isNull()) {
            return Optional.empty();
        }
        long value = seconds.isIntegralNumber() && seconds.canConvertToLong() ? seconds.longValue() : -1;
        if (value < 0 || value > MAX_IDLE_SECONDS || value > 0 && value < 60) {
            throw invalid("idleTimeout is " + shortened(seconds) + "; 0 (never) or 60 to " + MAX_IDLE_SECONDS
                    + " seconds are expected.");
        }
        return Optional.of(Duration.ofSeconds(value));
    }

    private static Optional<String> text(JsonNode body, String key) throws SessionFailure {
        JsonNode value = body.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw invalid(key + " is " + shortened(value) + "; text is expected.");
        }
        return Optional.of(value.textValue());
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private static SessionFailure invalid(String message) {
        return new SessionFailure(SessionFailure.Kind.INVALID, message);
    }
}
