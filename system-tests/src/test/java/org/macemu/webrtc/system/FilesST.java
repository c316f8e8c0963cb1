package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.macemu.webrtc.synthetic.SyntheticEmulator;
import org.macemu.webrtc.system.harness.Browser;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ViewerPage;

/** The page's dialog of files against the real storage: what arrives there, what it says of it, and what it refuses. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilesST {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String BINARY = "application/octet-stream";
    private static final int MEGABYTE = 1024 * 1024;

    /** Three pieces of an upload. */
    private static final int LARGE = 24 * MEGABYTE;

    /** Slow enough to be seen under way and to be interrupted. */
    private static final int SLOW_BYTES_PER_SECOND = 6 * MEGABYTE;

    private Product product;
    private Browser browser;

    @BeforeAll
    void start() throws Exception {
        product = Product.start(FilesST.class, Map.of("MACEMU_STORAGE_MAX_IMAGE_SIZE", "40M"));
        Files.createDirectories(product.folder().resolve("roms"));
        Files.createDirectories(product.folder().resolve("images"));
        SyntheticEmulator emulator =
                product.owns(SyntheticEmulator.start(product.emulator().build()));
        browser = product.owns(Browser.start());
        emulator.awaitConnected(SOON);
    }

    @AfterAll
    void stop() {
        if (product != null) {
            product.close();
        }
    }

    private ViewerPage visit() {
        ViewerPage page = browser.open(product, "").awaitPicture();
        openFiles(page);
        return page;
    }

    private static void openFiles(ViewerPage page) {
        page.page().click("[popovertarget=menu-panel]");
        page.page().click("#menu-files");
        page.page().locator("#files-lists section[data-kind=cdrom]").waitFor();
    }

    private Path image(String name) {
        return product.folder().resolve("images").resolve(name);
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    /** The entry of a file that is there. */
    private static Locator entry(ViewerPage page, String kind, String name) {
        Locator named = page.page().getByText(name, new Page.GetByTextOptions().setExact(true));
        return page.page().locator("#files-lists section[data-kind=" + kind + "] li").filter(
                new Locator.FilterOptions().setHas(named));
    }

    private static Locator upload(ViewerPage page) {
        return page.page().locator("#files-uploads li");
    }

    private static double progress(ViewerPage page) {
        return page.evaluate("document.querySelector('#files-uploads progress')?.value ?? -1").asDouble();
    }

    /** Slows down what this page sends, as a line to the house does. */
    private static void slow(ViewerPage page, int bytesPerSecond) {
        CDPSession session = page.page().context().newCDPSession(page.page());
        session.send("Network.enable");
        JsonObject conditions = new JsonObject();
        conditions.addProperty("offline", false);
        conditions.addProperty("latency", 0);
        conditions.addProperty("downloadThroughput", -1);
        conditions.addProperty("uploadThroughput", bytesPerSecond);
        session.send("Network.emulateNetworkConditions", conditions);
    }

    private static void awaitText(ViewerPage page, Locator where, String... words) {
        page.await("it says " + String.join(", ", words), SOON, () -> {
            String text = where.count() == 0 ? "" : where.first().innerText();
            return List.of(words).stream().allMatch(text::contains) ? null : "it says: " + text;
        });
    }

    /** What somebody drops on the Mac's screen. */
    private static void drop(ViewerPage page, String name, int bytes) {
        JSHandle files = page.page().evaluateHandle(
                "([name, bytes]) => { const data = new DataTransfer();"
                        + " const text = Uint8Array.from({ length: bytes }, (_, i) => i * 31 + (i >> 8));"
                        + " data.items.add(new File([text], name)); return data; }",
                List.of(name, bytes));
        page.page().dispatchEvent("#surface", "dragover", Map.of("dataTransfer", files));
        assertEquals("true", page.evaluate("document.body.dataset.dropping").asText(), "nothing shows where it goes");
        page.page().dispatchEvent("#surface", "drop", Map.of("dataTransfer", files));
        assertTrue(page.evaluate("document.body.dataset.dropping === undefined").asBoolean());
    }

    private static byte[] dropped(int bytes) {
        byte[] text = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            text[i] = (byte) (i * 31 + (i >> 8));
        }
        return text;
    }

    @Test
    void aRomIsUploadedAndSaysForWhichMacItIs() throws IOException {
        byte[] rom = Files.readAllBytes(Product.root().resolve("emulator/demo-rom/demo.rom"));
        try (ViewerPage page = visit()) {
            page.page().setInputFiles("#files-input", new FilePayload[] {
                new FilePayload("Demo.ROM", BINARY, rom),
                new FilePayload("Junk.ROM", BINARY, noise(512 * 1024, 1)),
            });
            awaitText(page, entry(page, "rom", "Demo.ROM"), "macemu-webrtc demonstration", "512 KB");
            assertEquals(0, entry(page, "rom", "Demo.ROM").locator(".badge").count(), "it is called unsuitable");
            awaitText(page, entry(page, "rom", "Junk.ROM"), "not for this Mac", "checksum");
            assertArrayEquals(rom, Files.readAllBytes(product.folder().resolve("roms/Demo.ROM")));
        }
    }

    @Test
    void droppedFileTravelsWithProgressAndMayBeGivenUp() throws IOException {
        try (ViewerPage page = visit()) {
            page.page().click("#files-close");
            slow(page, SLOW_BYTES_PER_SECOND);
            drop(page, "Dropped.dsk", LARGE);
            page.page().locator("#files[open]").waitFor();
            page.await("the upload is under way", SOON, () -> {
                double now = progress(page);
                return now > 0.05 && now < 0.95 ? null : "progress " + now;
            });
            double earlier = progress(page);
            awaitText(page, upload(page), "Dropped.dsk", "of 24 MB", "a second");
            page.await("it goes on", SOON, () -> progress(page) > earlier ? null : "progress " + progress(page));
            assertFalse(Files.exists(image("Dropped.dsk")), "a part is shown to the Mac as if it were the whole");
            slow(page, -1);
            page.await("it is there", SOON, () -> entry(page, "disk", "Dropped.dsk").count() == 1
                    ? null
                    : page.page().innerText("#files"));
            assertEquals(0, upload(page).count());
            assertArrayEquals(dropped(LARGE), Files.readAllBytes(image("Dropped.dsk")));

            slow(page, SLOW_BYTES_PER_SECOND);
            page.page().setInputFiles("#files-input", new FilePayload("Not wanted.dsk", BINARY, noise(LARGE, 2)));
            page.await("the other is under way", SOON, () -> progress(page) > 0.05 ? null : "progress " + progress(page));
            page.page().click("[aria-label='Cancel the upload of Not wanted.dsk']");
            page.await("nothing of it is kept", SOON, () -> {
                String listing = product.get(Part.CONTROL, "/api/v1/storage/files").body();
                return upload(page).count() == 0 && !listing.contains("Not wanted") ? null : listing;
            });
        }
    }

    @Test
    void uploadOutlivesTheServiceThatCarriesIt() throws IOException {
        byte[] bytes = noise(LARGE, 3);
        List<Long> offsets = new CopyOnWriteArrayList<>();
        try (ViewerPage page = visit()) {
            page.expectConnectionErrors();
            page.page().onRequest(request -> {
                if (request.method().equals("PATCH") && request.url().contains("/storage/uploads/")) {
                    offsets.add(Long.parseLong(request.headers().get("upload-offset")));
                }
            });
            slow(page, SLOW_BYTES_PER_SECOND);
            page.page().setInputFiles("#files-input", new FilePayload("Long.dsk", BINARY, bytes));
            page.await("half has left", SOON, () -> progress(page) > 0.5 ? null : "progress " + progress(page));
            product.service(Part.CONTROL).kill();
            awaitText(page, upload(page), "Interrupted at", "It goes on by itself.");
            int before = offsets.size();
            product.service(Part.CONTROL).start();
            product.awaitReady(Part.CONTROL);
            page.await("it is there", Duration.ofSeconds(60), () -> entry(page, "disk", "Long.dsk").count() == 1
                    ? null
                    : page.page().innerText("#files"));
            assertTrue(offsets.get(before) >= 8 * MEGABYTE, "sent again from the start: " + offsets);
            assertArrayEquals(bytes, Files.readAllBytes(image("Long.dsk")));
        }
    }

    @Test
    void uploadGoesOnWhereItWasAfterThePageWasLoadedAgain() throws IOException {
        int half = LARGE / 2;
        List<Long> offsets = new CopyOnWriteArrayList<>();
        try (ViewerPage page = visit()) {
            page.page().onDialog(Dialog::accept); // the browser asks whether to leave
            slow(page, SLOW_BYTES_PER_SECOND);
            drop(page, "Left.dsk", LARGE);
            page.await("half has left", SOON, () -> progress(page) > (double) half / LARGE ? null : "" + progress(page));
            page.page().reload();
            page.awaitPicture();
            openFiles(page);
            awaitText(page, page.page().locator(".left-over"), "Left.dsk has arrived to", "Choose the same file again");
            page.page().click("#files-close");
            page.page().onRequest(request -> {
                if (request.method().equals("PATCH") && request.url().contains("/storage/uploads/")) {
                    offsets.add(Long.parseLong(request.headers().get("upload-offset")));
                }
            });
            page.page().reload(); // the page has not even asked which files there are
            page.awaitPicture();
            drop(page, "Left.dsk", LARGE);
            page.await("it is there", SOON, () -> entry(page, "disk", "Left.dsk").count() == 1
                    ? null
                    : page.page().innerText("#files"));
            assertTrue(offsets.getFirst() >= 8 * MEGABYTE, "sent again from the start: " + offsets);
            assertArrayEquals(dropped(LARGE), Files.readAllBytes(image("Left.dsk")));
        }
    }

    @Test
    void refusedFilesAreExplainedInPlainWords() throws IOException {
        byte[] present = noise(MEGABYTE, 4);
        Files.write(image("Present.dsk"), present);
        Path huge = product.folder().resolve("Huge.dsk");
        try (var file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(41L * MEGABYTE);
        }
        try (ViewerPage page = visit()) {
            page.expectErrors("the server responded with a status of 4");
            page.page().setInputFiles("#files-input", huge);
            awaitText(page, upload(page), "The file is larger than this server takes.");
            page.page().click("#files-uploads [aria-label^='Cancel']");

            page.page().setInputFiles("#files-input", new FilePayload("CON.dsk", BINARY, present));
            awaitText(page, upload(page), "A file cannot have this name. Rename it and try again.");
            page.page().click("#files-uploads [aria-label^='Cancel']");
            assertEquals(0, upload(page).count());

            byte[] other = noise(MEGABYTE, 5);
            page.page().setInputFiles("#files-input", new FilePayload("Present.dsk", BINARY, other));
            awaitText(page, upload(page), "A file of this name is there already.", "Replace");
            assertArrayEquals(present, Files.readAllBytes(image("Present.dsk")), "replaced without a question");
            upload(page).getByText("Replace").click();
            page.await("it is replaced", SOON, () -> upload(page).count() == 0 ? null : upload(page).innerText());
            assertArrayEquals(other, Files.readAllBytes(image("Present.dsk")));
        }
    }

    @Test
    void emptyDisksAreMade() throws IOException {
        try (ViewerPage page = visit()) {
            page.page().fill("#disk-name", "Blank");
            page.page().selectOption("#disk-size", "20");
            page.page().uncheck("#disk-formatted");
            page.page().click("#disk-create");
            awaitText(page, entry(page, "disk", "Blank.img"), "20 MB");
            assertEquals(20L * MEGABYTE, Files.size(image("Blank.img")));
            assertEquals("", page.page().inputValue("#disk-name"));

            page.page().fill("#disk-name", "Ready.img");
            page.page().check("#disk-formatted");
            page.page().click("#disk-create");
            Locator message = page.page().locator("#files-message");
            page.await("it is made, or the page says why not", SOON, () ->
                    Files.exists(image("Ready.img")) || message.innerText().contains("cannot prepare disks")
                            ? null
                            : page.page().innerText("#files"));
            if (message.innerText().isEmpty()) {
                awaitText(page, entry(page, "disk", "Ready.img"), "20 MB");
                // The master directory block of HFS begins with these letters (Inside Macintosh: Files, 2-60).
                byte[] volume = Files.readAllBytes(image("Ready.img"));
                assertEquals("BD", new String(volume, 1024, 2, StandardCharsets.US_ASCII));
            }

            page.expectErrors("the server responded with a status of 4");
            page.page().fill("#disk-name", "Blank");
            page.page().click("#disk-create");
            awaitText(page, message, "A file of this name is there already.");
        }
    }

    @Test
    void fileIsTakenAlongAndDeletedOnlyWhenThatIsMeant() throws IOException {
        byte[] bytes = noise(MEGABYTE, 6);
        Files.write(image("Söhne & Co.iso"), bytes);
        try (ViewerPage page = visit()) {
            Locator file = entry(page, "cdrom", "Söhne & Co.iso");
            Download download = page.page().waitForDownload(() -> file.locator("a[download]").click());
            assertEquals("Söhne & Co.iso", download.suggestedFilename());
            Path taken = product.folder().resolve("taken.iso");
            download.saveAs(taken);
            assertArrayEquals(bytes, Files.readAllBytes(taken));

            file.getByRole(AriaRole.BUTTON).click();
            page.page().locator("#confirm[open]").waitFor();
            assertEquals("Delete Söhne & Co.iso?", page.page().innerText("#confirm-title"));
            page.page().click("#confirm-cancel");
            assertEquals(1, file.count());
            assertTrue(Files.exists(image("Söhne & Co.iso")));

            file.getByRole(AriaRole.BUTTON).click();
            page.page().click("#confirm-do");
            page.await("it is gone", SOON, () -> file.count() == 0 ? null : page.page().innerText("#files"));
            assertFalse(Files.exists(image("Söhne & Co.iso")));
        }
    }
}
