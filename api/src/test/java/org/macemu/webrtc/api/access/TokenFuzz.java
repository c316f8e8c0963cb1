package org.macemu.webrtc.api.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

/** Tokens as strangers make them: none is let in, and nothing but a refusal is thrown. */
public final class TokenFuzz {

    private static final AccessTokens TOKENS = tokens();
    private static final String GOOD = TOKENS.issue(AccessRole.GUEST, "Ada", Duration.ofDays(1));

    private TokenFuzz() {}

    private static AccessTokens tokens() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            Path file = Files.createTempFile("fuzz", ".key");
            file.toFile().deleteOnExit();
            Files.writeString(file, "q".repeat(43) + "\n-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getEncoder().encodeToString(
                            generator.generateKeyPair().getPublic().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n");
            return new AccessTokens(file, "mac");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The first byte chooses: the bytes are the whole token, or header and claims around a good token's parts, or a
     * change of a good one.
     */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        String[] good = GOOD.split("\\.");
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(rest);
        String token = switch (data[0] & 3) {
            case 0 -> new String(rest, StandardCharsets.ISO_8859_1);
            case 1 -> encoded + "." + good[1] + "." + good[2];
            case 2 -> good[0] + "." + encoded + "." + good[2];
            default -> changed(rest);
        };
        try {
            AccessToken read = TOKENS.verify(token);
            if (!token.equals(GOOD)) {
                throw new AssertionError("let in as " + read + ": " + token);
            }
        } catch (AccessRefused e) {
            if (e.getMessage().isBlank() || token.equals(GOOD)) {
                throw new AssertionError("refused without a reason", e);
            }
        }
    }

    private static String changed(byte[] changes) {
        char[] token = GOOD.toCharArray();
        for (int i = 0; i + 2 < changes.length && i < 12; i += 3) {
            int at = ((changes[i] & 0xff) << 8 | changes[i + 1] & 0xff) % token.length;
            // The last character of a part holds bits that mean nothing.
            boolean padding = at + 1 == token.length || token[at + 1] == '.';
            token[at] = padding ? token[at] : (char) (changes[i + 2] & 0x7f);
        }
        return new String(token);
    }
}
