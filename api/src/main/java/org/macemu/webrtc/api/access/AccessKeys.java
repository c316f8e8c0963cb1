package org.macemu.webrtc.api.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jboss.logging.Logger;

/**
 * The keys of a key file: one per line, base64url of at least 32 random bytes; {@code #} begins a comment. The last one
 * signs, all of them verify: to rotate, append a key, and remove the old one when its tokens have expired. The file is
 * read again when it changes, looked at once a second at most. Thread-safe.
 */
final class AccessKeys {

    private static final Logger LOG = Logger.getLogger(AccessKeys.class);
    private static final int MIN_KEY_BYTES = 32;
    private static final int MAX_KEYS = 16;
    private static final long MAX_FILE_BYTES = 16 * 1024;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What tells one version of the file from another. */
    private record Version(long modifiedMillis, long size, Object file) {}

    private final Path file;
    private Version version;
    private List<SecretKey> keys;
    private long lookedNanos;

    /** @throws IOException with a sentence when the file holds no usable keys */
    AccessKeys(Path file) throws IOException {
        this.file = file;
        this.version = look();
        this.keys = read();
        this.lookedNanos = System.nanoTime();
    }

    /** All keys, the signing one last. */
    synchronized List<SecretKey> all() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            readAgain();
        }
        return keys;
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

    private List<SecretKey> read() throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException("the key file " + file + " has more than " + MAX_FILE_BYTES + " bytes");
        }
        List<SecretKey> found = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                found.add(key(text, number));
            }
        }
        if (found.isEmpty() || found.size() > MAX_KEYS) {
            throw new IOException("the key file " + file + " holds " + found.size() + " keys; 1 to " + MAX_KEYS
                    + " are expected, each a line of base64url");
        }
        return List.copyOf(found);
    }

    private SecretKey key(String text, int line) throws IOException {
        try {
            String unpadded = text.replaceAll("=+$", "").replace('+', '-').replace('/', '_');
            byte[] bytes = Base64.getUrlDecoder().decode(unpadded);
            if (bytes.length >= MIN_KEY_BYTES) {
                return new SecretKeySpec(bytes, "HmacSHA256");
            }
        } catch (IllegalArgumentException e) {
            LOG.debugf("Line %d is not base64url", line);
        }
        throw new IOException("line " + line + " of the key file " + file + " is no key; base64url of at least "
                + MIN_KEY_BYTES + " random bytes is expected");
    }
}
