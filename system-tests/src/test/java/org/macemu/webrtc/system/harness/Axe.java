package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The accessibility rules of axe-core (WCAG 2.2 AA and its best practices), run in a visitor's page. The script comes in
 * through the debugging protocol, so that the page's Content-Security-Policy stays as strict as it is.
 */
public final class Axe {

    /** Where {@code npm install} of the web client's checks puts it. */
    public static final Path SCRIPT =
            Product.root().resolve("control-service/src/main/web-check/node_modules/axe-core/axe.min.js");

    private Axe() {}

    /** Whether the rules are there; a run of Maven alone does not fetch them. */
    public static boolean isInstalled() {
        return Files.isReadable(SCRIPT);
    }

    /** Serious and critical findings in the page as it is now, in words; empty when there is none. */
    public static List<String> findings(ViewerPage page) {
        if (page.evaluate("typeof window.axe").asText().equals("undefined")) {
            try {
                page.page().evaluate(Files.readString(SCRIPT) + "; undefined");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        JsonNode results = page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
        List<String> findings = new ArrayList<>();
        for (JsonNode violation : results.path("violations")) {
            String impact = violation.path("impact").asText();
            if (impact.equals("serious") || impact.equals("critical")) {
                List<String> where = new ArrayList<>();
                violation.path("nodes").forEach(node -> where.add(node.path("html").asText() + " "
                        + node.path("failureSummary").asText().replaceAll("\\s+", " ")));
                findings.add(impact + " " + violation.path("id").asText() + ": " + where);
            }
        }
        return findings;
    }
}
