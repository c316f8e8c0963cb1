package org.macemu.webrtc.api.client;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder with a service's certificate and key, and the authorities of the media-service's certificate, as secrets
 * of cert-manager have them: {@code tls.crt}, {@code tls.key}, {@code ca.crt}. Immutable.
 */
record Certificates(Path folder) {

    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String AUTHORITIES = "ca.crt";

    /** These options with TLS both ways; the peer's certificate must be of the name that is called. */
    HttpClientOptions applyTo(HttpClientOptions options) {
        return options.setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(folder.resolve(CERTIFICATE).toString())
                        .addKeyPath(folder.resolve(KEY).toString()))
                .setTrustOptions(new PemTrustOptions()
                        .addCertPath(folder.resolve(AUTHORITIES).toString()));
    }

    /**
     * What tells one version of the files from another: their times and sizes.
     *
     * @throws IOException when one of them cannot be read
     */
    List<Object> version() throws IOException {
        List<Object> version = new ArrayList<>();
        for (String name : List.of(CERTIFICATE, KEY, AUTHORITIES)) {
            Path file = folder.resolve(name);
            version.add(Files.getLastModifiedTime(file));
            version.add(Files.size(file));
        }
        return List.copyOf(version);
    }
}
