package org.macemu.webrtc.system.harness;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One headless Chromium for a whole test class; each visitor has a context, and so a profile, of its own. Used by one
 * thread only, which is Playwright's rule.
 */
public final class Browser implements AutoCloseable {

    private static final List<String> FLAGS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private static final List<String> PROBES = List.of("bar-code.js", "screen-probe.js", "sound-probe.js", "link-probe.js");

    /** How long a click waits for its button, and a page for its files, on two busy cores. */
    private static final double PATIENCE_MS = 60_000;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;

    private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
        this.playwright = playwright;
        this.chromium = chromium;
    }

    /** Starts Debian's Chromium, or the one that the environment variable CHROMIUM names; pages may make sound at once. */
    public static Browser start() {
        return start("no-user-gesture-required");
    }

    /** The same, where a page makes no sound before a gesture: as visitors have it. */
    public static Browser startWithoutSound() {
        return start("document-user-activation-required");
    }

    private static Browser start(String autoplayPolicy) {
        Path executable = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
        if (!Files.isExecutable(executable)) {
            throw new IllegalStateException("No browser at " + executable
                    + ": install the package chromium, or name another Chromium in CHROMIUM");
        }
        List<String> flags = new ArrayList<>(FLAGS);
        flags.add("--autoplay-policy=" + autoplayPolicy);
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            return new Browser(
                    playwright,
                    playwright.chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(executable)
                                    .setHeadless(true)
                                    .setArgs(flags)));
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    /** A visitor with a window of 1280 x 800 CSS pixels at one device pixel each. */
    public ViewerPage open(Product product, String query) {
        return open(product, query, Device.DESK);
    }

    /** A visitor at a desk with a window of this size in CSS pixels, and so many device pixels to each. */
    public ViewerPage open(Product product, String query, int width, int height, double ratio) {
        return open(product, query, Device.DESK.sized(width, height, ratio));
    }

    /** The same, with a script of the test's own that runs before the page's. */
    public ViewerPage open(Product product, String query, String script) {
        return open(product, query, Device.DESK, List.of(script));
    }

    /**
     * A visitor, whose page is loaded but not yet connected.
     *
     * @param query of the page's address, such as {@code lane=adaptive}, or a whole address that begins with http
     */
    public ViewerPage open(Product product, String query, Device device) {
        return open(product, query, device, List.of());
    }

    private ViewerPage open(Product product, String query, Device device, List<String> scripts) {
        BrowserContext context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(device.width(), device.height())
                .setDeviceScaleFactor(device.ratio())
                .setHasTouch(device.touch())
                .setIsMobile(device.touch())
                .setColorScheme(device.scheme())
                .setReducedMotion(device.motion())
                .setLocale(device.locale()));
        PROBES.forEach(probe -> context.addInitScript(script(probe)));
        scripts.forEach(context::addInitScript);
        context.setDefaultTimeout(PATIENCE_MS);
        Page page = context.newPage();
        ViewerPage viewer = new ViewerPage(product, context, page);
        page.navigate(query.startsWith("http") ? query : product.page(query));
        return viewer;
    }

    /** The text of a page script. */
    private static String script(String name) {
        try (InputStream in = Browser.class.getResourceAsStream("/page/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }
}
