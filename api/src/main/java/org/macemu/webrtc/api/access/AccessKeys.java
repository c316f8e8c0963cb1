package org.macemu.webrtc.api.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.jboss.logging.Logger;

/**
 * The keys of a key file. A secret is a line: base64url of at least 32 random bytes; the last one signs, all of them
 * verify: to rotate, append a secret, and remove the old one when its tokens have expired. A public key is a PEM block
 * ({@code -----BEGIN PUBLIC KEY-----}, RSA or EC) and verifies tokens that are signed elsewhere. {@code #} begins a
 * comment. The file is read again when it changes, looked at once a second at most. Thread-safe.
 */
final class AccessKeys {

    private static final Logger LOG = Logger.getLogger(AccessKeys.class);
    private static final int MAX_KEYS = 16;
    private static final long MAX_FILE_BYTES = 16 * 1024;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String PEM_BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String PEM_END = "-----END PUBLIC KEY-----";

    /** What tells one version of the file from another. */
    private record Version(long modifiedMillis, long size, Object file) {}

    private final Path file;
    private Version version;
    private List<AccessKey> keys;
    private long lookedNanos;

    /** @throws IOException with a sentence when the file holds no usable keys */
    AccessKeys(Path file) throws IOException {
        this.file = file;
        this.version = look();
        this.keys = read();
        this.lookedNanos = System.nanoTime();
    }

    /** All keys, the newest last. */
    synchronized List<AccessKey> all() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            readAgain();
        }
        return keys;
    }

    /** The secret that signs; empty when the file holds public keys only. */
    Optional<SecretKey> signing() {
        List<AccessKey> all = all();
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i) instanceof AccessKey.Secret secret) {
                return Optional.of(secret.key());
            }
        }
        return Optional.empty();
    }

    private void readAgain() {
        try {
            Version found = look();
            if (!found.equals(version)) {
                keys = read();
                version = found;
                LOG.infof("%s has changed: %d keys", file, keys.size());
            }
        } catch (IOException e) {
            // A file that is being written is no reason to lock everybody out; it is looked at again.
            LOG.warnf("The keys read before stay in use: %s", e.getMessage());
        }
    }

    private Version look() throws IOException {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime().toMillis(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            throw new IOException("the key file " + file + " cannot be read (" + e + ")", e);
        }
    }

    private List<AccessKey> read() throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException("the key file " + file + " has more than " + MAX_FILE_BYTES + " bytes");
        }
        List<AccessKey> found = new ArrayList<>();
        int number = 0;
        for (Iterator<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1).iterator();
                lines.hasNext(); ) {
            number++;
            String text = lines.next().strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            try {
                if (text.equals(PEM_BEGIN)) {
                    List<String> block = block(lines);
                    found.add(AccessKey.Public.read(String.join("", block)));
                    number += block.size() + 1;
                } else {
                    found.add(AccessKey.Secret.read(text));
                }
            } catch (IOException e) {
                throw new IOException(
                        "line " + number + " of the key file " + file + " is no key: " + e.getMessage(), e);
            }
        }
        if (found.isEmpty() || found.size() > MAX_KEYS) {
            throw new IOException("the key file " + file + " holds " + found.size() + " keys; 1 to " + MAX_KEYS
                    + " are expected, each a line of base64url or a PEM block with a public key");
        }
        return List.copyOf(found);
    }

    private static List<String> block(Iterator<String> lines) throws IOException {
        List<String> block = new ArrayList<>();
        while (lines.hasNext()) {
            String line = lines.next().strip();
            if (line.equals(PEM_END)) {
                return block;
            }
            block.add(line);
        }
        throw new IOException("its end, " + PEM_END + ", is missing");
    }
}
