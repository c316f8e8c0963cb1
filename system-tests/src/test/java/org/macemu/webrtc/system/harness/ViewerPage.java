package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A visitor's page in the browser: what it shows, plays and says. Everything it writes to the console as an error is
 * kept, and {@link #close} fails when there was one that no test had announced.
 */
public final class ViewerPage implements AutoCloseable {

    /** Long enough for a first picture on two busy cores. */
    public static final Duration PICTURE = Duration.ofSeconds(40);

    /** Long enough for a connection that fails to be given up, on two busy cores. */
    private static final Duration CARD = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VIDEO = "document.getElementById('video')";

    private final Product product;
    private final BrowserContext context;
    private final Page page;
    private final List<String> errors = new ArrayList<>();
    private final List<Pattern> expectedErrors = new ArrayList<>();

    ViewerPage(Product product, BrowserContext context, Page page) {
        this.product = product;
        this.context = context;
        this.page = page;
        page.onConsoleMessage(this::said);
        page.onPageError(error -> errors.add("uncaught " + error));
    }

    private void said(ConsoleMessage message) {
        if (message.type().equals("error")) {
            errors.add(message.text() + " (" + message.location() + ")");
        }
    }

    /** A rectangle in CSS pixels. */
    public record Box(double left, double top, double width, double height) {}

    /** A colour, each part 0 to 255. */
    public record Color(double red, double green, double blue) {

        /** @param rgb {@code 0xRRGGBB} */
        public static Color of(int rgb) {
            return new Color(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
        }

        /** Whether no part differs by more than this. */
        public boolean isNear(Color other, double tolerance) {
            return Math.abs(red - other.red) <= tolerance
                    && Math.abs(green - other.green) <= tolerance
                    && Math.abs(blue - other.blue) <= tolerance;
        }
    }

    /**
     * The sound of the last third of a second.
     *
     * @param rms 1 is full scale
     * @param peak 1 is full scale
     * @param hertz the strongest frequency
     * @param tonality that frequency's part of all the power, 0 to 1
     */
    public record Sound(double rms, double peak, double hertz, double tonality, String context) {}

    /** Playwright's page, for real mouse and keyboard events. */
    public Page page() {
        return page;
    }

    /** Evaluates an expression in the page; promises are awaited. */
    public JsonNode evaluate(String expression) {
        Object json = page.evaluate("async () => JSON.stringify((await (" + expression + ")) ?? null)");
        try {
            return JSON.readTree((String) json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(expression + " gave " + json, e);
        }
    }

    /** Evaluates an expression without the gesture that Playwright lends each of its own evaluations. */
    public JsonNode evaluateWithoutGesture(String expression) {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("expression", "JSON.stringify((" + expression + ") ?? null)");
        CDPSession devTools = context.newCDPSession(page);
        JsonObject answer = devTools.send("Runtime.evaluate", parameters);
        devTools.detach();
        try {
            return JSON.readTree(answer.getAsJsonObject("result").get("value").getAsString());
        } catch (JsonProcessingException | RuntimeException e) {
            throw new AssertionError(expression + " gave " + answer, e);
        }
    }

    /** The word in {@code <body data-stage>}. */
    public String stage() {
        return evaluate("document.body.dataset.stage").asText();
    }

    /** The session as the page sees it. */
    public JsonNode state() {
        return evaluate("window.macemu.state()");
    }

    /** The connection's statistics as the page's panel shows them. */
    public JsonNode stats() {
        return evaluate("window.macemu.stats()");
    }

    /** When something was last marked, on the page's clock, milliseconds; 0 when never. */
    public double mark(String name) {
        return evaluate("window.macemu.marks[" + quoted(name) + "]").asDouble();
    }

    public long framesDecoded() {
        return stats().path("framesDecoded").asLong();
    }

    /** What the card over the screen says; empty when it is hidden. */
    public String overlay() {
        return evaluate("document.getElementById('overlay').hidden ? '' : document.getElementById('overlay').innerText")
                .asText();
    }

    /** Waits for a condition of this page; a failure shows its state, the services' logs, and leaves a screenshot. */
    public void await(String what, Duration timeout, Await.Condition condition) {
        Await.until(what, timeout, condition, () -> "\npage: " + description(what) + product.logTails());
    }

    /** Waits until the page is at this stage. */
    public void awaitStage(String stage, Duration timeout) {
        await("page is " + stage, timeout, () -> {
            String now = stage();
            return now.equals(stage) ? null : "it is " + now;
        });
    }

    /** Waits until the card over the screen has these words. */
    public void awaitCard(String... words) {
        await("card says " + String.join(", ", words), CARD, () -> {
            String card = overlay();
            for (String word : words) {
                if (!card.contains(word)) {
                    return "it says: " + card;
                }
            }
            return null;
        });
    }

    /** Waits until the picture is live and moves on, or refreshes. */
    public ViewerPage awaitPicture() {
        awaitStage("playing", PICTURE);
        long before = framesDecoded();
        await("picture is live", PICTURE, () -> {
            long now = framesDecoded();
            return now > before ? null : "still " + now + " pictures decoded";
        });
        return this;
    }

    /** Waits until the picture has this size. */
    public void awaitSize(int width, int height) {
        await("picture of " + width + "x" + height, PICTURE, () -> {
            JsonNode size = evaluate("[" + VIDEO + ".videoWidth, " + VIDEO
                    + ".videoHeight, macemu.state().width, macemu.state().height]");
            boolean fits = size.get(0).asInt() == width && size.get(1).asInt() == height
                    && size.get(2).asInt() == width && size.get(3).asInt() == height;
            return fits ? null : "video " + size.get(0) + "x" + size.get(1) + ", state " + size.get(2) + "x"
                    + size.get(3);
        });
    }

    /** Where the picture is, in CSS pixels: the video's content, without a letterbox inside the element. */
    public Box picture() {
        JsonNode b = evaluate("(({ left, top, width, height }) => ({ left, top, width, height }))(" + VIDEO
                + ".getBoundingClientRect())");
        double width = b.get("width").asDouble();
        double height = b.get("height").asDouble();
        JsonNode state = state();
        double scale = Math.min(width / state.get("width").asInt(), height / state.get("height").asInt());
        double shownWidth = state.get("width").asInt() * scale;
        double shownHeight = state.get("height").asInt() * scale;
        return new Box(
                b.get("left").asDouble() + (width - shownWidth) / 2,
                b.get("top").asDouble() + (height - shownHeight) / 2,
                shownWidth,
                shownHeight);
    }

    /** The mean colour of a rectangle of the Mac's screen, in Mac pixels. */
    public Color color(int left, int top, int width, int height) {
        JsonNode c = evaluate("screenProbe.colors(" + VIDEO + ", macemu.state(), [[" + left + "," + top + "," + width
                + "," + height + "]])[0]");
        return new Color(c.path(0).asDouble(), c.path(1).asDouble(), c.path(2).asDouble());
    }

    /** The brightness of the whole picture, averaged over squares of so many Mac pixels, row by row. */
    public double[] squares(int side) {
        JsonNode squares = evaluate("screenProbe.squares(" + VIDEO + ", macemu.state(), " + side + ")");
        return IntStream.range(0, squares.size())
                .mapToDouble(i -> squares.get(i).asDouble())
                .toArray();
    }

    /** Follows pictures with a bar code; see {@code bar-code.js} for the fields. */
    public JsonNode barCodes(int count, Duration timeout) {
        return evaluate("barCode.collect(" + VIDEO + ", { count: " + count + ", timeoutMs: " + timeout.toMillis()
                + ", macWidth: macemu.state().width })");
    }

    /** Listens to what the page plays. */
    public Sound sound() {
        JsonNode s = evaluate(
                "soundProbe.listen(document.getElementById('audio').srcObject).then(() => soundProbe.measure())");
        return new Sound(
                s.get("rms").asDouble(),
                s.get("peak").asDouble(),
                s.get("hertz").asDouble(),
                s.get("tonality").asDouble(),
                s.get("context").asText());
    }

    /** Waits until a tone is heard: its frequency within 1 %, its peak within 3 dB, and little else beside it. */
    public void awaitTone(double hertz, double peak) {
        await("a tone of " + hertz + " Hz at " + peak, PICTURE, () -> {
            Sound sound = sound();
            double loudness = sound.rms() * Math.sqrt(2);
            boolean fits = Math.abs(sound.hertz() - hertz) <= hertz * 0.01
                    && loudness >= peak / 1.41
                    && loudness <= peak * 1.41
                    && sound.tonality() >= 0.8;
            return fits ? null : sound.toString();
        });
    }

    /** Waits until nothing is heard. */
    public void awaitSilence() {
        await("silence", PICTURE, () -> {
            Sound sound = sound();
            return sound.rms() < 0.001 ? null : sound.toString();
        });
    }

    /** Closes the panel that is open, by Escape, and waits until the Mac has the keyboard again. */
    public void escapeToScreen() {
        page.keyboard().press("Escape");
        await("the screen has the keyboard", PICTURE, () -> {
            String focus = evaluate("document.activeElement.id").asText();
            return focus.equals("surface") ? null : "'" + focus + "' has it";
        });
    }

    /** Real key events of any key, those that Playwright has no name for too. */
    public Keyboard keyboard() {
        return new Keyboard(context.newCDPSession(page));
    }

    /** Real fingers on a page whose device has a touch screen. */
    public Fingers fingers() {
        return new Fingers(context.newCDPSession(page));
    }

    /** Tells the page that it is hidden, or in sight again: a headless browser hides none by itself. */
    public void hide(boolean hidden) {
        evaluate("(() => { Object.defineProperty(document, 'hidden', { value: " + hidden + ", configurable: true });"
                + " document.dispatchEvent(new Event('visibilitychange')); })()");
    }

    /** The debugging protocol's keyboard: events that the page cannot tell from a person's. */
    public static final class Keyboard {

        private final CDPSession session;

        private Keyboard(CDPSession session) {
            this.session = session;
        }

        /**
         * Sends an event.
         *
         * @param type {@code rawKeyDown} or {@code keyUp}
         * @param code {@code KeyboardEvent.code}
         * @param number {@code KeyboardEvent.keyCode}
         * @param location {@code KeyboardEvent.location}
         * @param modifiers that are down: 1 Alt, 2 Control, 4 Meta, 8 Shift
         * @param repeat of a key that is held down
         */
        public void send(String type, String code, int number, int location, int modifiers, boolean repeat) {
            JsonObject event = new JsonObject();
            event.addProperty("type", type);
            event.addProperty("code", code);
            event.addProperty("windowsVirtualKeyCode", number);
            event.addProperty("location", location);
            event.addProperty("isKeypad", location == 3);
            event.addProperty("modifiers", modifiers);
            event.addProperty("autoRepeat", repeat);
            session.send("Input.dispatchKeyEvent", event);
        }
    }

    /** Errors on the console that match are none: the test brings them about. */
    public void expectErrors(String regex) {
        expectedErrors.add(Pattern.compile(regex));
    }

    /** Lost connections are what this test is about: the browser itself reports them on the console. */
    public void expectConnectionErrors() {
        expectErrors("WebSocket connection to .* failed|Failed to load resource|ERR_CONNECTION|ERR_EMPTY_RESPONSE");
    }

    /** Errors on the console that no test announced. */
    public List<String> unexpectedErrors() {
        return errors.stream()
                .filter(error -> expectedErrors.stream()
                        .noneMatch(pattern -> pattern.matcher(error).find()))
                .toList();
    }

    private String description(String what) {
        try {
            Path picture = product.logs().resolve(what.replaceAll("[^A-Za-z0-9]+", "-") + ".png");
            page.screenshot(new Page.ScreenshotOptions().setPath(picture));
            return "stage " + stage() + ", " + state() + ", " + stats() + "\nconsole: " + errors + "\npicture: "
                    + picture;
        } catch (RuntimeException e) {
            return "cannot be asked: " + e.getMessage();
        }
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** Closes the page as a visitor does, its own farewell included, and fails when it complained. */
    @Override
    public void close() {
        if (page.isClosed()) {
            return;
        }
        page.close(new Page.CloseOptions().setRunBeforeUnload(false));
        context.close();
        if (!unexpectedErrors().isEmpty()) {
            throw new AssertionError("The page's console has errors: " + unexpectedErrors());
        }
    }

    /** Ends the page without a farewell, as a crash of the browser's tab does. */
    public void crash() {
        context.close();
    }
}
